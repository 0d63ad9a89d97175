import Database from 'better-sqlite3';
import { type Confidence, confidenceOf, evidenceExcess, evidenceOf } from '../../src/domain/confidence.ts';
import type { ChunkHit, CosineSpread, LexicalStatistics } from '../../src/domain/ports.ts';
import { ranked } from '../../src/domain/ranking.ts';
import { queryWords, searchText } from '../../src/domain/words.ts';

export interface Note {
  id: string;
  text: string;
  vector: Float32Array;
}

export interface Answer {
  /** Ids, best first. */
  ranked: string[];
  confidence: Confidence;
  /** Of the strongest candidate; at or above 0 an answer is given. */
  excess: number;
}

/**
 * The search of the product over a few notes in memory: full text by FTS5, the same words, the same ranking,
 * the same confidence. Making one takes well under a millisecond, so thousands can be sampled.
 */
export class SmallStore {
  readonly #database = new Database(':memory:');
  readonly #notes: Note[];

  constructor(notes: Note[]) {
    this.#notes = notes;
    this.#database.exec(`
      CREATE VIRTUAL TABLE notes USING fts5(words, tokenize='porter unicode61');
      CREATE VIRTUAL TABLE vocabulary USING fts5vocab(notes, 'row');
      CREATE VIRTUAL TABLE query USING fts5(word, tokenize='porter unicode61');
      CREATE VIRTUAL TABLE stems USING fts5vocab(query, 'instance');`);
    const insert = this.#database.prepare('INSERT INTO notes (rowid, words) VALUES (?, ?)');
    this.#database.transaction(() => {
      notes.forEach((note, index) => {
        insert.run(index + 1, searchText(note.text));
      });
    })();
  }

  ask(question: string, vector: Float32Array, mode: 'hybrid' | 'lexical'): Answer {
    const words = queryWords(question);
    const bm25 = this.#bm25(words);
    const hits: ChunkHit[] = this.#notes.map((note, index) => ({
      chunkId: index + 1,
      resourceId: index + 1,
      bm25: bm25.get(index + 1) ?? 0,
      cosine: mode === 'hybrid' ? dot(vector, note.vector) : null,
      textLength: note.text.length,
      createdAtMs: null,
    }));
    const lexical = this.#statistics(words);
    const spread =
      mode === 'hybrid' ? spreadOf(hits.map((hit) => hit.cosine ?? 0)) : { mean: 0, deviation: 0 };
    const asked = { words, vector: mode === 'hybrid' ? vector : null };
    const evidence = evidenceOf({ hits, lexical, searchedRows: hits.length, spread }, asked);
    return {
      ranked: ranked(hits, (hit) => hit.chunkId).map(({ hit }) => this.#notes[hit.chunkId - 1]!.id),
      confidence: confidenceOf(evidence),
      excess: evidenceExcess(evidence),
    };
  }

  close(): void {
    this.#database.close();
  }

  #bm25(words: string[]): Map<number, number> {
    if (words.length === 0) return new Map();
    const rows = this.#database
      .prepare<[string], { id: number; score: number }>(
        'SELECT rowid AS id, -bm25(notes) AS score FROM notes WHERE notes MATCH ?',
      )
      .all(words.map((word) => `"${word}"`).join(' OR '));
    return new Map(rows.map(({ id, score }) => [id, score]));
  }

  #statistics(words: string[]): LexicalStatistics {
    this.#database.exec('DELETE FROM query');
    const insert = this.#database.prepare('INSERT INTO query (rowid, word) VALUES (?, ?)');
    words.forEach((word, index) => {
      insert.run(index + 1, word);
    });
    const found = this.#database
      .prepare<[], { word: number; rows: number }>(
        'SELECT stems.doc AS word, vocabulary.doc AS rows FROM stems JOIN vocabulary USING (term)',
      )
      .all();
    const rowsOf = (index: number) =>
      Math.max(0, ...found.filter((row) => row.word === index + 1).map((row) => row.rows));
    return {
      rows: this.#notes.length,
      wordRows: words.map((word, index) => ({ word, rows: rowsOf(index) })),
    };
  }
}

function spreadOf(cosines: number[]): CosineSpread {
  const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
  const variance = cosines.reduce((sum, cosine) => sum + (cosine - mean) ** 2, 0) / cosines.length;
  return { mean, deviation: Math.sqrt(variance) };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}
