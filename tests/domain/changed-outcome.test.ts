import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CodePatterns, type LogAttemptInput } from '../../src/domain/code-patterns.ts';
import { MemoryUpdates } from '../../src/domain/memory-updates.ts';
import type { AttemptResult } from '../../src/domain/ports.ts';
import { limits } from '../../src/limits.ts';
import { newStore } from '../storage/opened-store.ts';
import { databaseProblems } from '../storage/whole-database.ts';
import { missingModel, now } from './opened-memories.ts';
import { loggedAttempt } from './opened-patterns.ts';

async function opened(embedder = missingModel()) {
  const { store, path } = await newStore();
  let clockMs = now;
  const clock = () => (clockMs += 60_000);
  const patterns = new CodePatterns(store, embedder, clock);
  const updates = new MemoryUpdates(store, embedder, clock);
  const log = async (more: Partial<LogAttemptInput>) => (await patterns.log(attempt(more))).patternId;
  const update = (id: number, result: AttemptResult) =>
    updates.update({ ref: { kind: 'pattern', id }, result });
  return { log, update, store, path };
}

function attempt(more: Partial<LogAttemptInput>): LogAttemptInput {
  return loggedAttempt({ functionName: 'page_of', fileName: 'src/pages.py', errorMessage, ...more });
}

const errorMessage = "AssertionError: assert [1, 2] == [1, 2, 3]\n  File 'src/pages.py', line 3, in page_of";

/** Everything that results decide, as the database holds it. */
function outcomes(path: string): unknown[] {
  const database = new Sqlite(path);
  try {
    const rows = database.prepare(
      'SELECT id, result, error_kind, kind_derived, repaired_by, family_id FROM CodePatterns ORDER BY id',
    );
    const links = database.prepare(
      `SELECT pattern_id, context_type, context_id, similarity_score, basis FROM CodePatternContext
        ORDER BY pattern_id, context_type, context_id`,
    );
    return [...rows.all(), ...links.all()];
  } finally {
    database.close();
  }
}

test('a failure that passed after all is repaired by nothing', async () => {
  const { log, update, store } = await opened();
  const older = await log({ generatedCode: 'one()' });
  const newer = await log({ generatedCode: 'two()', errorMessage: 'KeyError: 1' });
  const passed = await log({ generatedCode: 'three()', result: 'pass' });
  expect((await store.getPatterns([older, newer])).map(({ fixedBy }) => fixedBy?.patternId)).toEqual([
    undefined,
    passed,
  ]);
  await update(newer, 'pass');
  // It would have repaired the older one when it was logged, and then there was nothing left to repair.
  expect((await store.getPatterns([older, newer])).map(({ fixedBy }) => fixedBy)).toEqual([
    { patternId: newer, basis: 'same_function' },
    null,
  ]);
});

test('a pass that failed after all repairs nothing, and what failed again is open again', async () => {
  const { log, update, store } = await opened();
  const failed = await log({ generatedCode: 'one()' });
  const passed = await log({ generatedCode: 'two()', result: 'pass', errorMessage: null });
  await update(passed, 'partial');
  expect((await store.getPatterns([failed]))[0]?.fixedBy).toBeNull();
  await update(passed, 'pass');
  expect((await store.getPatterns([failed]))[0]?.fixedBy?.patternId).toBe(passed);
});

test('a failure is flaky as long as the same code passes, and not once it does not', async () => {
  const { log, update, store } = await opened();
  const failed = await log({});
  const said = await log({ errorKind: 'flaky' });
  const passed = await log({ result: 'pass' });
  const kinds = async () => (await store.getPatterns([failed, said])).map(({ errorKind }) => errorKind);
  expect(await kinds()).toEqual(['flaky', 'flaky']);
  await update(passed, 'fail');
  expect(await kinds()).toEqual([null, 'flaky']);
});

test('a repair that was named holds as long as it passes and what it names does not', async () => {
  const { log, update, store } = await opened();
  const failed = await log({ project: 'bank', fileName: 'src/bank.py' });
  const fix = { generatedCode: 'two()', result: 'pass', fixesPatternId: failed } as const;
  const passed = await log(fix);
  expect((await store.getPatterns([failed]))[0]?.fixedBy).toEqual({ patternId: passed, basis: 'explicit' });
  await update(failed, 'pass');
  expect((await store.getPatterns([failed]))[0]?.fixedBy).toBeNull();
  const again = await log({ project: 'bank', fileName: 'src/bank.py', generatedCode: 'three()' });
  const repaired = await log({ ...fix, fixesPatternId: again });
  await update(repaired, 'fail');
  expect((await store.getPatterns([again]))[0]?.fixedBy).toBeNull();
});

test('what is far away, and what was decided otherwise before, stays as it is', async () => {
  const { log, update, store } = await opened();
  const elsewhere = { functionName: 'other', fileName: 'src/other.py', inputPrompt: 'another task' };
  const failed = await log(elsewhere);
  const passed = await log({ ...elsewhere, generatedCode: 'two()', result: 'pass' });
  const first = await log({});
  for (let n = 0; n < limits.reconsideredAttemptsPerKeyMax; n += 1) await log({ errorMessage: null });
  const last = await log({ generatedCode: 'three()', result: 'pass' });
  await update(last, 'fail');
  await update(first, 'partial');
  expect((await store.getPatterns([failed]))[0]?.fixedBy?.patternId).toBe(passed);
});

const anyAttempt = fc.record({
  result: fc.constantFrom('pass', 'fail', 'partial'),
  generatedCode: fc.constantFrom(
    'one()',
    'two()',
    'three()',
    'diff --git a/a b/a\n+one()',
    'diff --git a/a b/a\n+two()',
  ),
  testCommand: fc.constantFrom('pytest', 'node --test', null),
  functionName: fc.constantFrom('page_of', 'rows_of', null),
  fileName: fc.constantFrom('src/pages.py', './src/pages.py', 'src/rows.py', null),
  inputPrompt: fc.constantFrom('cut into pages', 'count the rows'),
  errorMessage: fc.constantFrom(errorMessage, 'KeyError: 1', null),
  errorKind: fc.constantFrom(null, null, 'code', 'environment', 'flaky'),
}) as fc.Arbitrary<Partial<LogAttemptInput>>;
const results = fc.constantFrom<AttemptResult>('pass', 'fail', 'partial');

test('a changed result leaves what would be there had it been logged with it', async () => {
  const embedder = missingModel();
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyAttempt, { minLength: 2, maxLength: 9 }),
      fc.nat(),
      fc.array(results, { minLength: 1, maxLength: 3 }),
      async (attempts, place, changes) => {
        const at = place % attempts.length;
        const [changed, direct] = [await opened(embedder), await opened(embedder)];
        for (const each of attempts) await changed.log(each);
        for (const result of changes) await changed.update(at + 1, result);
        for (const [index, each] of attempts.entries()) {
          await direct.log(index === at ? { ...each, result: changes.at(-1)! } : each);
        }
        expect(outcomes(changed.path)).toEqual(outcomes(direct.path));
        expect(databaseProblems(changed.path)).toEqual([]);
        await Promise.all([changed.store.close(), direct.store.close()]);
      },
    ),
    { numRuns: 20 },
  );
});
