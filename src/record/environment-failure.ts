/** How a command ended, as far as it says whether the code or its surroundings failed. */
export interface CommandEnd {
  /** null: a signal ended it, or it is not known. */
  exitCode: number | null;
  signal: string | null;
  /** Without colours. */
  output: string;
}

/** 126 and 127: cannot be run, is not there. 9009 is cmd.exe's 127. Above 128: a signal, told by a shell. */
const lastSignal = 64;

const signs = [
  /\bECONNREFUSED\b|\bConnection refused\b|\bConnectionRefusedError\b/i,
  /\bCannot connect to the Docker daemon\b/,
  /\bENOSPC\b|\bNo space left on device\b|\bnot enough space on the disk\b/i,
];

/** Bare names alone: a relative or absolute path that is missing is the project's own file. */
const missingNodeModule =
  /(?:Cannot find (?:module|package) '|Failed to resolve import "|Could not resolve ")((?:@[\w.-]{1,100}\/)?[A-Za-z][\w.-]{0,100})(?:\/[^'"\s]{0,200})?['"]/g;
const missingPythonModule = /\bModuleNotFoundError: No module named '([\w.]{1,200})'/g;

/**
 * Whether a failure came from the surroundings and says nothing about the code: the program could not be
 * run, a signal, an installed module that is missing, a refused connection, a full disk. `isOwnModule` tells
 * modules of the project from installed ones.
 */
export function isEnvironmentFailure(end: CommandEnd, isOwnModule: (name: string) => boolean): boolean {
  const { exitCode, signal, output } = end;
  if (signal !== null || exitCode === 126 || exitCode === 127 || exitCode === 9009) return true;
  if (exitCode !== null && exitCode > 128 && exitCode <= 128 + lastSignal) return true;
  if (signs.some((sign) => sign.test(output))) return true;
  const missing = [
    ...[...output.matchAll(missingNodeModule)].map((found) => found[1]!),
    ...[...output.matchAll(missingPythonModule)].map((found) => found[1]!.split('.', 1)[0]!),
  ];
  return missing.some((name) => !isOwnModule(name));
}
