import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Cell } from '../../src/domain/transfer.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { cellFromJson, cellToJson } from '../../src/transfer/cell-json.ts';
import { lastingRows, tableRows } from '../backup/table-rows.ts';
import { alone, newAttempt, newMessage, newResource, newTodo, query } from '../storage/made-rows.ts';
import { vectorOfText } from '../storage/made-vectors.ts';
import { openedStore, refusal } from '../storage/opened-store.ts';
import { storeUser } from '../storage/store-user.ts';
import { exported, linesOf, rewrite } from './exported-file.ts';
import { exportTo, importFrom } from './transfer-run.ts';

function nearest(hits: readonly { cosine: number | null }[]): number {
  return Math.max(...hits.map(({ cosine }) => cosine ?? -1));
}

/** Rows without what differs between two databases that hold the same. */
function contentOf(path: string): unknown {
  const database = new Sqlite(path, { readonly: true });
  try {
    const all = (sql: string) => database.prepare(sql).all();
    return {
      chunks:
        all(`SELECT r.file_name, r.project, r.tags, r.archived, c.chunk_text, c.revision, c.archived AS hidden,
                          e.vector, e.visible, n.file_name AS newer
                     FROM Resources r LEFT JOIN Resources n ON n.id = r.superseded_by
                     JOIN ResourceChunks c ON c.resource_id = r.id
                     JOIN Embeddings e ON e.vector_id = c.vector_id AND e.owner_kind = 'chunk' AND e.owner_id = c.id
                    ORDER BY r.id, c.id`),
      attempts: all(`SELECT p.generated_code, p.lesson, f.generated_code AS fixed_by, e.vector, e.role
                       FROM CodePatterns p LEFT JOIN CodePatterns f ON f.id = p.repaired_by
                       JOIN Embeddings e ON e.owner_kind = 'pattern' AND e.owner_id = p.id ORDER BY p.id, e.vector_id`),
      links: all(`SELECT m.content, c.chunk_text FROM ContextLinks l JOIN ChatHistory m ON m.id = l.message_id
                    JOIN ResourceChunks c ON c.id = l.chunk_id ORDER BY l.id`),
      todos: all('SELECT title, description, completed FROM Todos ORDER BY id'),
      summaries: all(
        'SELECT summary_text, file_name FROM Summaries s JOIN Resources r ON r.id = s.resource_id',
      ),
    };
  } finally {
    database.close();
  }
}

describe('an export', () => {
  test('comes back into an empty database table by table, full text too', async () => {
    const { folder, path, file } = await exported();
    const target = join(folder, 'target.db');
    const report = importFrom(target, file);
    expect(report).toMatchObject({
      mode: 'exact',
      equal: {},
      dangling: {},
      notTaken: {},
      vectorsMadePending: 0,
    });
    expect(lastingRows(target)).toEqual(lastingRows(path));
    expect(tableRows(target).StoreInfo).not.toEqual(tableRows(path).StoreInfo);
    // And out again, but for the time: the same bytes.
    exportTo(target, join(folder, 'again.jsonl'));
    const rows = (name: string) =>
      linesOf(join(folder, name))
        .slice(1, -1)
        .filter((line) => line.table !== 'StoreInfo');
    expect(rows('again.jsonl')).toEqual(rows('all.jsonl'));

    const store = await openedStore({ path: target });
    const input = query({ words: ['kiwi'], vector: vectorOfText('The newer kiwi text.') });
    expect(nearest((await store.searchChunks(input, { scope: 'all' })).hits)).toBeCloseTo(1, 5);
    const { lastVectorId, firstNew } = {
      lastVectorId: linesOf(file).find((line) => line.table === 'VectorIdSequence').row.last_vector_id,
      firstNew: (await store.storeResource(newResource({ fileName: 'new.md' }))).vectorIds.first,
    };
    expect(firstNew).toBe(lastVectorId + 1);
  });

  test('is for its owner alone, replaces nothing unasked, and names what it leaves out', async () => {
    const { folder, path, file } = await exported();
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file);
    expect((await refusal(() => exportTo(path, file))).code).toBe('invalid_argument');
    expect(readFileSync(file).equals(before)).toBe(true);
    expect((await refusal(() => exportTo(path, path, { force: true }))).code).toBe('invalid_argument');
    new Sqlite(path).exec('CREATE TABLE "their ""own""" (a); INSERT INTO "their ""own""" VALUES (1)').close();
    expect(exportTo(path, file, { force: true }).leftOut).toEqual({ 'their "own"': 1 });
    expect(readdirSync(folder).sort()).toEqual(['all.jsonl', 'ltmc.db']);
  });

  test('is one state of a database that is written meanwhile', async () => {
    const { folder, path } = await exported();
    const writer = storeUser(path);
    await writer.tell('open');
    const writing = writer.tell('store-much much.md');
    exportTo(path, join(folder, 'meanwhile.jsonl'));
    await writing;
    const target = join(folder, 'target.db');
    const { imported } = importFrom(target, join(folder, 'meanwhile.jsonl'));
    expect([8, 508]).toContain(imported.ResourceChunks);
  });
});

