import type Sqlite from 'better-sqlite3';
import { defined } from '../defined.ts';
import { chunkText } from '../domain/chunking.ts';
import { type EmbeddingRole, embeddingText, type OwnerKind } from '../domain/embedding-text.ts';
import { messageEmbeddingText, messageSearchText, messageText } from '../domain/message-text.ts';
import type { Embedder } from '../domain/ports.ts';
import { todoText } from '../domain/todos.ts';
import { tokensAtMost } from '../domain/token-bound.ts';
import { tokenMapOf } from '../domain/token-map.ts';
import { searchText } from '../domain/words.ts';
import { assertModelMissing } from '../errors.ts';
import { limits } from '../limits.ts';
import { precedingIdSql } from '../storage/sqlite/session-order.ts';
import { encodeVector } from '../storage/sqlite/vector-blob.ts';
import { dimensions } from '../storage/sqlite/vector-blocks.ts';

export interface EmbeddedRows {
  /** Vectors of the chunks and of the attempts' prompts: 1..N. */
  numbered: number;
  /** Vectors above N by what they are for. */
  further: { code: number; newChunks: number; messages: number; todos: number; rest: number };
  longChunks: number;
  /** Rows written without a vector because no model could be loaded. */
  pendingVectors: number;
  modelProblem?: string;
  embeddingMs: number;
}

interface Job {
  ownerKind: OwnerKind;
  ownerId: bigint;
  role: EmbeddingRole;
  text: string;
  visible: boolean;
  /** The index of words that this text goes into; null: none. */
  words: 'ChunkWords' | 'MessageWords' | 'TodoWords' | null;
  /** What goes into it; absent: searchText of the text. */
  searchText?: string;
  part?: { start: number; end: number };
}

const smallestId = -(2n ** 63n);
const largestId = 2n ** 63n - 1n;

type Phase = 'chunk' | 'prompt' | 'code' | 'newChunk' | 'message' | 'todo' | 'rest';

/**
 * Embeds every text of a moved database and writes its vectors and words, in batches: while one is written the
 * next is with the model. Vectors get the ids 1..N in the order of VectorIdMap, and those above N as they come.
 */
