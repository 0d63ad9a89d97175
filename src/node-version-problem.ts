/** Keep in step with `engines` in package.json (a test compares them). */
export const oldestNode = '22.13';

/** One sentence for a Node that LTMC cannot run on; null for one that it can. Written for very old ones too. */
export function nodeVersionProblem(version: string): string | null {
  const given = version.split('.').map(Number);
  const oldest = oldestNode.split('.').map(Number);
  const newEnough = given[0] === oldest[0] ? given[1]! >= oldest[1]! : given[0]! > oldest[0]!;
  if (newEnough) return null;
  return `ltmc: Expected Node ${oldestNode} or later, got ${version}. Install a current Node (https://nodejs.org) and start ltmc again.`;
}
