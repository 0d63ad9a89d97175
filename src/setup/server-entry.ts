/** How a client starts the server: what goes into its configuration under the name `ltmc`. */
export interface ServerEntry {
  command: string;
  args: string[];
}

export const serverName = 'ltmc';

export interface Installation {
  platform: NodeJS.Platform;
  /** The program that runs this one. */
  nodePath: string;
  /** LTMC's `dist/cli.js`. */
  programPath: string;
  version: string;
  /** Flags of the server, such as `--db FILE`. */
  flags: readonly string[];
}

export function serverEntry(installation: Installation): ServerEntry {
  return programEntry(installation, ['serve', ...installation.flags]);
}

/**
 * How this program is started with some words. Absolute paths, because programs with windows have another
 * PATH than a shell. npx empties its cache as it likes, so from there it is npx with the exact version, which
 * needs no network once that version is cached. On Windows npx is a batch file, and Node starts none without a
 * shell (CVE-2024-27980).
 */
export function programEntry(installation: Installation, given: readonly string[]): ServerEntry {
  const { platform, nodePath, programPath, version } = installation;
  if (!isFromNpx(installation)) return { command: nodePath, args: [programPath, ...given] };
  const words = ['npx', '-y', '--prefer-offline', `ltmc@${version}`, ...given];
  if (platform === 'win32') return { command: 'cmd', args: ['/c', ...words] };
  return { command: 'npx', args: words.slice(1) };
}

/** Started from npx's cache, which is not there to stay. */
export function isFromNpx({ programPath }: Installation): boolean {
  return /[\\/]_npx[\\/]/.test(programPath);
}

/**
 * Whether an entry starts this program, by whatever path or version. Another one under the same name (the
 * Python LTMC, a server over HTTP) is not ours to change.
 */
export function isOurEntry(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null) return false;
  const { command, args } = entry as { command?: unknown; args?: unknown };
  const words = [command, ...(Array.isArray(args) ? args : [])];
  return words.some(
    (word) =>
      typeof word === 'string' &&
      (/^ltmc(@[\w.-]+)?$/.test(word) ||
        /[\\/]ltmc(\.cmd|\.exe)?$/.test(word) ||
        /[\\/]dist[\\/]cli\.js$/.test(word)),
  );
}

export function startsTheSame(entry: unknown, wanted: ServerEntry): boolean {
  const { command, args } = entry as { command?: unknown; args?: unknown };
  return command === wanted.command && JSON.stringify(args) === JSON.stringify(wanted.args);
}