export class RowEmbedding {
  readonly #connection: Sqlite.Database;
  readonly #embedder: Embedder;
  readonly #onProgress: (done: number, total: number) => void;
  readonly #counts: Record<Phase, number> = {
    chunk: 0,
    prompt: 0,
    code: 0,
    newChunk: 0,
    message: 0,
    todo: 0,
    rest: 0,
  };
  #lastVectorId = 0;
  #total = 0;
  #done = 0;
  #pending = 0;
  #longChunks = 0;
  #modelProblem: string | undefined;

  constructor(
    connection: Sqlite.Database,
    embedder: Embedder,
    onProgress: (done: number, total: number) => void,
  ) {
    this.#connection = connection;
    this.#embedder = embedder;
    this.#onProgress = onProgress;
  }

  async run(): Promise<EmbeddedRows> {
    const begunMs = performance.now();
    this.#connection.exec(
      'CREATE TEMP TABLE RestParts (id INTEGER PRIMARY KEY, chunk_id INTEGER, start_offset INTEGER, end_offset INTEGER)',
    );
    this.#total = this.#count(
      `SELECT (SELECT count(*) FROM ResourceChunks) + 2 * (SELECT count(*) FROM CodePatterns)
            + (SELECT count(*) FROM ChatHistory WHERE is_query = 0) + (SELECT count(*) FROM Todos)`,
    );
    const old = 'c.vector_id IS NOT NULL';
    await this.#phase('chunk', this.#chunks(old));
    await this.#phase('prompt', this.#attempts('prompt', 'input_prompt'));
    const numbered = this.#lastVectorId;
    await this.#phase('code', this.#attempts('code', 'generated_code'));
    await this.#phase('newChunk', this.#chunks('c.vector_id IS NULL'));
    await this.#phase('message', this.#messages());
    await this.#phase('todo', this.#todos());
    await this.#phase('rest', this.#rest());
    this.#connection.prepare('UPDATE main.VectorIdSequence SET last_vector_id = ?').run(this.#lastVectorId);
    this.#connection.exec('UPDATE main.StoreInfo SET last_change = 1');
    const { code, newChunk, message, todo, rest } = this.#counts;
    return {
      numbered,
      further: { code, newChunks: newChunk, messages: message, todos: todo, rest },
      longChunks: this.#longChunks,
      pendingVectors: this.#pending,
      ...defined({ modelProblem: this.#modelProblem }),
      embeddingMs: performance.now() - begunMs,
    };
  }

  async #phase(phase: Phase, batches: Iterable<Job[]>): Promise<void> {
    let waiting: { jobs: Job[]; vectors: Promise<Made> } | null = null;
    for (const jobs of batches) {
      const vectors = this.#embed(jobs);
      if (waiting !== null) await this.#write(phase, waiting);
      waiting = { jobs, vectors };
      if (phase === 'chunk' || phase === 'newChunk') await this.#noteRest(jobs);
    }
    if (waiting !== null) await this.#write(phase, waiting);
  }

  async #embed(jobs: readonly Job[]): Promise<Made> {
    const nothing = { vectors: jobs.map(() => null), modelHash: null };
    if (this.#modelProblem !== undefined) return nothing;
    try {
      return await this.#embedder.embed(
        jobs.map(({ role, text }) => embeddingText(role, text)),
        { priority: 'bulk' },
      );
    } catch (thrown) {
      assertModelMissing(thrown);
      this.#modelProblem = thrown.message;
      return nothing;
    }
  }

  async #write(phase: Phase, { jobs, vectors }: { jobs: Job[]; vectors: Promise<Made> }): Promise<void> {
    const made = await vectors;
    const insert = this.#connection.prepare(
      `INSERT INTO main.Embeddings (vector_id, owner_kind, owner_id, role, dimensions, model_hash, vector, project,
                                    visible, change_number, start_offset, end_offset)
       VALUES (?, ?, ?, ?, ${dimensions}, ?, ?, NULL, ?, 1, ?, ?)`,
    );
    const setChunk = this.#connection.prepare('UPDATE main.ResourceChunks SET vector_id = ? WHERE id = ?');
    this.#connection.transaction(() => {
      jobs.forEach((job, i) => {
        const vectorId = ++this.#lastVectorId;
        const vector = made.vectors[i] ?? null;
        if (vector === null) this.#pending++;
        insert.run(
          vectorId,
          job.ownerKind,
          job.ownerId,
          job.role,
          vector === null ? null : made.modelHash,
          vector === null ? null : encodeVector(vector),
          job.visible ? 1 : 0,
          job.part?.start ?? null,
          job.part?.end ?? null,
        );
        if (phase === 'newChunk') setChunk.run(vectorId, job.ownerId);
        if (job.words !== null && job.visible) {
          this.#connection
            .prepare(`INSERT INTO main.${job.words} (rowid, words) VALUES (?, ?)`)
            .run(job.ownerId, job.searchText ?? searchText(job.text));
        }
      });
    })();
    this.#counts[phase] += jobs.length;
    this.#done += jobs.length;
    this.#onProgress(this.#done, Math.max(this.#total, this.#done));
  }

  /** The model reads the beginning of a long chunk; what is behind it gets vectors of its own. */
  async #noteRest(jobs: readonly Job[]): Promise<void> {
    const candidates = jobs.filter(
      ({ text }) => text.length > limits.chunkCharactersMax || tokensAtMost(text) > limits.chunkTokensMax,
    );
    if (candidates.length === 0) return;
    const tokens = await this.#countTokens(candidates.map(({ text }) => text));
    const insert = this.#connection.prepare(
      'INSERT INTO temp.RestParts (chunk_id, start_offset, end_offset) VALUES (?, ?, ?)',
    );
    for (const [i, { ownerId, text }] of candidates.entries()) {
      if ((tokens[i] as number) <= limits.chunkTokensMax) continue;
      const parts = chunkText(text, await tokenMapOf(this.#embedder, text)).slice(1);
      if (parts.length === 0) continue;
      this.#longChunks++;
      this.#total += parts.length;
      for (const { start, end } of parts) insert.run(ownerId, start, end);
    }
  }

  async #countTokens(texts: string[]): Promise<number[]> {
    try {
      return await this.#embedder.countTokens(texts);
    } catch (thrown) {
      assertModelMissing(thrown);
      return texts.map(tokensAtMost);
    }
  }

  *#chunks(condition: string): Iterable<Job[]> {
    const rows = this.#pages<{ id: bigint; text: string | null; hidden: bigint }>(
      `SELECT c.id, CAST(c.chunk_text AS TEXT) AS text,
              r.id IS NULL OR coalesce(c.archived, 0) <> 0 OR coalesce(r.archived, 0) <> 0 AS hidden
         FROM main.ResourceChunks c LEFT JOIN main.Resources r ON r.id = c.resource_id
        WHERE ${condition} AND c.id >= ? ORDER BY c.id LIMIT ${limits.migrationBatchRows}`,
    );
    for (const page of rows) {
      yield page.map(({ id, text, hidden }) => ({
        ownerKind: 'chunk',
        ownerId: id,
        role: 'text',
        text: text ?? '',
        visible: hidden === 0n,
        words: 'ChunkWords',
      }));
    }
  }

  *#attempts(role: 'prompt' | 'code', column: string): Iterable<Job[]> {
    const rows = this.#pages<{ id: bigint; text: string | null }>(
      `SELECT id, CAST(${column} AS TEXT) AS text FROM main.CodePatterns
        WHERE id >= ? ORDER BY id LIMIT ${limits.migrationBatchRows}`,
    );
    for (const page of rows) {
      yield page.map(({ id, text }) => ({
        ownerKind: 'pattern',
        ownerId: id,
        role,
        text: text ?? '',
        visible: true,
        words: null,
      }));
    }
  }

  *#messages(): Iterable<Job[]> {
    const rows = this.#pages<MessageRow>(
      `SELECT o.id, CAST(o.role AS TEXT) AS role, CAST(o.content AS TEXT) AS content, o.timestamp_ms AS timeMs,
              p.id IS NOT NULL AS follows, CAST(p.role AS TEXT) AS precedingRole, CAST(p.content AS TEXT) AS precedingContent
         FROM main.ChatHistory o LEFT JOIN main.ChatHistory p ON p.id = ${precedingIdSql}
        WHERE o.is_query = 0 AND o.id >= ? ORDER BY o.id LIMIT ${limits.migrationBatchRows}`,
    );
    for (const page of rows) {
      yield page.map(({ id, role, content, timeMs, follows, precedingRole, precedingContent }) => {
        const preceding = follows === 1n ? messageText(precedingRole, precedingContent ?? '') : null;
        return {
          ownerKind: 'message',
          ownerId: id,
          role: 'text',
          text: messageEmbeddingText(messageText(role, content ?? ''), preceding),
          visible: true,
          words: 'MessageWords',
          searchText: messageSearchText(role, content ?? '', timeMs === null ? null : Number(timeMs)),
        };
      });
    }
  }

  *#todos(): Iterable<Job[]> {
    const rows = this.#pages<{ id: bigint; title: string | null; description: string | null }>(
      `SELECT id, CAST(title AS TEXT) AS title, CAST(description AS TEXT) AS description FROM main.Todos
        WHERE id >= ? ORDER BY id LIMIT ${limits.migrationBatchRows}`,
    );
    for (const page of rows) {
      yield page.map(({ id, title, description }) => ({
        ownerKind: 'todo',
        ownerId: id,
        role: 'text',
        text: todoText(title ?? '', description ?? ''),
        visible: true,
        words: 'TodoWords',
      }));
    }
  }

  *#rest(): Iterable<Job[]> {
    const rows = this.#pages<{ id: bigint; chunkId: bigint; start: bigint; end: bigint; visible: bigint }>(
      `SELECT p.id, p.chunk_id AS chunkId, p.start_offset AS start, p.end_offset AS end, e.visible
         FROM temp.RestParts p JOIN main.Embeddings e ON e.owner_kind = 'chunk' AND e.owner_id = p.chunk_id AND e.role = 'text'
        WHERE p.id >= ? ORDER BY p.id LIMIT ${limits.migrationBatchRows}`,
    );
    const read = this.#connection
      .prepare('SELECT CAST(chunk_text AS TEXT) FROM main.ResourceChunks WHERE id = ?')
      .pluck();
    let chunkId: bigint | null = null;
    let text = '';
    for (const page of rows) {
      yield page.map((part) => {
        if (part.chunkId !== chunkId) {
          chunkId = part.chunkId;
          text = read.get(chunkId) as string;
        }
        const [start, end] = [Number(part.start), Number(part.end)];
        return {
          ownerKind: 'chunk',
          ownerId: part.chunkId,
          role: 'rest',
          text: text.slice(start, end),
          visible: part.visible === 1n,
          words: null,
          part: { start, end },
        };
      });
    }
  }

  /** Page after page by the id of the last row, so that nothing is read while something is written. */
  *#pages<Row extends { id: bigint }>(sql: string): Iterable<Row[]> {
    const statement = this.#connection.prepare(sql).safeIntegers();
    for (let from = smallestId; ; ) {
      const page = statement.all(from) as Row[];
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      if (last.id === largestId) return;
      from = last.id + 1n;
    }
  }

  #count(sql: string): number {
    return this.#connection.prepare(sql).pluck().get() as number;
  }
}

interface MessageRow {
  id: bigint;
  role: string | null;
  content: string | null;
  timeMs: bigint | null;
  follows: bigint;
  precedingRole: string | null;
  precedingContent: string | null;
}

interface Made {
  vectors: (Float32Array | null)[];
  modelHash: string | null;
}
