import type { EmbeddingRole } from './embedding-text.ts';

/** A project's name; null is the project "none", a project of its own for writes. */
export type ProjectName = string | null;

/** What a read may see: everything, or one project's rows together with the rows that have no project. */
export type ReadScope = 'all' | { project: ProjectName };

/** A moment: the text that was given or made (kept as it is) and its UTC milliseconds (null: unreadable). */
export interface Timestamp {
  text: string;
  ms: number | null;
}

/** Who wrote a memory. Shown with recalled text so that the reader can weigh it. */
export type Origin = 'user' | 'agent' | 'file' | 'import';

export interface NewEmbedding {
  role: EmbeddingRole;
  /** null: pending, to be filled in later. */
  vector: Float32Array | null;
}

/** What is asked of a search: words, a vector, or both. */
export interface SearchInput {
  /** Lower-case words without stop words, each once; see domain/words.ts. Empty: no lexical arm. */
  words: string[];
  /** Of the words, those whose share of the bm25 is also told apart; see domain/attempt-stop-words.ts. Absent: none. */
  wordsApart?: readonly string[];
  /** Other forms of some of them, which the index does not know as the same word. Only chat messages are ranked by them. */
  otherForms?: ReadonlyMap<string, readonly string[]>;
  /** null: no dense arm (no model). */
  vector: Float32Array | null;
  /** Whether nearness in meaning says that something relevant was found; see domain/other-language.ts. Absent: it does. */
  isMeaningEvidence?: boolean;
  /** Model files whose vectors may be compared with `vector`; absent: all. */
  modelHashes?: readonly string[];
  /**
   * What a point of bm25 is worth beside the cosine. Where it is given, the cosines of candidates that are not
   * among the best by cosine + bm25Weight * bm25 may be off by 0.005, and of the best those that are not an
   * owner's largest; absent: every cosine is exact.
   */
  bm25Weight?: number;
}

/** What bm25 values are measured against; see coverageMeasure in domain/ranking.ts. */
export interface LexicalStatistics {
  /** Rows in the full-text table. */
  rows: number;
  /** For each word of the query, the rows that hold it (after stemming). */
  wordRows: { word: string; rows: number }[];
}

/**
 * How near to the query the searched rows are as a whole: mean and standard deviation of their cosines, of a sample
 * where there are many.
 */
export interface CosineSpread {
  mean: number;
  deviation: number;
}

/** A page of a list ordered by id: at most `limit` rows after the row with this id in the list's order. */
export interface Page {
  limit: number;
  /** The cursor: `null` for the first page. */
  after: number | null;
}
