import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { rowRules } from '../../src/domain/row-rules.ts';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { checkDatabase } from '../../src/storage/sqlite/check-database.ts';
import { bytesOf } from '../storage/legacy-files.ts';
import { tryOddDatabase } from '../torture/odd-databases/try-odd-database.ts';
import { pythonDatabase, pythonRows, pythonTables } from './python-database.ts';
import { migrated, problemsOf, rowsOf, valuesOf } from './run-migration.ts';

describe('a value that a column of the new database would change', () => {
  test('also stays as it is, in a column of its own', async () => {
    const { path } = pythonDatabase(
      `${pythonRows}
       INSERT INTO CodePatterns (id, input_prompt, generated_code, execution_time_ms, created_at, vector_id)
       VALUES (1, 'p', 'c', '007', 1754648472.1234567, '8.0'), (2, 'p', 'd', '12', 1754648472, '9')`,
      pythonTables
        .replace('execution_time_ms INTEGER', 'execution_time_ms TEXT')
        .replace(/created_at TEXT NOT NULL, vector_id INTEGER UNIQUE,/, 'created_at REAL, vector_id TEXT,'),
    );
    const report = await migrated(path);
    expect(report.extraColumns).toEqual([
      { table: 'CodePatterns', column: 'execution_time_ms', newName: 'python_execution_time_ms' },
      { table: 'CodePatterns', column: 'vector_id', newName: 'python_vector_id' },
    ]);
    expect(
      rowsOf(
        path,
        'SELECT execution_time_ms, python_execution_time_ms, python_vector_id, created_at FROM CodePatterns ORDER BY id',
      ),
    ).toEqual([
      {
        execution_time_ms: 7,
        python_execution_time_ms: '007',
        python_vector_id: '8.0',
        created_at: '1754648472.1234567',
      },
      {
        execution_time_ms: 12,
        python_execution_time_ms: '12',
        python_vector_id: '9',
        created_at: '1754648472.0',
      },
    ]);
  });

  test('stays a text in a table whose column took anything', async () => {
    const { path } = pythonDatabase(
      `${pythonRows} CREATE TABLE Mine (id INTEGER PRIMARY KEY, v ANY) STRICT; INSERT INTO Mine VALUES (1, '0123'), (2, 5);`,
    );
    await migrated(path);
    expect(rowsOf(path, 'SELECT v, typeof(v) AS kind FROM Mine')).toEqual([
      { v: '0123', kind: 'text' },
      { v: 5, kind: 'integer' },
    ]);
  });

  test('keeps its bytes in quarantine, and where the language is filled in', async () => {
    const { path } = pythonDatabase(`${pythonRows}
      ALTER TABLE CodePatterns ADD COLUMN language TEXT;
      INSERT INTO ResourceChunks VALUES (4, 99, '\ufeffAn orphan.', 44);
      INSERT INTO CodePatterns VALUES (1, 'f', NULL, NULL, 'p', 'c', 'pass', 1, NULL, NULL, 'now', 7, CAST(x'ff' AS TEXT));`);
    await migrated(path);
    expect(valuesOf(path, "SELECT row_json -> 'chunk_text' FROM MigrationQuarantine")).toEqual([
      '"\ufeffAn orphan."',
    ]);
    expect(valuesOf(path, 'SELECT hex(language) FROM CodePatterns')).toEqual(['FF']);
  });
});

