import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { makeServices } from '../../src/domain/make-services.ts';
import { Metrics } from '../../src/domain/metrics.ts';
import type { Ref } from '../../src/ids.ts';
import { newStore } from '../storage/opened-store.ts';
import { memory, missingModel, now } from './opened-memories.ts';

/** Tables that say something of the database itself, and FTS5's own, which are looked through byte by byte. */
const ownTables =
  /^(sqlite_|StoreInfo$|SchemaMigrations?$|VectorIdSequence$|RetrievalWeights$|Counters?$|Changes?$|RemovedVectors$)|Words(_|$)/;

test('what is removed leaves no row in any table and no word in any file', async () => {
  const { store, path } = await newStore();
  const services = makeServices(store, missingModel(), () => now, new Metrics());
  const word = 'quokka';
  const refs: Ref[] = [];
  const stored = await services.memories.store(
    memory(`A ${word} is small. `.repeat(200), { fileName: `${word}.md`, tags: [word], metadata: { word } }),
  );
  const memoryRef: Ref = { kind: 'memory', id: stored.resourceId };
  await services.updates.update({ ref: memoryRef, content: `A ${word} smiles.` });
  await services.memories.store(memory(`Another ${word}.`, { fileName: `${word}.md`, replace: true }));
  refs.push({ kind: 'memory', id: stored.resourceId + 1 });
  const message = await services.chats.log({
    project: null,
    conversationId: word,
    role: 'user',
    content: `Feed the ${word}.`,
    agentName: word,
    sourceTool: word,
    metadata: { word },
    origin: 'user',
  });
  const chunkIds = (await store.getMemory(stored.resourceId + 1))?.chunks.map(({ chunkId }) => chunkId) ?? [];
  const query = await services.chats.logQuery({ project: null, conversationId: word, query: word, chunkIds });
  refs.push({ kind: 'message', id: message.messageId }, { kind: 'message', id: query.messageId });
  const todo = await services.todos.add({
    project: null,
    title: word,
    description: word,
    priority: 'low',
    origin: 'agent',
  });
  refs.push({ kind: 'todo', id: todo.todoId });
  for (const result of ['fail', 'pass'] as const) {
    const { patternId } = await services.codePatterns.log({
      project: word,
      inputPrompt: `draw a ${word}`,
      generatedCode: `draw_${result}("${word}")`,
      result,
      functionName: word,
      fileName: `${word}.py`,
      moduleName: word,
      executionTimeMs: 1,
      errorMessage: `ValueError: ${word}`,
      errorKind: null,
      lesson: word,
      testCommand: word,
      commit: word,
      tags: [word],
      fixesPatternId: null,
      usedPatternIds: [],
      origin: 'agent',
    });
    refs.push({ kind: 'pattern', id: patternId });
  }
  await services.graph.link({
    project: null,
    sourceId: `memory-${stored.resourceId + 1}`,
    targetId: `todo-${todo.todoId}`,
    relation: word,
    weight: null,
    properties: { word },
  });
  expect(filledTables(path).length).toBeGreaterThan(8);

  await services.removals.remove(refs);
  expect(filledTables(path)).toEqual([]);
  await store.close();
  expect(readFileSync(path).includes(word)).toBe(false);
});

function filledTables(path: string): string[] {
  const database = new Database(path, { readonly: true });
  try {
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .pluck()
      .all();
    return tables
      .filter((table) => !ownTables.test(table))
      .filter((table) => database.prepare(`SELECT 1 FROM "${table}" LIMIT 1`).get() !== undefined);
  } finally {
    database.close();
  }
}
