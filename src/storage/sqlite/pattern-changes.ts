import type { AttemptChange, AttemptInHistory, OutcomeChange } from '../../domain/ports.ts';
import { attemptHistory } from './attempt-history.ts';
import type { Database } from './database.ts';
import { insertEmbedding } from './embedding-rows.ts';
import { indexWords, removeWords } from './full-text.ts';
import { changeOutcomes } from './outcome-changes.ts';
import { encodeTags } from './row-values.ts';
import { takeChangeNumber, takeVectorIds } from './sequence.ts';
import { removeVectors, setVectorsVisible } from './visibility.ts';

/** Changes an attempt in place; false when it is not there. */
export function changeAttempt(
  database: Database,
  patternId: number,
  change: AttemptChange,
  reconsider: (history: readonly AttemptInHistory[]) => OutcomeChange[] = () => [],
): boolean {
  const current = database
    .prepare<{ project: string | null; archived: number; result: string | null }>(
      'SELECT project, coalesce(archived, 0) AS archived, result FROM CodePatterns WHERE id = ?',
    )
    .get(patternId);
  if (current === undefined) return false;
  const changeNumber = takeChangeNumber(database);
  if (change.tags !== undefined) {
    database.prepare('UPDATE CodePatterns SET tags = ? WHERE id = ?').run(encodeTags(change.tags), patternId);
  }
  if (change.result !== undefined && change.result !== current.result) {
    changeOutcomes(database, reconsider(attemptHistory(database, patternId)));
    database.prepare('UPDATE CodePatterns SET result = ? WHERE id = ?').run(change.result, patternId);
  }
  if (change.lesson !== undefined)
    putLesson(database, patternId, change.lesson, current.project, changeNumber);
  const archived = change.archived ?? current.archived === 1;
  database.prepare('UPDATE CodePatterns SET archived = ? WHERE id = ?').run(archived ? 1 : 0, patternId);
  setVectorsVisible(database, { kind: 'pattern', id: patternId }, !archived, changeNumber);
  removeWords(database, 'PatternWords', patternId);
  if (!archived) indexWords(database, 'PatternWords', patternId, change.searchText);
  return true;
}

/**
 * The new lesson gets a vector id of its own, pending: under the old one, what is just being made of the old
 * lesson could still be filled in.
 */
function putLesson(
  database: Database,
  patternId: number,
  lesson: string,
  project: string | null,
  changeNumber: number,
): void {
  database.prepare('UPDATE CodePatterns SET lesson = ? WHERE id = ?').run(lesson, patternId);
  removeVectors(database, { kind: 'pattern', id: patternId, role: 'lesson' }, changeNumber);
  insertEmbedding(database, {
    vectorId: takeVectorIds(database, 1),
    ownerKind: 'pattern',
    ownerId: patternId,
    role: 'lesson',
    vector: null,
    modelHash: null,
    project,
    changeNumber,
  });
}
