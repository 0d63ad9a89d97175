import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationReport } from '../../src/legacy/migration-report.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { bytesOf, legacyCopy, legacyNames } from '../storage/legacy-files.ts';
import { newResource } from '../storage/made-rows.ts';
import { migrated, problemsOf, rolledBack, rowsOf, valuesOf } from './run-migration.ts';

interface Expected {
  row_counts: Record<string, number>;
  max_ids: Record<string, number | null>;
  sqlite_sequence: Record<string, number>;
  rows: Record<string, Record<string, unknown>[]>;
  expected_problems: { resources_without_chunks: number[]; duplicate_context_links: number[][] };
  index_file: { vectors?: number; ntotal?: number };
}

/** Given anew, or the history of ids. */
const renewed = ['VectorIdSequence', 'sqlite_sequence'];

describe.each(legacyNames)('%s', (name) => {
  const expected = JSON.parse(
    readFileSync(join(import.meta.dirname, '../fixtures/legacy', name, 'EXPECTED.json'), 'utf8'),
  ) as Expected;
  const tables = Object.keys(expected.row_counts).filter((table) => !renewed.includes(table));

  const folder = mkdtempSync(join(tmpdir(), 'ltmc-fixture-'));
  const path = join(folder, 'ltmc.db');
  let report: MigrationReport;
  beforeAll(async () => {
    cpSync(join(import.meta.dirname, '../fixtures/legacy', name), folder, { recursive: true });
    report = await migrated(path);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('keeps every row under its id, value by value', () => {
    for (const table of tables) {
      const rows = rowsOf(path, `SELECT * FROM ${table} ORDER BY id`);
      expect(rows).toHaveLength(expected.row_counts[table] ?? -1);
      expect(valuesOf(path, `SELECT max(id) FROM ${table}`)).toEqual([expected.max_ids[table] ?? null]);
      expected.rows[table]?.forEach((row, i) => {
        for (const [column, value] of Object.entries(row)) {
          if (column === 'vector_id') continue;
          const hashed = /^(.*)_sha256$/.exec(column)?.[1];
          const counted = /^(.*)_chars$/.exec(column)?.[1];
          const found = rows[i] as Record<string, unknown>;
          if (hashed !== undefined) {
            expect(createHash('sha256').update(String(found[hashed])).digest('hex')).toBe(value);
          } else if (counted !== undefined) expect([...String(found[counted])]).toHaveLength(Number(value));
          else expect([table, i, column, found[column]]).toEqual([table, i, column, value]);
        }
      });
    }
    for (const [table, last] of Object.entries(expected.sqlite_sequence)) {
      if (table === 'VectorIdSequence') continue;
      expect(valuesOf(path, `SELECT seq FROM sqlite_sequence WHERE name = '${table}'`)).toEqual([last]);
    }
  });

  test('gives the chunks, then the attempts, the ids 1..N, and stores on behind the last id', async () => {
    const chunks = expected.row_counts.ResourceChunks ?? 0;
    const attempts = expected.row_counts.CodePatterns ?? 0;
    const upTo = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);
    expect(valuesOf(path, 'SELECT vector_id FROM ResourceChunks ORDER BY id')).toEqual(upTo(1, chunks));
    expect(report.vectorIds.numbered).toBe(chunks + attempts);
    if (attempts > 0) {
      expect(valuesOf(path, 'SELECT vector_id FROM CodePatterns ORDER BY id')).toEqual(
        upTo(chunks + 1, attempts),
      );
    }
    const oldIds = [...(expected.rows.ResourceChunks ?? []), ...(expected.rows.CodePatterns ?? [])];
    expect(valuesOf(path, 'SELECT old_id FROM VectorIdMap ORDER BY new_id')).toEqual(
      oldIds.map((row) => row.vector_id),
    );
    expect(problemsOf(path)).toEqual([]);

    const store = await openSqliteStore({ path });
    for (let i = 1; i <= 100; i++) {
      const { vectorIds } = await store.storeResource(newResource({ fileName: `new ${i}.md` }));
      expect(vectorIds.first).toBe(report.vectorIds.last + i);
    }
    await store.close();
    expect(problemsOf(path)).toEqual([]);
  });

  test('reports what was damaged, and finds at least as well as with the old vectors', () => {
    expect(report.wholeTexts.withoutChunks.map(Number)).toEqual(
      expected.expected_problems.resources_without_chunks,
    );
    const links = report.damage.find(({ kind }) => kind === 'duplicate_links');
    expect(links?.count ?? 0).toBe(expected.expected_problems.duplicate_context_links.length);
    const vectors = expected.index_file.vectors ?? expected.index_file.ntotal;
    expect(report.oldVectors).toMatchObject({ vectors, compared: vectors, agreeing: vectors });
    expect(report.queries.after?.recallAt5).toBeGreaterThanOrEqual(report.queries.before?.recallAt5 ?? 1);
    expect(report.integrity).toEqual({ isWhole: true, foreignKeyViolations: 0 });
  });

  test('is backed up byte for byte, and comes back byte for byte', async () => {
    const { folder, path } = legacyCopy(name);
    const before = bytesOf(folder);
    const report = await migrated(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const rollback = await rolledBack(path);
    expect(rollback).toMatchObject({ outcome: 'rolled_back', replaced: null });
    const after = bytesOf(folder);
    expect(after.get('ltmc.db')).toBe(before.get('ltmc.db'));
    expect([...after.keys()]).toEqual(
      [...before.keys(), 'ltmc.db'.concat(report.backup?.path.slice(path.length) ?? '')].toSorted(),
    );
    expect((await rolledBack(path)).outcome).toBe('already_rolled_back');
    await migrated(path);
    expect(problemsOf(path)).toEqual([]);
  });

  test('is not touched by a dry run, which says the same, nor by --to', async () => {
    const { folder, path } = legacyCopy(name);
    const before = bytesOf(folder);
    const tried = await migrated(path, { dryRun: true });
    expect(bytesOf(folder)).toEqual(before);
    const to = join(folder, 'new.db');
    const written = await migrated(path, { to });
    expect(bytesOf(folder).get('ltmc.db')).toBe(before.get('ltmc.db'));
    expect([...bytesOf(folder).keys()]).toEqual([...before.keys(), 'new.db'].toSorted());
    const done = await migrated(path);
    const same = ({
      tables,
      vectorIds,
      damage,
      quarantined,
      wholeTexts,
      oldVectors,
      attempts,
      times,
    }: typeof done) => ({
      tables,
      vectorIds,
      damage,
      quarantined,
      wholeTexts,
      oldVectors,
      attempts,
      times,
    });
    expect(same(tried)).toEqual(same(done));
    expect(same(written)).toEqual(same(done));
    expect(problemsOf(to)).toEqual([]);
  });
});

test('resources that lost their text get it back from the log of the HTTP call, and --rechunk cuts others anew', async () => {
  const { path } = legacyCopy('A-pickle');
  const old = new Sqlite(path);
  const [chunks] = old.prepare('SELECT count(*) FROM ResourceChunks WHERE resource_id <> 13').pluck().all();
  old.exec(
    'DELETE FROM ContextLinks WHERE chunk_id IN (SELECT id FROM ResourceChunks WHERE resource_id = 13)',
  );
  old.exec('DELETE FROM ResourceChunks WHERE resource_id = 13');
  const whole = old
    .prepare("SELECT json_extract(metadata, '$.arguments.content') FROM ChatHistory WHERE id = 9")
    .pluck()
    .get();
  old.close();
  const report = await migrated(path);
  expect(report.wholeTexts).toMatchObject({ withoutChunks: ['11', '13'], recovered: ['13'] });
  expect(report.vectorIds.numbered).toBe(Number(chunks) + 11);
  const store = await openSqliteStore({ path });
  const memory = await store.getMemory(13);
  await store.close();
  expect(memory?.contentHash).toBe(createHash('sha256').update(String(whole)).digest('hex'));
  expect(memory?.chunks.every(({ start }) => start !== null)).toBe(true);
  expect(problemsOf(path)).toEqual([]);

  const second = legacyCopy('A-pickle');
  const rechunked = await migrated(second.path, { rechunk: true });
  expect(rechunked.wholeTexts.rechunked).toEqual(['13']);
  expect(
    rowsOf(
      second.path,
      'SELECT revision, count(*) AS chunks, min(archived) AS archived FROM ResourceChunks WHERE resource_id = 13 GROUP BY 1',
    ),
  ).toEqual([
    { revision: 1, chunks: 5, archived: 1 },
    { revision: 2, chunks: 3, archived: 0 },
  ]);
  expect(problemsOf(second.path)).toEqual([]);
});
