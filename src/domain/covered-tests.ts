import { testsOfSignature } from './error-signature.ts';

/** A run of tests that failed, as far as it says which tests these were. */
export interface FailedRun {
  testCommand: string;
  errorSignature: string | null;
}

/**
 * Whether a test command that passed ran what failed: the same command, one that asks for less and so runs more (`npm test`
 * after `npm test -- a`), or one that names the files of what failed. Where it cannot be told, it is said that it did not.
 */
export function coversTests(passed: string, failed: FailedRun): boolean {
  const one = partsOf(passed);
  const other = partsOf(failed.testCommand);
  if (one.folder !== other.folder) return false;
  if (passed.trim() === failed.testCommand.trim()) return true;
  const asked = new Set(other.words);
  if (one.words.length > 0 && one.words.every((word) => asked.has(word))) return true;
  const paths = one.words.slice(1).filter((word) => /\w\/\w|\w\.[a-z]/i.test(word) && !leavesOut.test(word));
  const isNamed = (text: string) => paths.some((path) => holdsName(text, tailOf(path)));
  const tests = testsOfSignature(failed.errorSignature).filter((name) => name.includes('::'));
  return tests.length > 0
    ? tests.every(isNamed)
    : isNamed(`${failed.errorSignature ?? ''} ${failed.testCommand}`);
}

/** The folder that a recorded command is known by (src/record/command-text.ts), and what its words ask for. */
function partsOf(command: string): { folder: string; words: string[] } {
  const [, folder = '', rest = ''] = /^(?:cd ("(?:[^"\\]|\\.)*"|\S+) && )?(.*)$/s.exec(command.trim())!;
  const words = rest.replace(valueLeftOut, '$1=').split(/\s+/);
  return { folder, words: words.filter((word) => !choosesNothing.test(word)) };
}

const notRun = '--?(?:ignore|ignore-glob|exclude|deselect|skip|omit|testPathIgnorePatterns)';
/** `--ignore=tests/a.py`, and with a space between: it is not run. */
const leavesOut = new RegExp(`^${notRun}=`);
const valueLeftOut = new RegExp(`(?<=\\s)(${notRun})\\s+(?=[^-\\s])`, 'g');

/**
 * Flags (but those that choose tests; one with a value may), variables, `.` and `./...` for everything, and what only starts
 * the program:
 * `npm run test` is `npm test`, and `CI=1 timeout 60 npx vitest run` is `vitest`.
 */
const choosesNothing =
  /^(?:-(?!-?(?:lib|doc|bins|tests|examples|benches|short|changed|onlyChanged)$)[^=]*|[A-Za-z_]\w*=.*|\.|\.\/\.\.\.|\d+[smh]?|run|exec|npx|bunx|uv|uvx|poetry|pipenv|pdm|python[\d.]*|env|cross-env|time|timeout|nice)$/;

/** As much of a path as error signatures keep: its last two parts. */
function tailOf(path: string): string {
  return path.split(/[\\/]/).slice(-2).join('/');
}

/** `data.py` is not `a.py`, nor is `src/ab` in `src/a`. */
function holdsName(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const endsHere = name.endsWith('/') || !/[\w-]/.test(text[at + name.length] ?? '');
    if (endsHere && !/[\w.-]/.test(text[at - 1] ?? '')) return true;
  }
  return false;
}
