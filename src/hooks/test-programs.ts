import { programName } from '../record/resolve-command.ts';

/** Flags that run no test, or never end. */
const notARun =
  /^(?:--help|--version|--watch(?:-?all)?|--collect-only|--co|--list(?:-?tests)?|--show-?config|--no-run|--dry-run|--init|--ui)$/i;

/** Names that scripts and targets which run tests have. */
const testName = /^(?:test|tests|check|spec|e2e|unit|integration)(?:[-_:./].{0,80})?$/i;

/** Flags of package managers that are followed by a value. */
const withValue = new Set([
  '-C',
  '--prefix',
  '-w',
  '--workspace',
  '--filter',
  '-F',
  '--dir',
  '--cwd',
  '-p',
  '--package',
]);

/** Whether a command runs tests, once, and reports how they went. */
export function runsTests(given: readonly string[]): boolean {
  const words = withoutWrappers(given);
  const [first = '', ...rest] = words;
  if (rest.some((word) => notARun.test(word))) return false;
  const program = programName(first)
    .replace(/^python[\d.]*$/, 'python')
    // `npx vitest@latest`
    .replace(/(?<=.)@[\w.^~-]+$/, '');
  return programs.get(program)?.(rest) ?? false;
}

/** What only sets the stage for another command: `cd`, `export` and the like. */
export function onlyPrepares([first = '', ...rest]: readonly string[]): boolean {
  if (/^[A-Za-z_]\w*=/.test(first)) return rest.every((word) => /^[A-Za-z_]\w*=/.test(word));
  return ['cd', 'pushd', 'export', 'set', 'unset', 'source', '.', 'echo', 'true', 'clear', 'ulimit'].includes(
    first,
  );
}

type Rule = (words: readonly string[]) => boolean;

const always: Rule = () => true;
const firstIs =
  (...names: string[]): Rule =>
  (words) =>
    names.includes(plain(words)[0] ?? '');
const namesTests: Rule = (words) => plain(words).some((word) => testName.test(word));

const packageManager: Rule = (words) => {
  const [first = '', second = ''] = plain(words);
  if (first === 'run' || first === 'run-script') return testName.test(second);
  return first === 't' || first === 'tst' || (first !== 'check' && testName.test(first));
};

/** pnpm and yarn run an installed program by its name alone. */
const packageManagerWithPrograms: Rule = (words) => {
  // `yarn workspace web test`
  if (words[0] === 'workspace') return packageManagerWithPrograms(words.slice(2));
  const at = words.indexOf(plain(words)[0] ?? '');
  return packageManager(words) || (at !== -1 && runsTests(words.slice(at)));
};

/** Before the program there are flags of many kinds, with and without values, and a service or an image. */
const container: Rule = (words) => {
  const at = words.findIndex((word) => word === 'exec' || word === 'run');
  const inside = words.findIndex((word, index) => index > at + 1 && programs.has(programName(word)));
  return at !== -1 && inside !== -1 && runsTests(words.slice(inside));
};

const python: Rule = (words) => {
  const module = words[words.indexOf('-m') + 1];
  if (words.includes('-m')) return ['pytest', 'unittest', 'nose2', 'tox', 'nox'].includes(module ?? '');
  return /(?:^|\/)manage\.py$/.test(words[0] ?? '') && words[1] === 'test';
};

