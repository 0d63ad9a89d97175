import { LtmcError } from '../../errors.ts';
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
  const first = last - count + 1;
  refuseGivenIds(database, first, last);
  return first;
}

/** Only a sequence that something else set back can give an id again; nothing may be written then. */
function refuseGivenIds(database: Database, first: number, last: number): void {
  const given = database
    .prepare<number>(
      `SELECT EXISTS (SELECT 1 FROM Embeddings WHERE vector_id BETWEEN ? AND ?)
           OR EXISTS (SELECT 1 FROM RemovedVectors WHERE vector_id BETWEEN ? AND ?)`,
    )
    .pluck()
    .get(first, last, first, last);
  if (given === 0) return;
  throw new LtmcError(
    'vector_id_collision',
    `The vector ids ${first} to ${last} were about to be given, and some were given before; nothing of this call was stored.`,
    'Run `ltmc doctor`: the sequence of vector ids is behind the rows.',
  );
}

/** Sets the sequence to the last vector id there is or was, where something else has set it back. Returns how many rows. */
export function raiseSequence(database: Database): number {
  return database
    .prepare(
      `UPDATE VectorIdSequence SET last_vector_id = max(coalesce(last_vector_id, 0),
         (SELECT coalesce(max(vector_id), 0) FROM Embeddings),
         (SELECT coalesce(max(vector_id), 0) FROM RemovedVectors))`,
    )
    .run().changes;
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
