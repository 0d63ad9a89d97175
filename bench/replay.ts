/**
 * replay DATA_DIR [--run FILE] [--database FILE] [--kind LETTER] [--details FILE]
 *
 * Logs recorded code attempts with known outcomes and asks for them again, through the real store and the real
 * model. DATA_DIR holds corpus.jsonl and queries.jsonl: logs of the code generation runs of noahshinn/reflexion
 * (MIT). Prints, by kind of query, how often the first hit is an attempt at the right task, and how often one
 * that passed. A query's own attempt is archived while it is asked.
 *
 * --run FILE       also writes the ranked ids, one JSON line a query
 * --database FILE  uses this database and fills it if it is new (default: a temporary one)
 * --details FILE   writes similarity, coverage and confidence, one JSON line a query
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { attemptSearchText } from '../src/domain/attempt-text.ts';
import { CodePatterns } from '../src/domain/code-patterns.ts';
import type { Store } from '../src/domain/ports.ts';
import { OnnxEmbedder } from '../src/embedding/onnx-embedder.ts';
import { openSqliteStore } from '../src/storage/sqlite/sqlite-store.ts';

interface Attempt {
  id: string;
  function_name: string;
  input_prompt: string;
  generated_code: string;
  result: 'pass' | 'fail';
}

interface Query {
  id: string;
  kind: string;
  text: string;
  gold: string[];
  passing: string[];
  exclude: string[];
}

const project = 'replay';
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    run: { type: 'string' },
    database: { type: 'string' },
    kind: { type: 'string' },
    details: { type: 'string' },
  },
});
const folder = positionals[0];
if (folder === undefined) {
  console.error('Usage: replay DATA_DIR [--run FILE] [--database FILE] [--kind LETTER] [--details FILE]');
  process.exit(2);
}

const temporary = mkdtempSync(join(tmpdir(), 'ltmc-replay-'));
const databasePath = values.database ?? join(temporary, 'replay.db');
const isNew = !existsSync(databasePath);
const store = await openSqliteStore({ path: databasePath });
const embedder = new OnnxEmbedder({ workerFile: new URL('../src/embedding/worker.ts', import.meta.url) });
try {
  const patterns = new CodePatterns(store, embedder, Date.now);
  const attempts = readLines<Attempt>(join(folder, 'corpus.jsonl'));
  if (isNew) await logAll(patterns, attempts);
  await askAll(store, patterns, attempts);
} finally {
  await embedder.close();
  await store.close();
  rmSync(temporary, { recursive: true, force: true });
}

/** Ids of the rows are 1, 2, 3 … in the order of the file. */
async function logAll(codePatterns: CodePatterns, attempts: readonly Attempt[]): Promise<void> {
  const begun = performance.now();
  for (const attempt of attempts) {
    await codePatterns.log({
      project,
      inputPrompt: attempt.input_prompt,
      generatedCode: attempt.generated_code,
      result: attempt.result,
      functionName: attempt.function_name,
      fileName: null,
      moduleName: null,
      executionTimeMs: null,
      errorMessage: null,
      errorKind: null,
      lesson: null,
      testCommand: null,
      commit: null,
      tags: [],
      fixesPatternId: null,
      usedPatternIds: [],
      origin: 'import',
    });
  }
  const each = (performance.now() - begun) / attempts.length;
  console.log(`${attempts.length} attempts logged, ${each.toFixed(1)} ms each`);
}

async function askAll(store: Store, codePatterns: CodePatterns, attempts: readonly Attempt[]): Promise<void> {
  const rowOf = new Map(attempts.map((attempt, index) => [attempt.id, index + 1]));
  const queries = readLines<Query>(join(folder!, 'queries.jsonl')).filter((query) =>
    query.kind.startsWith(values.kind ?? ''),
  );
  const sums = new Map<
    string,
    { n: number; hit1: number; hit5: number; rr: number; pass1: number; best: number; ms: number }
  >();
  const run: string[] = [];
  const details: string[] = [];
  for (const query of queries) {
    const excluded = query.exclude.map((id) => rowOf.get(id)!);
    for (const id of excluded) await setArchived(store, id, true);
    const begun = performance.now();
    const found = await codePatterns.find({
      scope: { project },
      query: query.text,
      topK: 50,
      detail: 'brief',
      maxTokens: 2_000,
      includeWeak: true,
      explain: values.details !== undefined,
    });
    const ms = performance.now() - begun;
    for (const id of excluded) await setArchived(store, id, false);

    const rows = [
      ...found.patterns.map((pattern) => pattern.record.patternId),
      ...found.patterns.flatMap((pattern) => pattern.sameCodeIds),
    ];
    const ranked = [...new Set(rows)].map((id) => attempts[id - 1]!.id);
    run.push(JSON.stringify({ query_id: query.id, ranked }));
    const why = found.patterns[0]?.why;
    details.push(
      JSON.stringify({ query_id: query.id, kind: query.kind, confidence: found.confidence, ...why }),
    );
    const kind = query.kind[0]!;
    const sum = sums.get(kind) ?? { n: 0, hit1: 0, hit5: 0, rr: 0, pass1: 0, best: 0, ms: 0 };
    const rank = ranked.slice(0, 10).findIndex((id) => query.gold.includes(id));
    sum.n += 1;
    sum.hit1 += Number(rank === 0);
    sum.hit5 += Number(rank >= 0 && rank < 5);
    sum.rr += rank < 0 ? 0 : 1 / (rank + 1);
    sum.pass1 += Number(query.passing.includes(ranked[0] ?? ''));
    sum.best += Number(query.passing.length > 0);
    sum.ms += ms;
    sums.set(kind, sum);
  }
  console.log('kind      n  hit@1  hit@5    MRR  pass@1  best possible  ms');
  for (const [kind, sum] of [...sums].sort()) {
    const shares = [sum.hit1, sum.hit5, sum.rr, sum.pass1, sum.best].map((value) =>
      (value / sum.n).toFixed(3),
    );
    console.log(
      `${kind.padEnd(4)} ${String(sum.n).padStart(6)}  ${shares.join('  ')}          ${(sum.ms / sum.n).toFixed(1)}`,
    );
  }
  if (values.run !== undefined) writeFileSync(values.run, `${run.join('\n')}\n`);
  if (values.details !== undefined) writeFileSync(values.details, `${details.join('\n')}\n`);
}

async function setArchived(store: Store, patternId: number, archived: boolean): Promise<void> {
  const [record] = await store.getPatterns([patternId]);
  await store.changeAttempt(patternId, { archived, searchText: attemptSearchText(record!) });
}

function readLines<Row>(path: string): Row[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
