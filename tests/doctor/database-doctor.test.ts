import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { tableRows } from '../backup/table-rows.ts';
import { legacyCopy } from '../storage/legacy-files.ts';
import { newAttempt, newResource, query } from '../storage/made-rows.ts';
import { openedStore, refusal } from '../storage/opened-store.ts';
import { storeUser } from '../storage/store-user.ts';
import { change, check, healthyDatabase, problems, repair } from './checked-database.ts';

test('a database in which nothing is wrong has no problem, and there is nothing to mend', async () => {
  const { path, folder } = await healthyDatabase();
  const before = tableRows(path);
  const { findings, schemaVersion, journalMode } = check(path);
  expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
  expect(findings.map(({ code, count }) => [code, count])).toEqual([['vectors_pending', 2]]);
  expect({ schemaVersion, journalMode }).toEqual({ schemaVersion: 1, journalMode: 'wal' });
  const names = readdirSync(folder);
  expect(repair(path)).toEqual({ backupPath: null, repairs: [] });
  expect(readdirSync(folder)).toEqual(names);
  expect(tableRows(path)).toEqual(before);
});

const vectorOf = (numbers: string) => `UPDATE Embeddings SET vector = ${numbers} WHERE vector_id = 1`;

/** What is broken, the finding it gives, and how often; each is mended. */
const mendable: [sql: string, code: string, count: number][] = [
  ['UPDATE VectorIdSequence SET last_vector_id = 10', 'sequence_behind', 9],
  ['UPDATE VectorIdSequence SET last_vector_id = NULL', 'sequence_behind', 19],
  ["INSERT INTO VectorIdSequence (last_vector_id, written_by) VALUES (5, 'x')", 'sequence_rows', 1],
  ['INSERT INTO RemovedVectors VALUES (3, 1)', 'vector_ids_twice', 1],
  ['UPDATE StoreInfo SET last_change = 1', 'change_numbers_ahead', 0],
  ['DELETE FROM Embeddings WHERE vector_id IN (2, 9, 12)', 'vectors_missing', 3],
  [vectorOf("x'00'"), 'vectors_unusable', 1],
  [vectorOf("'text'"), 'vectors_unusable', 1],
  [vectorOf('zeroblob(1536)'), 'vectors_unusable', 1],
  [vectorOf("unhex(replace(hex(zeroblob(384)), '00', '0000C07F'))"), 'vectors_unusable', 1],
  ['UPDATE Embeddings SET dimensions = 3 WHERE vector_id < 4', 'vectors_unusable', 3],
  ['UPDATE Embeddings SET model_hash = NULL WHERE vector_id = 1', 'vectors_unusable', 1],
  ["UPDATE Embeddings SET model_hash = 'another' WHERE vector_id = 1", 'vectors_other_model', 1],
  ['UPDATE ResourceChunks SET vector_id = NULL WHERE id = 1', 'vectors_not_named', 1],
  [
    'UPDATE ResourceChunks SET vector_id = NULL WHERE id < 3; UPDATE ResourceChunks SET vector_id = 3 - id WHERE id < 3',
    'vectors_not_named',
    2,
  ],
  ['UPDATE Embeddings SET owner_id = 999 WHERE vector_id = 1', 'vectors_orphaned', 1],
  ["UPDATE Embeddings SET owner_kind = 'nothing' WHERE vector_id = 1", 'vectors_orphaned', 1],
  ['UPDATE Embeddings SET visible = 1', 'vectors_visibility', 0],
  ["UPDATE Embeddings SET project = 'elsewhere' WHERE vector_id = 2", 'vectors_visibility', 1],
  ['DELETE FROM ChunkWords WHERE rowid = 2', 'full_text_missing', 1],
  ["INSERT INTO TodoWords (rowid, words) VALUES (77, 'nothing')", 'full_text_surplus', 1],
  ["INSERT INTO ChunkWords (rowid, words) VALUES (1, 'archived kiwi')", 'full_text_surplus', 1],
  ["INSERT INTO PatternWords (PatternWords) VALUES ('delete-all')", 'full_text_missing', 2],
  ['DELETE FROM ChunkWords_data WHERE id > 10', 'full_text_damaged', 0],
  ['UPDATE PatternFamilies SET representative_id = 2', 'families_wrong', 1],
  ['UPDATE CodePatterns SET family_id = NULL', 'families_wrong', 0],
  ["UPDATE PatternFamilies SET project = 'elsewhere'", 'families_wrong', 2],
  ['INSERT INTO PatternFamilies (representative_id) VALUES (1)', 'families_wrong', 1],
  ['UPDATE CodePatterns SET repaired_by = id', 'repairs_wrong', 2],
  ["UPDATE CodePatterns SET code_key = 'x'", 'pattern_keys_wrong', 2],
  ['UPDATE CodePatterns SET prompt_key = NULL WHERE id = 1', 'pattern_keys_wrong', 1],
  ['DROP INDEX ResourceChunksByResource; DROP TRIGGER TodosRefusesOldServer', 'schema_incomplete', 2],
];

