import type { RefKind } from '../ids.ts';
import type { AttemptText } from './attempt-text.ts';

/**
 * A value of a row as SQLite keeps it: INTEGER is a bigint, REAL a number, BLOB bytes. A text that is no UTF-8
 * (a migrated database can hold one) is its bytes.
 */
export type Cell = null | bigint | number | string | Uint8Array | { textBytes: Uint8Array };

export interface TransferredRow {
  table: string;
  cells: Record<string, Cell>;
}

/** What is known of an export before its rows are read. */
export interface TransferHeader {
  schemaVersion: number;
  /** Rows by table, in the order of the file. */
  rows: Record<string, number>;
  /** Rows, by table, of tables that are not ours: they stay behind. */
  leftOut: Record<string, number>;
}

export interface RowSource {
  header: TransferHeader;
  /** Can be gone through several times. Throws `invalid_argument`, naming the line. */
  rows(): Iterable<TransferredRow & { line: number }>;
}

/** The text that full text indexes for a row of each kind. */
export interface RowWords {
  chunk(text: string): string;
  attempt(attempt: AttemptText): string;
  message(role: string | null, content: string, createdAtMs: number | null): string;
  todo(title: string, description: string): string;
}

export type MappedKind = RefKind | 'vector';

export interface ImportReport {
  /** `exact`: the database was empty, every id is that of the file. `merged`: new ids. */
  mode: 'exact' | 'merged';
  /** Rows by table. */
  imported: Record<string, number>;
  /** Rows that are there with the same content. */
  equal: Record<string, number>;
  /** Rows that belong to the other database alone: its counters, its sequence. */
  notTaken: Record<string, number>;
  /** Rows whose reference points nowhere. */
  dangling: Record<string, number>;
  /** Columns, `Table.column`, that this schema has not. */
  unknownColumns: string[];
  /** Vectors that cannot be one of this model, or of messages that follow another one here: they are embedded anew. */
  vectorsMadePending: number;
  /** Old id, new id; also of rows that were there. Empty for `exact`. */
  map: Record<MappedKind, [bigint, bigint][]>;
}

/** One state of a database, read row by row in bounded memory while other processes go on writing. */
export interface DatabaseReading {
  header: TransferHeader;
  rows(): Iterable<TransferredRow>;
  vectors: StoredVectors;
}

/** Vectors by rising id; those that are pending or of another size are left out. */
export interface StoredVectors {
  count: number;
  dimensions: number;
  /** Model files that made them. */
  modelHashes: string[];
  ids(): Iterable<bigint>;
  /** Little-endian float32. */
  blobs(): Iterable<Uint8Array>;
}

/** Rows out of the database and into it. Throws the database codes of errors.ts. */
export interface Transfer {
  databasePath: string;
  /** Reads one state of the database while other processes go on writing. */
  read<Result>(work: (reading: DatabaseReading) => Result): Result;
  /** All of it or nothing; with `dryRun` it says what would be done. Throws `invalid_argument`, naming the line. */
  importRows(source: RowSource, options: { dryRun: boolean }): ImportReport;
}
