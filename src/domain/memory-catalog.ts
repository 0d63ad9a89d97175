import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { MemoryFilters, MemorySummary, ProjectName, Store } from './ports.ts';

export interface ListMemoriesInput extends MemoryFilters {
  /** 1 to limits.listRowsMax. */
  limit: number;
  /** `nextCursor` of the page before; absent for the first page. */
  cursor?: string;
}

export interface MemoryPage {
  /** Newest first; archived ones are not among them. */
  memories: MemorySummary[];
  /** Absent on the last page. */
  nextCursor?: string;
}

/** What memories there are, without their texts. */
export class MemoryCatalog {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Throws `invalid_argument` for a cursor that is none. */
  async list({ limit, cursor, ...filters }: ListMemoriesInput): Promise<MemoryPage> {
    const after = cursor === undefined ? null : rowOf(cursor);
    const { rows, more } = await this.#store.listMemories(filters, { limit, after });
    const last = rows.at(-1);
    if (!more || last === undefined) return { memories: rows };
    return { memories: rows, nextCursor: String(last.resourceId) };
  }

  /** Everything that the filters let through, read page by page. */
  async all(filters: MemoryFilters): Promise<MemorySummary[]> {
    const found: MemorySummary[] = [];
    let after: number | null = null;
    for (;;) {
      const { rows, more } = await this.#store.listMemories(filters, { limit: limits.listRowsMax, after });
      found.push(...rows);
      after = rows.at(-1)?.resourceId ?? null;
      if (!more || after === null) return found;
    }
  }

  /** The memories of exactly this project under this name, archived ones too. */
  named(project: ProjectName, fileName: string): Promise<number[]> {
    return this.#store.resourcesNamed(project, fileName);
  }
}

function rowOf(cursor: string): number {
  const row = Number(cursor);
  if (/^[1-9]\d{0,15}$/.test(cursor) && Number.isSafeInteger(row)) return row;
  throw new LtmcError(
    'invalid_argument',
    `Expected cursor to be the next_cursor of an earlier answer; got ${JSON.stringify(cursor.slice(0, limits.echoedArgumentCharactersMax))}.`,
    'Leave it out to begin at the first page.',
  );
}
