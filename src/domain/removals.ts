import { LtmcError } from '../errors.ts';
import { formatRef, type Ref } from '../ids.ts';
import type { Store } from './ports.ts';

/** Rows by table. */
export type RowCounts = Record<string, number>;

/** Removing for good: rows with everything that hangs on them, and what they leave behind in the file. */
export class Removals {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * What `remove` would take out, by table. Throws `not_found`, naming every ref that is not there, and
   * `invalid_argument` for a chunk: its neighbours repeat its edges, so alone it would not be gone.
   */
  async preview(refs: readonly Ref[]): Promise<RowCounts> {
    const missing: Ref[] = [];
    for (const ref of refs) {
      if (ref.kind === 'chunk') {
        const memory = await this.#store.resourceOfChunk(ref.id);
        if (memory === null) missing.push(ref);
        else throw partOf(ref, memory);
        continue;
      }
      const rows = await this.#store.remove([ref], { dryRun: true });
      if (total(rows) === 0) missing.push(ref);
    }
    if (missing.length > 0) throw notThere(missing);
    return this.#store.remove(refs, { dryRun: true });
  }

  /**
   * Removes the rows, then overwrites what they left in free pages and in the write-ahead log. The removal
   * is one transaction. Throws like preview, before anything is removed.
   */
  async remove(refs: readonly Ref[]): Promise<RowCounts> {
    await this.preview(refs);
    const counts = await this.#store.remove(refs, { dryRun: false });
    await this.#store.purgeRemoved();
    return counts;
  }
}

function total(counts: RowCounts): number {
  return Object.values(counts).reduce((sum, rows) => sum + rows, 0);
}

function partOf(chunk: Ref, memory: number): LtmcError {
  const [part, whole] = [formatRef(chunk.kind, chunk.id), formatRef('memory', memory)];
  return new LtmcError(
    'invalid_argument',
    `Expected refs of what can be removed alone; ${part} is a part of ${whole}, and the parts beside it repeat its edges.`,
    `Nothing was removed. Remove ${whole}.`,
  );
}

function notThere(refs: readonly Ref[]): LtmcError {
  const names = refs.map(({ kind, id }) => formatRef(kind, id)).join(', ');
  return new LtmcError(
    'not_found',
    `Expected what is to be removed to be there; there is no ${names}.`,
    'Nothing was removed. Take the refs from an answer or from `ltmc list`.',
  );
}