const programs = new Map<string, Rule>([
  ...['npm', 'bun'].map((name): [string, Rule] => [name, packageManager]),
  ...['pnpm', 'yarn'].map((name): [string, Rule] => [name, packageManagerWithPrograms]),
  ['node', (words) => words.some((word) => word === '--test') || words.join(' ').includes('--run test')],
  ['tsx', (words) => words.includes('--test')],
  ['deno', firstIs('test')],
  ['vitest', (words) => !['list', 'bench', 'init', 'watch', 'dev'].includes(plain(words)[0] ?? '')],
  ...['jest', 'mocha', 'ava', 'tap', 'tape', 'jasmine', 'karma'].map((name): [string, Rule] => [
    name,
    always,
  ]),
  ['playwright', firstIs('test')],
  ['cypress', firstIs('run')],
  ...['nx', 'turbo', 'lerna', 'moon'].map((name): [string, Rule] => [name, namesTests]),
  ...['pytest', 'py.test', 'tox', 'nox', 'nose2'].map((name): [string, Rule] => [name, always]),
  ['python', python],
  ['go', firstIs('test')],
  ['gotestsum', always],
  ['cargo', (words) => firstIs('test', 't', 'nextest')(words.filter((word) => !word.startsWith('+')))],
  ...['make', 'gmake', 'just', 'task', 'rake', 'ninja', 'invoke'].map((name): [string, Rule] => [
    name,
    namesTests,
  ]),
  ...['mvn', 'mvnw', 'gradle', 'gradlew'].map((name): [string, Rule] => [
    name,
    (words) => plain(words).some((word) => /(?:^|:)(?:test|verify|check)\w{0,40}$/i.test(word)),
  ]),
  ...['docker', 'docker-compose', 'podman'].map((name): [string, Rule] => [name, container]),
  ['composer', packageManager],
  ['php', ([first = '', second = '']) => first === 'artisan' && second === 'test'],
  ...['gleam', 'hatch', 'lein', 'meson'].map((name): [string, Rule] => [name, firstIs('test')]),
  ...['dotnet', 'mix', 'swift', 'bazel', 'sbt', 'flutter', 'dart', 'stack', 'cabal', 'rails', 'forge'].map(
    (name): [string, Rule] => [name, firstIs('test')],
  ),
  ['zig', (words) => firstIs('test')(words) || plain(words).slice(0, 2).join(' ') === 'build test'],
  ...['rspec', 'phpunit', 'pest', 'ctest', 'busted', 'bats'].map((name): [string, Rule] => [name, always]),
]);

function plain(words: readonly string[]): string[] {
  return words.filter((word, index) => !word.startsWith('-') && !withValue.has(words[index - 1] ?? ''));
}

/** Programs that run the command behind them, and how many of its first words are theirs. */
const wrappers = new Map<string, (rest: readonly string[]) => number>([
  ...[
    'time',
    'command',
    'exec',
    'nohup',
    'cross-env',
    'npx',
    'bunx',
    'uvx',
    'corepack',
    'c8',
    'nyc',
    'xvfb-run',
    'sudo',
    'caffeinate',
  ].map((name): [string, (rest: readonly string[]) => number] => [name, leadingFlags]),
  ['env', leadingFlags],
  ['nice', leadingFlags],
  ['timeout', (rest) => leadingFlags(rest) + 1],
  ['gtimeout', (rest) => leadingFlags(rest) + 1],
  ...['uv', 'poetry', 'pipenv', 'pdm', 'hatch', 'rye'].map(
    (name): [string, (rest: readonly string[]) => number] => [
      name,
      (rest) => (rest[0] === 'run' ? 1 + leadingFlags(rest.slice(1)) : 0),
    ],
  ),
  ['bundle', (rest) => (rest[0] === 'exec' ? 1 : 0)],
  ...['pnpm', 'yarn', 'npm'].map((name): [string, (rest: readonly string[]) => number] => [
    name,
    (rest) => (['exec', 'dlx', 'x'].includes(rest[0] ?? '') ? 1 + leadingFlags(rest.slice(1)) : 0),
  ]),
]);

/** So many wrappers around each other are looked through. */
const wrappersMax = 8;

function withoutWrappers(given: readonly string[]): readonly string[] {
  let words = given;
  for (let round = 0; round < wrappersMax; round++) {
    while (/^[A-Za-z_]\w*=/.test(words[0] ?? '')) words = words.slice(1);
    const own = wrappers.get(programName(words[0] ?? ''))?.(words.slice(1));
    const isItself = own === undefined || (own === 0 && !isPlainWrapper(words));
    if (isItself) return words;
    words = words.slice(1 + own);
  }
  return words;
}

/** `uv`, `bundle`, `npm` and the like wrap only with a word of their own behind them. */
function isPlainWrapper([first = '']: readonly string[]): boolean {
  return !['uv', 'poetry', 'pipenv', 'pdm', 'hatch', 'rye', 'bundle', 'pnpm', 'yarn', 'npm'].includes(
    programName(first),
  );
}

/** Flags, and those with a value together with it. */
function leadingFlags(rest: readonly string[]): number {
  let count = 0;
  while (count < rest.length && rest[count]!.startsWith('-')) count += withValue.has(rest[count]!) ? 2 : 1;
  return count;
}
