import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { limits } from '../limits.ts';

/** Variables by which git is told of another repository; a command run from a git hook has them. */
const locating = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
];

/** The message is the second half of a sentence for a person. */
export class GitProblem extends Error {}

function problemOf({ code }: NodeJS.ErrnoException, stderr: string): string {
  if (code === 'ENOENT') return 'git is not installed; --file FILE names the code';
  if (stderr.includes('not a git repository')) return 'this is no git repository; --file FILE names the code';
  return 'git cannot read this repository; run `git status` to see why';
}

/** The git program in one folder, asked without locks, hooks, pagers, watchers or the network. */
export class GitProgram {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #more: Record<string, string>;

  constructor(folder: string, environment: NodeJS.ProcessEnv, more: Record<string, string> = {}) {
    this.#folder = folder;
    this.#environment = environment;
    this.#more = more;
  }

  /** The same program and folder, with more variables. */
  with(more: Record<string, string>): GitProgram {
    return new GitProgram(this.#folder, this.#environment, { ...this.#more, ...more });
  }

  /**
   * What git writes to stdout. Throws GitProblem where git is not installed, fails, or takes longer than
   * `limits.gitMsMax`. Of an output longer than `limits.gitOutputBytesMax`, `cut` gives the head instead of
   * throwing.
   */
  run(words: readonly string[], { input = '', cut = false } = {}): Promise<string> {
    const settings = ['core.fsmonitor=false', 'core.splitIndex=false', `core.hooksPath=${devNull}`];
    const flags = settings.flatMap((setting) => ['-c', setting]);
    return new Promise((settle, fail) => {
      const child = execFile(
        'git',
        [...flags, ...words],
        {
          cwd: this.#folder,
          env: this.#variables(),
          maxBuffer: limits.gitOutputBytesMax,
          timeout: limits.gitMsMax,
          windowsHide: true,
          encoding: 'utf8',
        },
        (error, stdout, stderr) => {
          const isCut = (error as { code?: unknown } | null)?.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER';
          if (error === null || (cut && isCut)) settle(stdout);
          else fail(new GitProblem(problemOf(error as NodeJS.ErrnoException, stderr)));
        },
      );
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
  }

  #variables(): NodeJS.ProcessEnv {
    const own = Object.entries(this.#environment).filter(([name]) => !locating.includes(name));
    return {
      ...Object.fromEntries(own),
      LC_ALL: 'C',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_NO_LAZY_FETCH: '1',
      GIT_TERMINAL_PROMPT: '0',
      ...this.#more,
    };
  }
}

/** The parts of an output of `-z`. */
export function zeroSeparated(output: string): string[] {
  return output.split('\0').filter((part) => part !== '');
}
