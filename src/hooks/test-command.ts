import { type ShellCommand, type Subshell, shellCommands } from './shell-commands.ts';
import { onlyPrepares, runsTests } from './test-programs.ts';

export interface TestCommand {
  /** The command that runs the tests, without what stands around it. */
  words: string[];
  /** Where the line goes before that (`cd`), and where inside the parentheses around it, in order. */
  moves: { outside: string[]; inside: string[] };
  /** Whether the line's exit code 0, and another one, is that of the tests. */
  isTrusted: { success: boolean; failure: boolean };
}

/**
 * The test command in a shell's command line; null for none, for one that runs in the background or is recorded already,
 * and where the tested files are taken away before the line ends.
 */
export function testCommandOf(line: string): TestCommand | null {
  const commands = shellCommands(line);
  if (commands.some(isRecorded)) return null;
  const at = commands.findIndex(({ words }) => runsTests(words));
  const command = commands[at];
  if (command === undefined || command.next === '&') return null;
  const before = commands.slice(0, at);
  const after = commands.slice(at + 1);
  if (after.some(changesWorkingTree)) return null;
  // Where only `&&` follows, all is well only if the tests are; where one of several fails, it may be another.
  const endsLine = after.length === 0 && command.next !== '|' && command.next !== '||';
  const leadsOn = [command, ...after.slice(0, -1)].every(({ next }) => next === '&&');
  return {
    words: command.words,
    moves: movesBefore(command, before),
    isTrusted: {
      success: (endsLine || leadsOn) && before.every(({ next }) => next === '&&' || next === ';'),
      failure:
        endsLine && before.every(({ next, words }) => next === ';' || (next === '&&' && onlyPrepares(words))),
    },
  };
}

/** What went on in other parentheses has no effect on this command. */
function movesBefore({ subshell }: ShellCommand, before: readonly ShellCommand[]): TestCommand['moves'] {
  const around = new Set<Subshell | null>([null]);
  for (let each = subshell; each !== null; each = each.outer) around.add(each);
  const moves: TestCommand['moves'] = { outside: [], inside: [] };
  for (const { words, subshell: own } of before) {
    const [program = '', ...rest] = words;
    const target = rest.at(-1);
    if (!['cd', 'pushd'].includes(program) || target === undefined) continue;
    if (!around.has(own)) continue;
    (own === null ? moves.outside : moves.inside).push(target);
  }
  return moves;
}

/** `git stash && npm test; git stash pop`: what is there at the end is not what was tested. */
function changesWorkingTree({ words }: ShellCommand): boolean {
  const [program, ...rest] = words;
  const verb = rest.find(
    (word, index) => !word.startsWith('-') && !['-C', '-c'].includes(rest[index - 1] ?? ''),
  );
  return program === 'git' && verb !== undefined && changing.has(verb);
}

const changing = new Set(
  'am apply checkout cherry-pick clean merge pull rebase reset restore revert stash switch'.split(' '),
);

function isRecorded({ words }: ShellCommand): boolean {
  return words.some(
    (word, index) => /(?:^|[\\/])(?:ltmc|cli\.js)$/.test(word) && words[index + 1] === 'record',
  );
}
