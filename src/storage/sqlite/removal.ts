import { formatRef, type Ref, type RefKind } from '../../ids.ts';
import type { Database } from './database.ts';
import { makePending } from './embedding-rows.ts';
import { removeWords, type WordIndex } from './full-text.ts';
import { takeChangeNumber } from './sequence.ts';
import { followingId } from './session-order.ts';
import { removeVectors } from './visibility.ts';

/** Rows removed, by table. */
export type RemovedCounts = Record<string, number>;

/** Removes rows for good with everything that hangs on them; the caller's transaction makes it whole. */
export function removeRows(database: Database, refs: readonly Ref[]): RemovedCounts {
  const removal = new Removal(database, takeChangeNumber(database));
  for (const ref of refs) removal.remove(ref);
  return removal.counts;
}

class Removal {
  readonly counts: RemovedCounts = {};
  readonly #database: Database;
  readonly #changeNumber: number;

  constructor(database: Database, changeNumber: number) {
    this.#database = database;
    this.#changeNumber = changeNumber;
  }

  remove({ kind, id }: Ref): void {
    if (kind === 'memory') this.#memory(id);
    else if (kind === 'chunk') this.#chunk(id);
    else if (kind === 'message') this.#message(id);
    else if (kind === 'todo') this.#owned('todo', 'Todos', 'TodoWords', id);
    else this.#pattern(id);
  }

  /** A memory with its revisions; the memories that it superseded, and those that they did, are among them. */
  #memory(id: number): void {
    const line = this.#ids(
      `WITH RECURSIVE Line (id) AS (
         SELECT id FROM Resources WHERE id = ?
         UNION SELECT r.id FROM Resources r JOIN Line l ON r.superseded_by = l.id)
       SELECT id FROM Line`,
      id,
    );
    for (const memoryId of line) this.#oneMemory(memoryId);
  }

  #oneMemory(id: number): void {
    this.#database.prepare('UPDATE Resources SET superseded_by = NULL WHERE superseded_by = ?').run(id);
    for (const chunkId of this.#ids('SELECT id FROM ResourceChunks WHERE resource_id = ?', id))
      this.#chunk(chunkId);
    this.#delete('ResourceRevisions', 'resource_id', id);
    this.#delete('Summaries', 'resource_id', id);
    this.#delete('Resources', 'id', id);
    this.#edges('memory', id);
  }

  /** The edges of the graph that name the row. */
  #edges(kind: RefKind, id: number): void {
    for (const end of ['source_id', 'target_id']) this.#delete('GraphEdges', end, formatRef(kind, id));
  }

  #chunk(id: number): void {
    this.#delete('ContextLinks', 'chunk_id', id);
    this.#owned('chunk', 'ResourceChunks', 'ChunkWords', id);
  }

  /** The next message of its session was embedded together with it: nothing of its text may stay in that vector. */
  #message(id: number): void {
    const next = followingId(this.#database, id);
    if (next !== null) {
      makePending(this.#database, { kind: 'message', id: next, role: 'text' }, this.#changeNumber);
    }
    this.#delete('ContextLinks', 'message_id', id);
    this.#owned('message', 'ChatHistory', 'MessageWords', id);
  }

  #pattern(id: number): void {
    this.#delete('CodePatternContext', 'pattern_id', id);
    this.#delete('CodePatternContext', 'context_id', id);
    this.#undoRepairs(id);
    const [familyId] = this.#ids(
      'SELECT family_id FROM CodePatterns WHERE id = ? AND family_id IS NOT NULL',
      id,
    );
    this.#owned('pattern', 'CodePatterns', 'PatternWords', id);
    if (familyId !== undefined) this.#renewFamily(familyId);
  }

  /** What it had repaired is repaired by the newest fix that is left, or not any more. */
  #undoRepairs(id: number): void {
    this.#database
      .prepare(
        `UPDATE CodePatterns SET repaired_by = (
           SELECT max(pattern_id) FROM CodePatternContext
            WHERE context_type = 'fixes' AND context_id = CodePatterns.id)
          WHERE repaired_by = ?`,
      )
      .run(id);
  }

  /** The oldest attempt that is left stands for its family; a family without attempts goes. */
  #renewFamily(familyId: number): void {
    const [oldest] = this.#ids(
      'SELECT id FROM CodePatterns WHERE family_id = ? ORDER BY id LIMIT 1',
      familyId,
    );
    if (oldest === undefined) this.#delete('PatternFamilies', 'id', familyId);
    else
      this.#database
        .prepare('UPDATE PatternFamilies SET representative_id = ? WHERE id = ?')
        .run(oldest, familyId);
  }

  #owned(kind: 'chunk' | 'message' | 'todo' | 'pattern', table: string, words: WordIndex, id: number): void {
    removeWords(this.#database, words, id);
    this.#delete(table, 'id', id);
    this.#edges(kind, id);
    this.#count('Embeddings', removeVectors(this.#database, { kind, id }, this.#changeNumber));
  }

  #ids(sql: string, id: number): number[] {
    return this.#database.prepare<number>(sql).pluck().all(id) as number[];
  }

  #delete(table: string, column: string, id: number | string): void {
    this.#count(table, this.#database.prepare(`DELETE FROM ${table} WHERE ${column} = ?`).run(id).changes);
  }

  #count(table: string, removed: number): void {
    if (removed > 0) this.counts[table] = (this.counts[table] ?? 0) + removed;
  }
}
