import type { Database } from './database.ts';

/**
 * Takes a block of `count` consecutive vector ids inside the write transaction that also writes their rows,
 * and returns the first. So ids rise, leave no gap in committed data, and are never given twice: a
 * transaction that fails gives its ids back with everything else it did.
 */
export function takeVectorIds(database: Database, count: number): number {
  const last = database
    .prepare<number>(
      'UPDATE VectorIdSequence SET last_vector_id = last_vector_id + ? RETURNING last_vector_id',
    )
    .pluck()
    .get(count) as number;
  return last - count + 1;
}

/**
 * Takes the number of this transaction's changes to vectors. Write transactions follow one another, so a
 * reader that has seen number n has seen every change up to n.
 */
export function takeChangeNumber(database: Database): number {
  return database
    .prepare<number>('UPDATE StoreInfo SET last_change = last_change + 1 RETURNING last_change')
    .pluck()
    .get() as number;
}