test('each thing that can be made again from the rows is found and mended, after a backup', async () => {
  const { copy } = await healthyDatabase();
  for (const [sql, code, count] of mendable) {
    const path = copy();
    change(path, sql);
    const found = problems(path);
    expect([sql, Object.keys(found)]).toEqual([sql, expect.arrayContaining([code])]);
    if (count > 0) expect([sql, found[code]]).toEqual([sql, count]);
    const broken = tableRowsOrNull(path);
    const { backupPath, repairs } = repair(path);
    expect([sql, problems(path)]).toEqual([sql, {}]);
    expect(repairs.map((done) => done.code).length).toBeGreaterThan(0);
    if (broken !== null) expect(tableRows(backupPath ?? '')).toEqual(broken);
    // The schema guards again: an old server is refused.
    const database = new Sqlite(path);
    expect(() => database.exec("INSERT INTO Todos (title) VALUES ('old')")).toThrow(/old Python server/);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  }
});

/** null where the full text cannot be read. */
function tableRowsOrNull(path: string): Record<string, unknown[]> | null {
  try {
    return tableRows(path);
  } catch {
    return null;
  }
}

test('what cannot be made again is found, counted and left', async () => {
  const { copy } = await healthyDatabase();
  const cases: [sql: string, code: string, count: number][] = [
    ['DELETE FROM Resources WHERE id = 6', 'foreign_keys', 3],
    ["UPDATE ResourceChunks SET chunk_text = 'other' WHERE id IN (2, 3)", 'memory_text_changed', 1],
    ['DELETE FROM StoreInfo', 'database_damaged', 1],
    // With its indexes.
    ['DROP TABLE GraphEdges', 'schema_incomplete', 3],
    ['DELETE FROM VectorIdSequence', 'database_damaged', 1],
    ['UPDATE StoreInfo SET schema_version = 99, oldest_writer = 99', 'newer_database', 1],
  ];
  for (const [sql, code, count] of cases) {
    const path = copy();
    change(path, sql);
    expect([sql, problems(path)[code]]).toEqual([sql, count]);
  }
});

test('notices are counted and no fault', async () => {
  const { copy } = await healthyDatabase();
  const secret = `ghp_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`;
  const cases: [sql: string, code: string, count: number][] = [
    [`UPDATE Todos SET title = '${secret}'`, 'likely_secrets', 3],
    ['UPDATE VectorIdSequence SET last_vector_id = 1000', 'vector_ids_gap', 981],
    ['UPDATE Embeddings SET vector = NULL, model_hash = NULL', 'vectors_pending', 18],
    ["INSERT INTO Resources (file_name, written_by) VALUES ('empty.md', 'x')", 'memories_without_text', 1],
    [
      "INSERT INTO CodePatternContext (pattern_id, context_type, context_id) VALUES (1, 'informed_by', 99)",
      'pattern_links_dangling',
      1,
    ],
  ];
  for (const [sql, code, count] of cases) {
    const path = copy();
    change(path, sql);
    const { findings } = check(path);
    const finding = findings.find((one) => one.code === code);
    expect([sql, finding?.count, finding?.level]).toEqual([sql, count, 'notice']);
    expect(JSON.stringify(findings)).not.toContain('ghp_');
  }
});

