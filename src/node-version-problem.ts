/**
 * The database's driver needs version 10 of Node's interface for native modules, and ends the process with a
 * crash where it is older. Node has it since these versions (https://nodejs.org/api/n-api.html#node-api-version-matrix);
 * a test keeps `engines` in package.json in step.
 */
export const nodeVersions = '^22.14.0 || >=23.6.0';
const oldestInterface = 10;

/**
 * One sentence for a Node that LTMC cannot run on; null for one that it can. `versions` is
 * `process.versions`. Written for very old ones too.
 */
export function nodeVersionProblem(versions: { node: string; napi?: string | undefined }): string | null {
  if (Number(versions.napi) >= oldestInterface) return null;
  return `ltmc: Expected Node 22.14, 23.6 or later, got ${versions.node}. Install a current Node (https://nodejs.org) and start ltmc again.`;
}
