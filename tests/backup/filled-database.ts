import Sqlite from 'better-sqlite3';
import type { NewAttempt, NewMessage, NewTodo, Store } from '../../src/domain/ports.ts';
import { rowWords } from '../../src/domain/row-words.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import * as made from '../storage/made-rows.ts';

const { alone, newResource } = made;

/** The made rows with the words that the services index for them. */
function newAttempt(given: Partial<NewAttempt>): NewAttempt {
  const attempt = made.newAttempt(given);
  return { ...attempt, searchText: rowWords.attempt(attempt) };
}

function newMessage(given: Partial<NewMessage> & { content: string }): NewMessage {
  const message = made.newMessage(given);
  return { ...message, searchText: rowWords.message(message.role, message.content, message.createdAt.ms) };
}

function newTodo(given: Partial<NewTodo> & { title: string }): NewTodo {
  const todo = made.newTodo(given);
  return { ...todo, searchText: rowWords.todo(todo.title, todo.description) };
}

/** Every kind of row: archived, superseded, revised, linked, repaired, pending, removed, quarantined. */
async function fillDatabase(store: Store, path: string): Promise<void> {
  const project = 'github.com/made/up';
  await store.storeResource(newResource({ fileName: 'old.md', texts: ['The older kiwi text.'] }));
  await store.storeResource(
    newResource({ fileName: 'old.md', texts: ['The newer kiwi text.', ' In two parts.'], replace: true }),
  );
  await store.storeResource(
    newResource({
      fileName: 'tagged.md',
      project,
      tags: ['a', 'b "quoted"'],
      metadata: { deep: { er: [1, null, 'ü'] } },
      texts: ['Line one\nline two\u0000 after a NUL, 🥝 and \u2028.'],
    }),
  );
  await store.storeResource(
    newResource({ fileName: 'pending.md', texts: ['No vector yet.'], vectorOf: () => null }),
  );
  const { resourceId: archived } = await store.storeResource(
    newResource({ fileName: 'archived.md', texts: ['Out of the answers.'] }),
  );
  const changedAt = { text: '2026-01-02T03:04:06.000Z', ms: 1_767_323_046_000 };
  await store.changeMemory(archived, { archived: true, changedAt }, (text) => text);
  const { resourceId: revised } = await store.storeResource(
    newResource({ fileName: 'revised.md', texts: ['The first revision.'] }),
  );
  const { chunks, contentHash, modelHash } = newResource({ texts: ['The second revision.'] });
  await store.changeMemory(
    revised,
    { content: { hash: contentHash, chunks, modelHash }, changedAt },
    (text) => text,
  );

  const { patternId: failed } = await store.logAttempt(
    newAttempt({
      result: 'fail',
      functionName: 'reverseWords',
      fileName: 'src/words.ts',
      errorMessage: 'TypeError: s is undefined',
      errorSignature: 'TypeError: s is undefined',
      project,
    }),
    alone,
  );
  const { familyId } = (await store.getPatterns([failed]))[0] as { familyId: number };
  await store.logAttempt(
    newAttempt({ generatedCode: 'const fixed = 1;', lesson: 'Check for undefined.', tags: ['x'], project }),
    () => ({
      familyId,
      links: [{ patternId: failed, contextType: 'fixes', similarityScore: 0.5, basis: 'explicit' }],
    }),
  );
  const { messageId } = await store.logMessage(
    newMessage({ content: 'Which kiwi?', metadata: { a: 1 }, agentName: 'agent', sourceTool: 'tool' }),
  );
  await store.logMessage(newMessage({ content: 'Which kiwi?', conversationId: 'another' }));
  await store.logQuery({
    conversationId: 'a conversation',
    query: 'kiwi',
    chunkIds: [2],
    createdAt: changedAt,
    project: null,
  });
  await store.storeLinks(messageId, [2, 3]);
  await store.addTodo(newTodo({ title: 'Water the kiwi', description: 'Every day.' }));
  const { todoId } = await store.addTodo(newTodo({ title: 'Done already', priority: 'high' }));
  await store.completeTodo(todoId, changedAt);
  const edge = { relation: 'SIMILAR_TO', weight: 0.25, createdAt: changedAt.text };
  await store.putEdges([
    { ...edge, sourceId: 'memory-2', targetId: 'memory-3', properties: { similarity_score: 0.25 }, project },
    {
      ...edge,
      sourceId: 'AuthService',
      targetId: 'pattern-1',
      properties: null,
      weight: null,
      project: null,
    },
  ]);
  await store.addToCounters(new Map([['calls', 3.5]]));
  const { resourceId: gone } = await store.storeResource(
    newResource({ fileName: 'gone.md', texts: ['Gone.'] }),
  );
  await store.remove([{ kind: 'memory', id: gone }], { dryRun: false });

  const database = new Sqlite(path);
  database.exec(`
    INSERT INTO Summaries (resource_id, doc_id, summary_text, model, created_at, written_by)
      VALUES (2, 'doc', 'A summary.', 'a model', '2025-05-05 05:05:05', 'ltmc');
    INSERT INTO RetrievalWeights VALUES (1, 0.1, 0.2, 0.3, 0.4, 1.0);
    INSERT INTO VectorIdMap VALUES (-5, 1, 'chunk', 1), (NULL, 2, 'chunk', 2), (9007199254740993, 3, 'chunk', 3);
    INSERT INTO MigrationQuarantine (source_table, source_rowid, reason, row_json)
      VALUES ('ResourceChunks', 77, 'its resource is not there', '{"id":77}');
    INSERT INTO Todos (title, description, completed, created_at, archived, written_by)
      VALUES (CAST(x'6c6174696e31a0e9' AS TEXT), x'00ff', 7, 1.5, 1, 'ltmc');`);
  database.close();
}

export async function filledDatabase(path: string): Promise<void> {
  const store = await openSqliteStore({ path });
  await fillDatabase(store, path);
  await store.close();
}
