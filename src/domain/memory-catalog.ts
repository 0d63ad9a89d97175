import { defined } from '../defined.ts';
import { limits } from '../limits.ts';
import { fitTexts } from './fit-texts.ts';
import { projectsInstead } from './known-projects.ts';
import { cursorAfter, type ListPage, positionOf } from './page-cursor.ts';
import type { Embedder, MemoryFilters, MemorySummary, ProjectName, Store } from './ports.ts';

export interface ListMemoriesInput extends MemoryFilters, ListPage {}

export interface MemoryPage {
  /** Newest first; archived ones are not among them. */
  memories: MemorySummary[];
  /** Absent on the last page. */
  nextCursor?: string;
  /** Given when the scope's project is unknown: what projects there are. */
  knownProjects?: string[];
}

/** A memory in an answer with a budget: without what did not fit. */
export interface ListedMemory {
  memory: MemorySummary;
  /** There was no room for its metadata. */
  isMetadataCut: boolean;
  /** There was no room even for its name and tags. */
  isNameCut: boolean;
}

/** What memories there are, without their texts. */
export class MemoryCatalog {
  readonly #store: Store;
  readonly #embedder: Embedder;

  constructor(store: Store, embedder: Embedder) {
    this.#store = store;
    this.#embedder = embedder;
  }

  /** Throws `invalid_argument` for a cursor that is none. */
  async list({ limit, cursor, ...filters }: ListMemoriesInput): Promise<MemoryPage> {
    const { rows, more } = await this.#store.listMemories(filters, { limit, after: positionOf(cursor) });
    const foundProjects = rows.map((row) => row.project);
    const knownProjects = await projectsInstead(this.#store, filters.scope, foundProjects);
    return {
      memories: rows,
      ...cursorAfter(more, rows.at(-1)?.resourceId),
      ...defined({ knownProjects }),
    };
  }

  /** The same with at most `tokensMax` tokens of stored text: names and tags first, then metadata. */
  async listWithin(
    input: ListMemoriesInput,
    tokensMax: number,
  ): Promise<Omit<MemoryPage, 'memories'> & { memories: ListedMemory[] }> {
    const { memories, ...page } = await this.list(input);
    const names = memories.map(({ fileName, resourceType, tags }) =>
      [fileName, resourceType, ...tags].join(' '),
    );
    const named = await fitTexts(this.#embedder, names, tokensMax);
    const metadata = memories.map((memory) =>
      memory.metadata === null ? '' : JSON.stringify(memory.metadata),
    );
    const described = await fitTexts(this.#embedder, metadata, named.tokensLeft);
    return {
      ...page,
      memories: memories.map((memory, i) => ({
        memory,
        isMetadataCut: !(described.fits[i] ?? true),
        isNameCut: !(named.fits[i] ?? true),
      })),
    };
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
