import { posix, win32 } from 'node:path';
import { batchCommandLine } from './batch-command-line.ts';

/** What a command's first word is looked up with; parameters, so that one system can test another's rules. */
export interface CommandSurroundings {
  platform: NodeJS.Platform;
  environment: Record<string, string | undefined>;
  workingFolder: string;
  isFile(path: string): boolean;
}

/** A program and its words as the system starts them, never through a shell that would read the words anew. */
export interface ResolvedCommand {
  file: string;
  words: string[];
  /** Windows: `words` is one finished command line. */
  isVerbatim: boolean;
}

/**
 * Finds the program of a command line. Everywhere but on Windows that is the system's own work. Windows finds
 * only `.exe` and `.com` by itself: `npm`, `npx` and all that npm installs are batch files there, which
 * PATHEXT names and only cmd.exe can run (Node starts none without it since CVE-2024-27980). null: not found.
 */
export function resolveCommand(
  [command = '', ...words]: readonly string[],
  surroundings: CommandSurroundings,
): ResolvedCommand | null {
  if (surroundings.platform !== 'win32') return { file: command, words, isVerbatim: false };
  const file = findOnWindows(command, surroundings);
  if (file === null) return null;
  if (!/\.(cmd|bat)$/i.test(file)) return { file, words, isVerbatim: false };
  const shell = variable(surroundings, 'ComSpec') ?? 'cmd.exe';
  return {
    file: shell,
    words: ['/e:ON', '/v:OFF', '/d', '/s', '/c', batchCommandLine(file, words)],
    isVerbatim: true,
  };
}

function findOnWindows(command: string, surroundings: CommandSurroundings): string | null {
  const { workingFolder, isFile } = surroundings;
  const extensions = (variable(surroundings, 'PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';').filter(Boolean);
  const hasExtension = extensions.some((extension) =>
    command.toLowerCase().endsWith(extension.toLowerCase()),
  );
  const names = hasExtension ? [command] : extensions.map((extension) => command + extension.toLowerCase());
  // A bare name is not looked for in the working directory: a repository must not be able to stand in for npm.
  const folders = /[\\/]/.test(command)
    ? [workingFolder]
    : (variable(surroundings, 'Path') ?? '').split(';').filter((folder) => win32.isAbsolute(folder));
  for (const folder of folders) {
    for (const name of names) {
      const path = win32.resolve(folder, name);
      if (isFile(path)) return path;
    }
  }
  return null;
}

/** Windows does not tell `Path` from `PATH`; a copied environment does. */
function variable({ environment }: CommandSurroundings, name: string): string | undefined {
  const key = Object.keys(environment).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : environment[key];
}

/** The program's bare name: `npx` for `C:\nodejs\npx.cmd` and for `/usr/bin/npx`. */
export function programName(word: string): string {
  const base = word.includes('\\') ? win32.basename(word) : posix.basename(word);
  return base.replace(/\.(exe|com|cmd|bat)$/i, '').toLowerCase();
}