describe('an import into a used database', () => {
  async function used(folder: string): Promise<string> {
    const path = join(folder, 'used.db');
    const store = await openSqliteStore({ path });
    await store.storeResource(newResource({ fileName: 'own.md', texts: ['Own text.'] }));
    await store.addTodo(newTodo({ title: 'An own todo' }));
    await store.logAttempt(newAttempt({ generatedCode: 'own()', inputPrompt: 'own' }), alone);
    await store.logMessage(newMessage({ content: 'An own message.' }));
    await store.close();
    return path;
  }

  test('gives new ids, and everything still refers to what it did', async () => {
    const { folder, path, file } = await exported();
    const target = await used(folder);
    const before = contentOf(target) as Record<string, unknown[]>;
    const came = contentOf(path) as Record<string, unknown[]>;
    const report = importFrom(target, file);
    expect(report).toMatchObject({
      mode: 'merged',
      equal: {},
      dangling: {},
    });
    const after = contentOf(target) as Record<string, unknown[]>;
    for (const [name, rows] of Object.entries(came))
      expect(after[name]).toEqual([...(before[name] ?? []), ...rows]);

    const database = new Sqlite(target);
    onTestFinished(() => void database.close());
    expect(database.pragma('foreign_key_check')).toEqual([]);
    // Ids of vectors follow the last one without a gap.
    expect(database.prepare('SELECT vector_id FROM Embeddings ORDER BY vector_id').pluck().all()).toEqual(
      Array.from({ length: 22 }, (_, i) => i + 1),
    );
    expect(database.prepare('SELECT last_vector_id FROM VectorIdSequence').pluck().get()).toBe(22);
    const memory = new Map(report.map.memory.map(([from, to]) => [Number(from), Number(to)]));
    const edges = database.prepare('SELECT source_id, target_id FROM GraphEdges ORDER BY id').all();
    const pattern = Number(report.map.pattern.find(([from]) => from === 1n)?.[1]);
    expect(edges).toEqual([
      { source_id: `memory-${memory.get(2)}`, target_id: `memory-${memory.get(3)}` },
      { source_id: 'AuthService', target_id: `pattern-${pattern}` },
    ]);
    const families = database
      .prepare('SELECT family_id, min(id) AS first FROM CodePatterns GROUP BY 1')
      .all();
    expect(families).toEqual(
      database.prepare('SELECT id AS family_id, representative_id AS first FROM PatternFamilies').all(),
    );
    const store = await openedStore({ path: target });
    for (const text of ['The newer kiwi text.', 'Own text.']) {
      const { hits } = await store.searchChunks(query({ words: ['text'], vector: vectorOfText(text) }), {
        scope: 'all',
      });
      expect(nearest(hits)).toBeCloseTo(1, 5);
    }
    expect((await store.searchTodos(query({ words: ['kiwi'] }), { scope: 'all' })).hits).toHaveLength(1);
  });

  test('again changes nothing, and tells the same map', async () => {
    const { folder, file } = await exported();
    const target = await used(folder);
    const first = importFrom(target, file);
    const { StoreInfo: _, ...rows } = tableRows(target);
    const second = importFrom(target, file);
    expect(Object.values(second.imported).reduce((sum, count) => sum + count, 0)).toBe(0);
    expect({ ...second.map, vector: [] }).toEqual({ ...first.map, vector: [] });
    const { StoreInfo: __, ...after } = tableRows(target);
    expect(after).toEqual(rows);
    // And what was changed here since is the same row still.
    const store = await openedStore({ path: target });
    await store.changeMemory(2, { tags: ['mine'], changedAt: { text: '', ms: 0 } }, (text) => text);
    await store.completeTodo(2, { text: '2026-01-03T00:00:00Z', ms: 1_767_398_400_000 });
    const third = importFrom(target, file);
    expect(Object.values(third.imported).reduce((sum, count) => sum + count, 0)).toBe(0);
  });

  test('of the database itself finds every row equal', async () => {
    const { path, file } = await exported();
    const { StoreInfo: _, ...before } = tableRows(path);
    const { imported, map } = importFrom(path, file);
    expect(Object.values(imported).reduce((sum, count) => sum + count, 0)).toBe(0);
    for (const pairs of Object.values(map)) for (const [from, to] of pairs) expect(from).toBe(to);
    const { StoreInfo: __, ...after } = tableRows(path);
    expect(after).toEqual(before);
  });

  test('with --dry-run says the same and keeps nothing', async () => {
    const { folder, file } = await exported();
    const target = await used(folder);
    const before = tableRows(target);
    const dry = importFrom(target, file, true);
    expect(tableRows(target)).toEqual(before);
    expect(importFrom(target, file)).toEqual(dry);
    const fresh = join(folder, 'fresh.db');
    expect(importFrom(fresh, file, true).mode).toBe('exact');
    expect(importFrom(fresh, file).mode).toBe('exact');
  });

  test('is seen by a process that has the database open', async () => {
    const { folder, file } = await exported();
    const target = await used(folder);
    const store = await openedStore({ path: target });
    const input = query({ words: ['kiwi'], vector: vectorOfText('The newer kiwi text.') });
    await store.searchChunks(input, { scope: 'all' });
    importFrom(target, file);
    expect(nearest((await store.searchChunks(input, { scope: 'all' })).hits)).toBeCloseTo(1, 5);
  });

  test('never masks, and takes a vector of another size as pending', async () => {
    const { folder, file } = await exported();
    const target = await used(folder);
    const lines = linesOf(file);
    const secret = `ghp_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`;
    lines.find((line) => line.table === 'Todos').row.title = secret;
    lines.find((line) => line.table === 'Embeddings').row.vector = { base64: 'AAAA' };
    rewrite(file, lines);
    // The other one is of a message that follows one that was here.
    expect(importFrom(target, file).vectorsMadePending).toBe(2);
    const store = await openedStore({ path: target });
    expect((await store.getTodos([2]))[0]?.title).toBe(secret);
    expect((await store.pendingEmbeddings(10)).map(({ sourceText }) => sourceText)).toContain(
      'The older kiwi text.',
    );
  });
});

test('a cell is the same after JSON, of whatever type it is', () => {
  const bytes = fc.uint8Array().map((array) => Buffer.from(array));
  const cell: fc.Arbitrary<Cell> = fc.oneof(
    fc.constant(null),
    fc.string({ unit: 'binary' }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true }),
    bytes,
    bytes.map((textBytes) => ({ textBytes })),
  );
  fc.assert(
    fc.property(cell, (value) => {
      const back = cellFromJson(JSON.parse(JSON.stringify(cellToJson(value))));
      expect(back).toEqual(value);
      expect(typeof back).toBe(typeof value);
    }),
  );
  fc.assert(fc.property(fc.jsonValue(), (value) => void cellFromJson(value)));
});
