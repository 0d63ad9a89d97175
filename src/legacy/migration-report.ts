import type { AskedQueries } from './ask-queries.ts';
import type { ComparedTable } from './compare-rows.ts';
import type { ComparedVectors } from './compare-vectors.ts';
import type { EmbeddedRows } from './embed-rows.ts';
import type { CopiedFile } from './file-copy.ts';
import type { Damage } from './old-damage.ts';
import type { UnreadableTime } from './old-times.ts';
import type { PlacedAttempts } from './place-attempts.ts';
import type { WholeTexts } from './whole-texts.ts';

/** What a migration found, did and compared. */
export interface MigrationReport {
  outcome: 'migrated' | 'dry_run' | 'written_to';
  database: string;
  /** The file that holds the result; null after a dry run. */
  result: string | null;
  /** null where the original stays as it is. */
  backup: { path: string; files: CopiedFile[] } | null;
  source: {
    files: CopiedFile[];
    journalMode: string;
    encoding: string;
    constraintViolations: number;
    foreignKeyViolations: number;
    /** Rows of the old sequence: history, replaced by one row. */
    sequenceRows: number;
  };
  tables: ComparedTable[];
  /** Columns that came along under a name of their own. */
  extraColumns: { table: string; column: string; newName: string }[];
  /** Views, triggers, indexes and virtual tables that were not taken over. */
  leftOut: { type: string; name: string }[];
  vectorIds: {
    /** Chunks and attempts have 1..numbered. */
    numbered: number;
    lowestBefore: string | null;
    highestBefore: string | null;
    last: number;
    further: EmbeddedRows['further'];
    longChunks: number;
    pendingVectors: number;
    modelProblem?: string;
  };
  times: { zone: string; read: number; zoneless: number; unreadable: number; examples: UnreadableTime[] };
  damage: Damage[];
  quarantined: { reason: string; table: string; count: number }[];
  wholeTexts: WholeTexts;
  attempts: PlacedAttempts;
  oldVectors: ({ file: string; format: string } & ComparedVectors) | { file: string | null; problem: string };
  queries: { before: AskedQueries | null; after: AskedQueries | null };
  integrity: { isWhole: boolean; foreignKeyViolations: number };
  textsEmbedded: number;
  embeddingMs: number;
  totalMs: number;
}

/** Everything that was there is there: nothing differs, nothing points nowhere. */
export function isFaithful({ tables, integrity }: MigrationReport): boolean {
  return tables.every(({ same }) => same) && integrity.isWhole && integrity.foreignKeyViolations === 0;
}
