import type Sqlite from 'better-sqlite3';
import type { Chooser } from './odd-values.ts';

/** What stands beside the tables of an odd database: it must neither run nor be in the way. */
const objects: readonly string[] = [
  'CREATE VIEW RecentChunks AS SELECT * FROM ResourceChunks ORDER BY id DESC LIMIT 10',
  'CREATE VIEW Nowhere AS SELECT * FROM NoSuchTable',
  'CREATE VIEW Todos AS SELECT 1 AS id, 2 AS title',
  'CREATE VIEW Endless AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n',
  'CREATE TRIGGER Bomb AFTER INSERT ON Resources BEGIN DELETE FROM ResourceChunks; END',
  'CREATE TRIGGER Eraser AFTER UPDATE ON ResourceChunks BEGIN DELETE FROM Resources; END',
  "CREATE TRIGGER Keeper BEFORE DELETE ON Resources BEGIN SELECT RAISE(ABORT, 'no'); END",
  'CREATE TRIGGER TodosRefusesOldServer BEFORE INSERT ON Resources BEGIN SELECT 1; END',
  'CREATE INDEX ResourceChunksByResource ON ResourceChunks (resource_id)',
  'CREATE INDEX ByLength ON ResourceChunks (length(chunk_text)) WHERE id > 0',
  'CREATE UNIQUE INDEX OnlyOnce ON ResourceChunks (id, chunk_text)',
  "CREATE TABLE Made (a TEXT, b TEXT GENERATED ALWAYS AS (a || '!') STORED, c GENERATED ALWAYS AS (length(a)) VIRTUAL); INSERT INTO Made (a) VALUES ('x'), (NULL), ('0123')",
  "CREATE TABLE Strictly (id INTEGER PRIMARY KEY, any_value ANY, body TEXT) STRICT; INSERT INTO Strictly VALUES (1, '0123', 'x'), (2, 12, 'y'), (3, x'00ff', 'z'), (4, 1.0, '')",
  "CREATE TABLE Checked (a CHECK (a <> 'bad'), b NOT NULL DEFAULT 1 UNIQUE); PRAGMA ignore_check_constraints = ON; INSERT INTO Checked VALUES ('bad', 1), ('good', 2); PRAGMA ignore_check_constraints = OFF",
  "CREATE TABLE ByKey (a TEXT, b INT, c, PRIMARY KEY (b DESC, a)) WITHOUT ROWID; INSERT INTO ByKey VALUES ('x', 1, 2), ('y', 1, 3), ('a', 9, NULL)",
  "CREATE TABLE Loud (a TEXT COLLATE NOCASE PRIMARY KEY, b TEXT COLLATE RTRIM); INSERT INTO Loud VALUES ('A', 'b  ')",
  "CREATE VIRTUAL TABLE Search USING fts5(body); INSERT INTO Search VALUES ('words of the user'), ('other words')",
  'CREATE VIRTUAL TABLE Places USING rtree(id, x0, x1); INSERT INTO Places VALUES (1, 2, 3)',
  'CREATE TABLE Referring (id INTEGER PRIMARY KEY, gone INTEGER REFERENCES Gone (id) ON DELETE CASCADE); INSERT INTO Referring VALUES (1, 77)',
  'CREATE TABLE Odd (a REFERENCES ResourceChunks (nothing)); INSERT INTO Odd VALUES (1)',
  `CREATE TABLE Wide (${Array.from({ length: 1200 }, (_, i) => `c${i}`).join(', ')}); INSERT INTO Wide (c0, c1199) VALUES ('first', 'last')`,
  "CREATE TABLE Doubled (v TEXT); INSERT INTO Doubled SELECT 'the same' FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3)",
  'CREATE TABLE Untouched (nothing)',
  'ANALYZE',
  'PRAGMA user_version = 77',
  'PRAGMA auto_vacuum = 2; VACUUM',
];

/** Functions, collations and modules that only the program that made the database had. */
const foreignObjects: readonly string[] = [
  "CREATE TABLE Pattern (a TEXT CHECK (matches(a))); INSERT INTO Pattern VALUES ('x')",
  'CREATE INDEX ByKind ON Resources (kind_of(file_name))',
  "CREATE TABLE Sorted (a TEXT COLLATE german); INSERT INTO Sorted VALUES ('x')",
  "CREATE TABLE Reckoned (a TEXT, b TEXT GENERATED ALWAYS AS (kind_of(a)) VIRTUAL); INSERT INTO Reckoned (a) VALUES ('x')",
];

/** Adds some of them; returns their statements. */
export function addObjects(database: Sqlite.Database, choose: Chooser): string[] {
  const added: string[] = [];
  const add = (sql: string) => {
    try {
      database.exec(sql);
      added.push(sql.slice(0, 60));
    } catch (thrown) {
      // A table that it speaks of is not in this database, or its name is taken.
      if ((thrown as { code?: string }).code === undefined) throw thrown;
    }
  };
  for (const sql of objects) if (choose.chance(0.12)) add(sql);
  if (choose.chance(0.12)) {
    database.function('matches', { deterministic: true }, (value: unknown) => (value === null ? 0 : 1));
    database.function('kind_of', { deterministic: true }, (value: unknown) => `kind of ${value}`);
    for (const sql of foreignObjects) if (choose.chance(0.4)) add(sql);
    if (choose.chance(0.3)) {
      database.unsafeMode(true);
      database.pragma('writable_schema = ON');
      database.exec(
        "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('table', 'Vectors', 'Vectors', 0, 'CREATE VIRTUAL TABLE Vectors USING vec0(embedding float[384])')",
      );
      database.pragma('writable_schema = RESET');
      database.unsafeMode(false);
      added.push('a virtual table of an unknown module');
    }
  }
  return added;
}
