import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { isoTime } from '../../bench/retrieval/data-sets.ts';
import { packageRoot } from '../../src/package-root.ts';

const folder = mkdtempSync(join(tmpdir(), 'ltmc-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A sentence a row and a question in its words, so that each question has one right answer. */
const facts = [
  ['The lighthouse keeper paints the gallery railing every April.', 'When is the railing painted?'],
  ['Our bakery mixes rye dough at four in the morning.', 'At what hour is rye dough mixed?'],
  ['The violin was repaired by a luthier in Cremona.', 'Who repaired the violin?'],
  ['Snow closed the mountain pass for eleven days.', 'How long was the mountain pass closed?'],
] as const;

function writeLines(set: string, file: string, rows: readonly object[]): void {
  mkdirSync(join(folder, set), { recursive: true });
  writeFileSync(join(folder, set, file), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

function writeData(): void {
  const questions = (extra: object) =>
    facts.map(([, text], index) => ({
      id: `q${index}`,
      kind: 'plain',
      text,
      gold: [`row${index}`],
      ...extra,
    }));
  const items = (extra: (index: number) => object) =>
    facts.map(([text], index) => ({ id: `row${index}`, text, ...extra(index) }));
  writeLines(
    'nl2code',
    'corpus.jsonl',
    items(() => ({})),
  );
  writeLines('nl2code', 'queries.jsonl', questions({}));
  writeLines(
    'locomo',
    'corpus.jsonl',
    items((index) => ({
      conversation: 'talk',
      session: `session_${index % 2}`,
      at: '1:56 pm on 8 May, 2023',
      speaker: index % 2 === 0 ? 'Ada' : 'Bo',
    })),
  );
  writeLines('locomo', 'queries.jsonl', questions({ conversation: 'talk' }));
  const attempts = facts.slice(0, 2).flatMap(([text], task) =>
    (['fail', 'pass'] as const).map((result, index) => ({
      id: `a${task}${index}`,
      task: `t${task}`,
      function_name: `solve_${task}`,
      input_prompt: text,
      generated_code: `def solve_${task}():\n    return ${index}`,
      result,
    })),
  );
  writeLines('replay', 'corpus.jsonl', attempts);
  writeLines('replay', 'queries.jsonl', [
    {
      id: 'A:0',
      kind: 'A-prompt',
      text: facts[0][0],
      task: 't0',
      gold: ['a00', 'a01'],
      passing: ['a01'],
      exclude: [],
    },
  ]);
}

test('bench:retrieval stores, asks, scores and writes runs of every kind of set', async () => {
  writeData();
  const runs = join(folder, 'runs');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(packageRoot, 'bench', 'retrieval.ts'), folder, '--runs', runs],
    { env: { PATH: process.env.PATH ?? '', HOME: folder } },
  );

  const lines = stdout.split('\n');
  const rowOf = (start: RegExp) =>
    lines.filter((line) => start.test(line)).map((line) => line.replace(/ +/g, ' '));
  expect(rowOf(/^\| ltmc +\| all +\|/)).toEqual([
    '| ltmc | all | 4 | 1.000 | 1.000 | 1.000 | 1.000 |',
    '| ltmc | all | 4 | 1.000 | 1.000 | 1.000 | 1.000 |',
  ]);
  expect(rowOf(/^\| ltmc +\| all, sessions/)).toHaveLength(1);
  expect(rowOf(/^\| (BM25|dense) alone +\| all +\|/)).toHaveLength(4);
  expect(rowOf(/^\| ltmc +\| A /)).toEqual([
    '| ltmc | A | 1 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 0.000 |',
  ]);

  const run = (name: string) =>
    readFileSync(join(runs, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { query_id: string; ranked: string[]; abstain?: boolean });
  expect(run('locomo.ltmc.jsonl').map(({ query_id, ranked }) => [query_id, ranked[0]])).toEqual(
    facts.map((_, index) => [`q${index}`, `row${index}`]),
  );
  expect(run('replay.ltmc.jsonl')[0]?.ranked.slice(0, 2)).toEqual(['a01', 'a00']);
  const judged = run('nl2code.ltmc-abstain.jsonl');
  expect(judged.every(({ abstain }) => typeof abstain === 'boolean')).toBe(true);
  // Of the other sets, locomo's; replay's tasks may be the same as nl2code's.
  expect(
    judged.filter(({ query_id }) => query_id.startsWith('neg:')).map(({ query_id }) => query_id),
  ).toEqual(facts.map((_, index) => `neg:locomo:q${index}`));
});

test('the times of the sets are read as UTC', () => {
  expect(isoTime('1:56 pm on 8 May, 2023')).toBe('2023-05-08T13:56:00.000Z');
  expect(isoTime('12:05 am on 1 January, 2024')).toBe('2024-01-01T00:05:00.000Z');
  expect(isoTime('12:30 pm on 1 January, 2024')).toBe('2024-01-01T12:30:00.000Z');
  expect(isoTime('March-15-2024')).toBe('2024-03-15T00:00:00.000Z');
});
