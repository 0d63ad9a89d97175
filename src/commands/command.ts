import type { ConfigFlags } from '../config.ts';

/** A flag of a command. A `switch` is there or not; the others take a value. */
export interface Flag {
  name: string;
  kind: 'switch' | 'text' | 'whole number';
  /** What stands for the value in the help: `FILE`. Only where there is a value. */
  valueName?: string;
  summary: string;
}

/** Of the commands that print data. */
export const jsonFlag: Flag = {
  name: 'json',
  kind: 'switch',
  summary: 'exactly one JSON document on stdout, for errors too',
};

/** The words of a command line after they were checked against the command's flags. */
export interface Arguments {
  positionals: string[];
  switches: ReadonlySet<string>;
  texts: ReadonlyMap<string, string>;
  numbers: ReadonlyMap<string, number>;
  /** How many positional words stand before `--`; null where there is none. */
  beforeTerminator: number | null;
}

/** Where a command reads and writes. stdout is for what was asked for; everything else goes to stderr. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Colour is welcome on stdout: a terminal, and nobody said NO_COLOR. */
  colour: boolean;
  /** The streams themselves, for a command that passes another program's output through. */
  streams: { out: NodeJS.WriteStream; err: NodeJS.WriteStream };
}

export interface Invocation {
  arguments: Arguments;
  /** The flags that settings are read from; see config.ts. */
  configFlags: ConfigFlags;
  environment: NodeJS.ProcessEnv;
  terminal: Terminal;
  /** The caller wants exactly one JSON document on stdout. */
  json: boolean;
  /** The exit code of a run that did what it should and yet does not end with 0. */
  exitWith(code: number): void;
}

/** One command of `ltmc`. Its file stays small to load: what is heavy is imported inside `run`. */
export interface Command {
  name: string;
  /** What stands after the name in the usage line: `QUERY [options]`. */
  synopsis: string;
  /** One line for the list of commands. */
  summary: string;
  /** Sentences for the command's own help. */
  description: string;
  flags: readonly Flag[];
  /** How many positional words there may be, and what each is called; `many`: the last one, any number of times. */
  positionals: { name: string; required: boolean; many?: true }[];
  /** Whoever calls it must not be disturbed: no message, and exit code 0 even for wrong usage. */
  neverFails?: true;
  /** Throws LtmcError; anything it returns normally is success. */
  run(invocation: Invocation): Promise<void>;
}