test('a database that cannot be read is one finding, and stays as it is', async () => {
  const { folder, copy } = await healthyDatabase();
  const damaged = copy();
  writeFileSync(damaged, readFileSync(damaged).fill(0x5a, 4096, 4096 * 20));
  const cut = copy();
  writeFileSync(cut, readFileSync(cut).subarray(0, 5000));
  const text = join(folder, 'text.db');
  writeFileSync(text, 'only a text that is long enough to hold a header '.repeat(5));
  const foreign = join(folder, 'foreign.db');
  new Sqlite(foreign).exec('CREATE TABLE bookmarks (id)').close();
  const legacy = legacyCopy('A-pickle');
  const cases: [path: string, code: RegExp][] = [
    [damaged, /^database_(damaged|integrity)$/],
    [cut, /^database_(damaged|integrity)$/],
    [text, /^not_a_database$/],
    [foreign, /^foreign_database$/],
    [legacy.path, /^needs_migration$/],
  ];
  for (const [path, code] of cases) {
    const bytes = readFileSync(path);
    const { findings } = check(path);
    expect([path, findings.map((finding) => finding.code)]).toEqual([path, [expect.stringMatching(code)]]);
    expect(findings[0]?.hint).not.toBe('');
    expect(readFileSync(path).equals(bytes)).toBe(true);
    // What is no ground to build on is not repaired, and nothing is written.
    expect(repairOrRefusal(path)).toBe(true);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  }
  expect(check(join(folder, 'missing.db')).findings).toMatchObject([
    { code: 'no_database', level: 'notice' },
  ]);
  expect(check(join(folder, 'missing.db')).findings).toHaveLength(1);
});

/** True when there was nothing that may be mended. */
function repairOrRefusal(path: string): boolean {
  try {
    return repair(path).backupPath === null;
  } catch (thrown) {
    return (thrown as { code?: string }).code === 'database_damaged';
  }
}

test('a database with faults in its file is not repaired, whatever else is wrong', async () => {
  const { copy } = await healthyDatabase();
  const path = copy();
  change(path, 'UPDATE VectorIdSequence SET last_vector_id = 1');
  const database = new Sqlite(path);
  const root = database
    .prepare(
      "SELECT rootpage FROM sqlite_schema WHERE name = 'TodosRefusesOldServer' OR name = 'CodePatternsByFile'",
    )
    .pluck()
    .all() as number[];
  const pageSize = database.pragma('page_size', { simple: true }) as number;
  database.close();
  const bytes = readFileSync(path);
  const page = Math.max(...root);
  // An index whose entries are gone: the rows can be read, and the file is not whole.
  bytes.writeUInt16BE(0, (page - 1) * pageSize + 3);
  writeFileSync(path, bytes);
  expect(problems(path)).toHaveProperty('database_integrity');
  expect(repairOrRefusal(path)).toBe(true);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test('a repair is seen by processes that use the database, and their writes go on', async () => {
  const { path } = await healthyDatabase();
  const user = storeUser(path);
  await user.tell('open');
  const store = await openedStore({ path });
  const input = query({ words: ['kiwi'] });
  const before = (await store.searchChunks(input, { scope: 'all' })).hits.length;
  change(
    path,
    "INSERT INTO ChunkWords (ChunkWords) VALUES ('delete-all'); UPDATE VectorIdSequence SET last_vector_id = 3",
  );
  expect((await refusal(() => store.storeResource(newResource({ fileName: 'x.md' })))).code).toBe(
    'vector_id_collision',
  );
  repair(path);
  expect((await store.searchChunks(input, { scope: 'all' })).hits).toHaveLength(before);
  expect((await store.storeResource(newResource({ fileName: 'x.md' }))).vectorIds.first).toBe(20);
  expect((await user.tell('store y.md')).value).toBeGreaterThan(0);
  await store.logAttempt(newAttempt({ inputPrompt: 'something new' }), () => ({ familyId: null, links: [] }));
});
