import type Sqlite from 'better-sqlite3';
import { Memories } from '../domain/memories.ts';
import type { Embedder, Store } from '../domain/ports.ts';
import { limits } from '../limits.ts';
import { cosine } from '../storage/sqlite/vector-blob.ts';
import type { IndexFile } from './index-file.ts';

/** A question made of a piece out of a chunk's middle: the chunk is its answer. */
interface Question {
  chunkId: string;
  text: string;
  vector: Float32Array | null;
}

export interface AskedQueries {
  asked: number;
  /** Share of the questions whose chunk (or one with the same text) is among the first 5. */
  recallAt5: number;
  /** Of one question: before, the comparison of vectors alone; after, the whole answer with its embedding (median). */
  latencyMs: number;
}

/** Questions from chunks spread evenly over the database. */
export async function makeQuestions(connection: Sqlite.Database, embedder: Embedder): Promise<Question[]> {
  const count = connection
    .prepare('SELECT count(*) FROM main.ResourceChunks WHERE coalesce(archived, 0) = 0')
    .pluck()
    .get() as number;
  const step = Math.max(1, Math.ceil(count / limits.migrationQueriesMax));
  const rows = connection
    .prepare(
      `SELECT chunkId, substr(text, 1 + length(text) / 4, ${limits.migrationQueryCharactersMax}) AS text
         FROM (SELECT CAST(id AS TEXT) AS chunkId, CAST(chunk_text AS TEXT) AS text, row_number() OVER (ORDER BY id) AS place
                 FROM main.ResourceChunks WHERE coalesce(archived, 0) = 0)
        WHERE (place - 1) % ? = 0 AND length(trim(text)) > 0`,
    )
    .all(step) as { chunkId: string; text: string }[];
  const texts = rows.map(({ text }) => wholeWords(text));
  const { vectors } = await embedder.embed(texts, { priority: 'bulk' });
  return rows.map(({ chunkId }, i) => ({ chunkId, text: texts[i] as string, vector: vectors[i] ?? null }));
}

/** Before: the old vectors under their right ids, compared exactly. One pass over the file for all questions. */
export function askOldVectors(
  connection: Sqlite.Database,
  index: IndexFile,
  questions: readonly Question[],
): AskedQueries {
  const best = questions.map(() => [] as { chunkId: string; cosine: number }[]);
  const begunMs = performance.now();
  const chunks = connection
    .prepare('SELECT CAST(id AS TEXT) FROM old.ResourceChunks ORDER BY id')
    .pluck()
    .iterate() as IterableIterator<string>;
  let position = 0;
  for (const chunkId of chunks) {
    if (position >= index.count) break;
    const vector = index.vector(position++);
    if (vector === null) continue;
    questions.forEach((question, i) => {
      if (question.vector !== null)
        keep(best[i] as Hit[], { chunkId, cosine: cosine(question.vector, vector) });
    });
  }
  const latencyMs = (performance.now() - begunMs) / Math.max(1, questions.length);
  const sameText = sameTexts(connection);
  return asked(
    questions,
    best.map((hits) => hits.map(({ chunkId }) => chunkId)),
    latencyMs,
    sameText,
  );
}

/** After: what the new server answers. */
export async function askNewServer(
  connection: Sqlite.Database,
  store: Store,
  embedder: Embedder,
  questions: readonly Question[],
): Promise<AskedQueries> {
  const memories = new Memories(store, embedder, Date.now);
  const answers: string[][] = [];
  const taken: number[] = [];
  for (const { text } of questions) {
    const begunMs = performance.now();
    const { chunks } = await memories.retrieve({
      scope: 'all',
      query: text,
      topK: limits.migrationQueryTopK,
      maxTokens: 1,
      includeWeak: true,
      explain: false,
    });
    taken.push(performance.now() - begunMs);
    answers.push(chunks.map(({ chunkId }) => String(chunkId)));
  }
  taken.sort((a, b) => a - b);
  return asked(questions, answers, taken[Math.floor(taken.length / 2)] ?? 0, sameTexts(connection));
}

interface Hit {
  chunkId: string;
  cosine: number;
}

function keep(hits: Hit[], hit: Hit): void {
  if (hits.length === limits.migrationQueryTopK && (hits.at(-1) as Hit).cosine >= hit.cosine) return;
  hits.push(hit);
  hits.sort((a, b) => b.cosine - a.cosine);
  hits.length = Math.min(hits.length, limits.migrationQueryTopK);
}

function asked(
  questions: readonly Question[],
  answers: readonly string[][],
  latencyMs: number,
  sameText: (one: string, other: string) => boolean,
): AskedQueries {
  const found = questions.filter(({ chunkId }, i) =>
    (answers[i] as string[]).some((answer) => answer === chunkId || sameText(answer, chunkId)),
  );
  return {
    asked: questions.length,
    recallAt5: questions.length === 0 ? 1 : found.length / questions.length,
    latencyMs,
  };
}

/** Documents that were stored twice have the same chunks twice. */
function sameTexts(connection: Sqlite.Database): (one: string, other: string) => boolean {
  const statement = connection
    .prepare(
      `SELECT (SELECT chunk_text FROM old.ResourceChunks WHERE id = CAST(? AS INTEGER))
            = (SELECT chunk_text FROM old.ResourceChunks WHERE id = CAST(? AS INTEGER))`,
    )
    .pluck();
  return (one, other) => statement.get(one, other) === 1;
}

/** Without the words that were cut at its ends. */
function wholeWords(text: string): string {
  const words = text.trim().split(/\s+/);
  return words.length > 4 ? words.slice(1, -1).join(' ') : text.trim();
}
