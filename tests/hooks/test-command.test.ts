import { expect, test } from 'vitest';
import { shellCommands } from '../../src/hooks/shell-commands.ts';
import { testCommandOf } from '../../src/hooks/test-command.ts';

test.each([
  'npm test',
  'npm t',
  'npm run test:unit -- --grep "a b"',
  'npm --prefix web test',
  'npm run test -w packages/a',
  'pnpm -r test',
  'pnpm exec vitest run',
  'yarn test',
  'yarn jest src',
  'bun test',
  'npx vitest run tests/a.test.ts',
  'npx -y --package vitest vitest',
  'npx jest --ci',
  'vitest run',
  'mocha',
  'npx playwright test',
  'node --test',
  'node --import tsx --test "tests/**/*.ts"',
  './node_modules/.bin/jest',
  'pytest',
  'pytest -q tests/test_a.py::test_b',
  'python -m pytest',
  'python3.12 -m unittest discover',
  'python manage.py test app',
  'uv run pytest -x',
  'poetry run pytest',
  'tox -e py312',
  'go test ./...',
  'go test -run TestA ./pkg/...',
  'cargo test',
  'cargo +nightly test --release',
  'cargo nextest run',
  'make test',
  'make -j4 check',
  'just test-all',
  './gradlew :app:testDebug',
  'mvn -q verify',
  'dotnet test',
  'bundle exec rspec',
  'rake spec',
  'ctest --output-on-failure',
  'deno test',
  'mix test',
  'CI=1 FORCE_COLOR=0 npm test',
  'env CI=1 npm test',
  'timeout 60 npm test',
  'time cargo test',
  'cd web && npm test',
  'cd "my project"; npm test 2>&1',
  'npm test > out.txt 2>&1',
  'npm \\\n  test',
  'cat > a.txt <<EOF\nit is a test\nEOF\nnpm test',
  'cat <<-\'END\' > a.txt; cat <<"B C" > b.txt\n\tnpm test &\n\tEND\nnpm test &\nB C\nnpm test',
  'pytest <<< "some input"',
  'docker compose exec -T web pytest -q',
  'docker-compose run --rm -e A=1 web npm test',
  'docker run --rm -v "$PWD":/app image cargo test',
  'yarn workspace web test',
  'yarn workspace web jest',
  'npx -y vitest@3.2.4 run',
  'uvx pytest',
  'composer test',
  'php artisan test',
])('%s runs tests, and its exit code is theirs', (line) => {
  expect(testCommandOf(line)).toMatchObject({ isTrusted: { success: true, failure: true } });
});

test.each([
  'npm install',
  'npm run build',
  'npm run lint',
  'npx tsc --noEmit',
  'npx vitest --watch',
  'npx vitest list',
  'vitest dev',
  'jest --listTests',
  'jest --watchAll',
  'pytest --collect-only',
  'pytest --version',
  'go build ./...',
  'go vet ./...',
  'cargo build --tests',
  'cargo test --no-run',
  'cargo check',
  'yarn check',
  'make',
  'make all',
  'node server.js',
  'python test.py',
  'python -m http.server',
  'echo "npm test"',
  "grep -r 'pytest' .",
  'git commit -m "npm test passes"',
  'cat <<EOF\nnpm test\nEOF',
  'cat <<EOF\nnpm test\nEOF\necho done',
  'cat <<"EOF"\nnpm test',
  'docker build -t pytest .',
  'docker run pytest',
  'docker compose up web',
  'yarn workspace web build',
  'git stash && npm test; git stash pop',
  'npm test; git -C . checkout -- a.txt',
  '# npm test',
  'npm test &',
  'ltmc record -- npm test',
  'npx ltmc record -- npm test && echo done',
  'test -f a.txt',
  '[ -d tests ] && ls tests',
  'echo $(npm test)',
  '',
  '"',
  '&& || ; |',
])('%j is not taken for a test run', (line) => {
  expect(testCommandOf(line)).toBeNull();
});

test.each<[line: string, success: boolean, failure: boolean]>([
  ['npm test | tail -5', false, false],
  ['npm test || true', false, false],
  ['npm test; echo done', false, false],
  ['npm test && npm run build', true, false],
  ['npm run build && npm test', true, false],
  ['npm run build; npm test', true, true],
  ['cat a.txt | npm test', false, false],
  ['npm test && git add -A && git commit -m "stash"', true, false],
  ['git checkout main && npm test', true, false],
  ['(cd web && npm test)', true, true],
])('whose exit code it is: %s', (line, success, failure) => {
  expect(testCommandOf(line)).toMatchObject({ isTrusted: { success, failure } });
});

test('the command without what stands around it', () => {
  expect(testCommandOf('cd web && CI=1 npm test -- "a b" 2>&1 | tail -3')).toMatchObject({
    words: ['CI=1', 'npm', 'test', '--', 'a b'],
    moves: { outside: ['web'], inside: [] },
  });
});

test.each([
  'npm test 2>&1',
  'npm test > out.txt 2>&1',
  'npm test >out.txt',
  'npm test &> out.txt',
  'npm test &>>out.txt',
  'npm test 2>/dev/null',
  '< in.txt npm test >| out.txt',
  'npm test >&2',
  'npm test >"a b" | cat',
])('%s is `npm test`: redirections are no words of it', (line) => {
  expect(testCommandOf(line)?.words).toEqual(['npm', 'test']);
});

test('a sign of redirection in quotes, and a number by itself, are words', () => {
  expect(testCommandOf('pytest -k "a > b" -n 2')?.words).toEqual(['pytest', '-k', 'a > b', '-n', '2']);
});

test.each<[line: string, outside: string[], inside: string[]]>([
  ['cd a && cd ../b; npm test', ['a', '../b'], []],
  ['cd a && (cd b && npm test)', ['a'], ['b']],
  ['(cd a && npm ci); npm test', [], []],
  ['(cd a && npm ci); (cd b; npm test)', [], ['b']],
  ['pushd -- a && npm test; cd b', ['a'], []],
  ['cd && npm test', [], []],
])('where the tests run: %s', (line, outside, inside) => {
  expect(testCommandOf(line)?.moves).toEqual({ outside, inside });
});

test('words are as a shell reads them', () => {
  expect(
    shellCommands(`a 'b "c"' "d \\" \\$e" f\\ g $(h; i "j") \`k | l\` # m\nn;o`).map(({ words }) => words),
  ).toEqual([['a', 'b "c"', 'd " $e', 'f g', '$(h; i "j")', '`k | l`'], ['n'], ['o']]);
});

test('a long line is read in time', () => {
  expect(testCommandOf(`${'("$(`'.repeat(5_000)}`)).toBeNull();
  // Each of them in all the parentheses before it.
  expect(shellCommands('(a'.repeat(100_000))).toHaveLength(100_000);
  expect(testCommandOf(`${'a && '.repeat(4_000)}npm test`)).not.toBeNull();
  expect(testCommandOf('docker run a yarn '.repeat(500))).toBeNull();
  expect(testCommandOf(`${'<<a '.repeat(2_000)}${'\nb'.repeat(2_000)}\nnpm test`)).toBeNull();
});