describe('a table of another shape', () => {
  test('with more columns than a query may ask for, or named like a rowid, comes along', async () => {
    const names = Array.from({ length: 1200 }, (_, i) => `c${i}`);
    const { path } = pythonDatabase(
      `${pythonRows}
       CREATE TABLE Wide (${names.join(', ')}); INSERT INTO Wide (c0, c1199) VALUES ('first', 'last');
       INSERT INTO Summaries (summary_text, created_at, rowid) VALUES ('in short', 'now', 'mine')`,
      pythonTables.replace('summary_text TEXT NOT NULL,', 'summary_text TEXT NOT NULL, rowid TEXT,'),
    );
    await migrated(path);
    expect(valuesOf(path, 'SELECT c1199 FROM Wide')).toEqual(['last']);
    expect(valuesOf(path, 'SELECT python_rowid FROM Summaries')).toEqual(['mine']);
  });

  test.each(['UTF-8', 'UTF-16le'])(
    'that needs functions of the program that made it comes along without them (%s)',
    async (encoding) => {
      const { path } = pythonDatabase(pythonRows, `PRAGMA encoding = '${encoding}'; ${pythonTables}`);
      const old = new Sqlite(path);
      old.function('kind_of', { deterministic: true }, (value: unknown) => `kind of ${value}`);
      old.exec(`CREATE TABLE Checked (a TEXT CHECK (kind_of(a) <> '')); INSERT INTO Checked VALUES ('x');
      CREATE INDEX ByKind ON Resources (kind_of(file_name));
      CREATE TABLE Reckoned (a TEXT, b TEXT GENERATED ALWAYS AS (kind_of(a)) VIRTUAL); INSERT INTO Reckoned (a) VALUES ('y');`);
      old.close();
      await migrated(path);
      expect(valuesOf(path, 'SELECT a FROM Checked UNION ALL SELECT a FROM Reckoned')).toEqual(['x', 'y']);
      expect(problemsOf(path)).toEqual([]);
    },
  );

  test('in UTF-16 keeps what breaks its constraints, its last ids and the texts of its views', async () => {
    const { path } = pythonDatabase(
      `${pythonRows} PRAGMA ignore_check_constraints = ON; CREATE VIEW Recent AS SELECT 1 AS one;
       INSERT INTO CodePatterns VALUES (1, 'f', NULL, NULL, 'p', 'c', 'error', 1, NULL, NULL, 'now', 7);
       INSERT INTO ContextLinks VALUES (70, 1, 2); DELETE FROM ContextLinks;`,
      `PRAGMA encoding = 'UTF-16le'; ${pythonTables}`,
    );
    const report = await migrated(path);
    expect(valuesOf(path, 'SELECT result FROM CodePatterns')).toEqual(['error']);
    expect(valuesOf(path, "SELECT seq FROM sqlite_sequence WHERE name = 'ContextLinks'")).toEqual([70]);
    expect(report.leftOut).toEqual([{ type: 'view', name: 'Recent' }]);
  });
});

test('what stays as it was is no fault to the doctor', async () => {
  const { path } = pythonDatabase(`${pythonRows}
    ALTER TABLE ResourceChunks ADD COLUMN archived INTEGER;
    INSERT INTO ResourceChunks VALUES (4, NULL, 'Of no resource.', 44, 0), (5, 1, 'Hidden otherwise.', 45, 2);
    INSERT INTO CodePatterns VALUES (9223372036854775806, 'f', NULL, NULL, 'p', 'c', 'fail', 1, NULL, NULL, 'now', 7);
    INSERT INTO CodePatterns VALUES (9007199254740992, 'f', NULL, NULL, 'p', 'c', 'fail', 1, 'E', NULL, 'now', 8);
    INSERT INTO CodePatterns VALUES (9007199254740993, 'f', NULL, NULL, 'p', 'c2', 'pass', 1, NULL, NULL, 'now', 9);`);
  await migrated(path);
  const embedder = new OnnxEmbedder({});
  const { modelHash } = await embedder.embed(['any'], { priority: 'query' });
  await embedder.close();
  const { findings } = checkDatabase(path, rowRules([modelHash]));
  expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
});

describe('a database whose files cannot be what they should', () => {
  test.each(['-wal', '-journal', '-shm'])('(%s is a folder) is refused', async (suffix) => {
    const { folder, path } = pythonDatabase(pythonRows);
    mkdirSync(path + suffix);
    await expect(migrated(path)).rejects.toMatchObject({
      code: 'not_a_database',
      message: expect.stringContaining(suffix),
    });
    rmSync(path + suffix, { recursive: true });
    expect([...bytesOf(folder).keys()]).toEqual(['ltmc.db']);
  });

  test.each([true, false])('(a name without room for a backup) is refused (trial: %s)', async (dryRun) => {
    const { folder, path } = pythonDatabase(pythonRows);
    const long = join(folder, `${'x'.repeat(236)}.db`);
    renameSync(path, long);
    await expect(migrated(long, { dryRun })).rejects.toMatchObject({
      code: 'database_unreachable',
      hint: expect.stringContaining('shorter name'),
    });
    expect(bytesOf(folder).size).toBe(1);
  });
});

test('odd and damaged databases, made by chance, are moved whole or refused clearly', async () => {
  const seed = Date.now() % 1_000_000;
  console.info(`odd databases: seed ${seed}`);
  const embedder = new OnnxEmbedder({});
  for (let number = seed; number < seed + 6; number++) {
    const folder = mkdtempSync(join(tmpdir(), 'ltmc-odd-'));
    const { oddities, problems } = await tryOddDatabase(number, folder, embedder);
    rmSync(folder, { recursive: true });
    expect(problems, `database ${number}: ${oddities.join('; ')}`).toEqual([]);
  }
  await embedder.close();
});
