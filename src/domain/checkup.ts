import type { RowWords } from './transfer.ts';

/** `problem`: something is wrong and somebody should act. `notice`: worth knowing. */
export type FindingLevel = 'problem' | 'notice';

export interface Finding {
  /** Stable, for programs. */
  code: string;
  level: FindingLevel;
  count: number;
  message: string;
  /** What to do. */
  hint: string;
  /** `--repair` mends it. */
  repairable: boolean;
}

/** What was mended. */
export interface Repair {
  code: string;
  count: number;
  message: string;
}

/** What the rows are held against. */
export interface RowRules {
  words: RowWords;
  /** Of an attempt's texts. */
  keysOf(attempt: { inputPrompt: string; generatedCode: string; functionName: string | null }): {
    codeKey: string;
    promptKey: string;
    nameKey: string | null;
  };
  /** Of the text that a memory's chunks make up, in their order. */
  textHash(chunks: readonly { text: string; start: number | null; end: number | null }[]): string;
  /** Likely secrets in a text. */
  secretsIn(text: string): number;
  /** Model files whose vectors can be compared with those made now; null where no model can be loaded. */
  modelHashes: readonly string[] | null;
}

export interface DatabaseCheckup {
  findings: Finding[];
  /** What is known of the database; absent where it cannot be read. */
  schemaVersion?: number;
  journalMode?: string;
}

export interface DatabaseRepair {
  /** The copy from before; null where there was nothing to mend. */
  backupPath: string | null;
  repairs: Repair[];
}

/** Looks the database through without changing it, and mends what can be made again from the rows. */
export interface DatabaseDoctor {
  databasePath: string;
  check(rules: RowRules): DatabaseCheckup;
  /** After a verified backup, all in one transaction. Throws the database codes of errors.ts. */
  repair(rules: RowRules): DatabaseRepair;
}
