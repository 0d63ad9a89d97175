import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { chunkText } from '../../src/domain/chunking.ts';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';

const batchTexts = 64;

/**
 * What the model makes of texts, kept in a file of the user's cache (`ltmc-bench/vectors.db`): tens of thousands take
 * minutes, and a run that was ended goes on where it was.
 */
export class KeptVectors {
  readonly #embedder = new OnnxEmbedder({});
  readonly #database: Database.Database;

  constructor() {
    const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ltmc-bench');
    mkdirSync(folder, { recursive: true });
    this.#database = new Database(join(folder, 'vectors.db'));
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('busy_timeout = 60000');
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS Vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID',
    );
  }

  /** As store_memory cuts a text. */
  async chunksOf(text: string): Promise<string[]> {
    return chunkText(text, await this.#embedder.tokenMap(text)).map((chunk) => chunk.text);
  }

  /** One vector a text; `onMade` is told how many were made since it was last told. */
  async of(texts: readonly string[], onMade: (count: number) => void = () => {}): Promise<Float32Array[]> {
    const { modelHash } = await this.#embedder.embed(['a text'], { priority: 'query' });
    const keys = texts.map((text) => createHash('sha256').update(`${modelHash}\n${text}`).digest());
    const read = this.#database.prepare<[Buffer], { vector: Buffer }>(
      'SELECT vector FROM Vectors WHERE key = ?',
    );
    const write = this.#database.prepare('INSERT OR IGNORE INTO Vectors VALUES (?, ?)');
    const missing = texts.map((_, index) => index).filter((index) => read.get(keys[index]!) === undefined);
    for (let done = 0; done < missing.length; done += batchTexts) {
      const batch = missing.slice(done, done + batchTexts);
      const { vectors } = await this.#embedder.embed(
        batch.map((index) => texts[index]!),
        { priority: 'bulk' },
      );
      this.#database.transaction(() => {
        vectors.forEach((vector, place) => {
          write.run(keys[batch[place]!], Buffer.from((vector as Float32Array).slice().buffer));
        });
      })();
      onMade(batch.length);
    }
    return keys.map((key) => {
      const { vector } = read.get(key) as { vector: Buffer };
      return new Float32Array(new Uint8Array(vector).buffer);
    });
  }

  async close(): Promise<void> {
    this.#database.close();
    await this.#embedder.close();
  }
}
