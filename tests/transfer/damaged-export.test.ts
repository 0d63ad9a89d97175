import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { tableRows } from '../backup/table-rows.ts';
import { TestProcess } from '../storage/child-process.ts';
import { newResource } from '../storage/made-rows.ts';
import { openedStore, refusal } from '../storage/opened-store.ts';
import { exported, type Line, linesOf, rewrite } from './exported-file.ts';
import { exportTo, importFrom } from './transfer-run.ts';

test('a file that is damaged or hostile is refused with its line, and nothing is written', async () => {
  const { folder, file } = await exported();
  const original = linesOf(file);
  const text = readFileSync(file, 'utf8');
  const target = join(folder, 'target.db');
  (await openSqliteStore({ path: target })).close();
  const at = (table: string) => original.findIndex((line) => line.table === table);
  const changed = (line: number, change: (row: Line) => void) => {
    const lines = structuredClone(original);
    change(lines[line]);
    return lines;
  };
  const cases: [what: string, lines: Line[] | string, message: RegExp][] = [
    ['nothing', '', /^Line 1: expected "format"/],
    ['no JSON', 'hello\n', /^Line 1: expected JSON/],
    ['another format', '{"format":"x"}\n', /^Line 1/],
    [
      'a newer version',
      changed(0, (line) => {
        line.version = 2;
      }),
      /^Line 1: expected version 1/,
    ],
    ['cut off', text.slice(0, text.length / 2), /^Line \d+: expected (JSON|the last line)/],
    ['without its last line', `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`, /the last line/],
    ['a changed letter', text.replace('Water the kiwi', 'Water the kiwo'), /SHA-256/],
    [
      'a line too few',
      text
        .split('\n')
        .filter((_, i) => i !== 5)
        .join('\n'),
      /as many rows/,
    ],
    ['a broken line', text.split('\n').with(6, '{"table":"Resour').join('\n'), /^Line 7: expected JSON/],
    ['no UTF-8', text, /JSON in UTF-8/],
    [
      'an unknown value',
      changed(at('Todos'), ({ row }) => {
        row.title = { $oid: '1' };
      }),
      /title/,
    ],
    [
      'a list',
      changed(at('Todos'), ({ row }) => {
        row.title = [];
      }),
      /title/,
    ],
    [
      'an inexact number',
      changed(at('Todos'), ({ row }) => {
        row.created_at_ms = 2 ** 60;
      }),
      /created_at_ms/,
    ],
    [
      'an id that is a text',
      changed(at('Todos'), ({ row }) => {
        row.id = '1; DROP TABLE Todos';
      }),
      /id to be a whole/,
    ],
    [
      'an id twice',
      [...original.slice(0, -1), original[at('Todos')], original.at(-1)],
      /another row has its id/,
    ],
    [
      'a reference to nothing',
      changed(at('ResourceChunks'), ({ row }) => {
        row.resource_id = 999;
      }),
      /references/,
    ],
    [
      'a missing value',
      changed(at('GraphEdges'), ({ row }) => {
        row.relation = null;
      }),
      /a value is missing/,
    ],
    [
      'an old server',
      changed(at('Todos'), ({ row }) => {
        row.written_by = null;
      }),
      /who wrote it/,
    ],
    [
      'a short key',
      changed(at('StoreInfo'), ({ row }) => {
        row.mask_key = { base64: 'AAAA' };
      }),
      /mask_key/,
    ],
    [
      'a sequence that is no number',
      changed(at('VectorIdSequence'), ({ row }) => {
        row.last_vector_id = 'x';
      }),
      /last_vector_id/,
    ],
    ['more behind its end', `${text}{"table":"Todos","row":{}}\n`, /nothing behind/],
  ];
  const before = tableRows(target);
  for (const [what, lines, message] of cases) {
    if (typeof lines === 'string') writeFileSync(file, lines);
    else rewrite(file, lines);
    if (what === 'no UTF-8') writeFileSync(file, Buffer.from(text.replace('Water', 'Wat\u00e9r'), 'latin1'));
    const error = await refusal(() => importFrom(target, file));
    expect([what, error.message]).toEqual([what, expect.stringMatching(message)]);
    expect(error.message).toMatch(/^Line \d+: /);
    expect(error.code).toBe('invalid_argument');
    expect(tableRows(target)).toEqual(before);
  }
  const hostile = changed(at('Todos'), (line) => {
    line.table = 'Todos"; DROP TABLE Todos; --';
  });
  const column = changed(at('Todos'), ({ row }) => {
    row['x") VALUES (1); --'] = 1;
    row.__proto__x = 1;
  });
  rewrite(file, hostile);
  expect(importFrom(join(folder, 'a.db'), file).notTaken).toEqual({ 'Todos"; DROP TABLE Todos; --': 1 });
  rewrite(file, column);
  expect(importFrom(join(folder, 'b.db'), file).unknownColumns).toEqual([
    'Todos.x") VALUES (1); --',
    'Todos.__proto__x',
  ]);
  // A sequence that is behind its rows is raised: no id is given twice.
  rewrite(
    file,
    changed(at('VectorIdSequence'), ({ row }) => {
      row.last_vector_id = 2;
    }),
  );
  importFrom(join(folder, 'c.db'), file);
  const store = await openedStore({ path: join(folder, 'c.db') });
  expect((await store.storeResource(newResource({ fileName: 'new.md' }))).vectorIds.first).toBe(19);
  writeFileSync(
    file,
    text.replace('"schema_version":1,', '"schema_version":99,').replace(/,"sha256":"\w+"/, ''),
  );
  expect((await refusal(() => importFrom(join(folder, 'd.db'), file))).code).toBe('newer_database');
  expect((await refusal(() => importFrom(target, join(folder, 'missing.jsonl')))).code).toBe('not_found');
});

test('an import that is killed leaves nothing, and can be run again', async () => {
  const { folder, path } = await exported();
  const store = await openSqliteStore({ path });
  const texts = Array.from({ length: 1500 }, (_, i) => `Kiwi number ${i}. `.repeat(10));
  await store.storeResource(newResource({ fileName: 'much.md', texts }));
  await store.close();
  const file = join(folder, 'much.jsonl');
  exportTo(path, file);
  const target = join(folder, 'target.db');
  const own = await openSqliteStore({ path: target });
  await own.storeResource(newResource({ fileName: 'own.md' }));
  await own.close();
  const before = JSON.stringify(tableRows(target));
  const chunks = () => {
    const database = new Sqlite(target);
    const count = database.prepare('SELECT count(*) FROM ResourceChunks').pluck().get();
    database.close();
    return count;
  };
  let killedBefore = 0;
  for (const delayMs of [0, 150, 300, 450]) {
    const importing = new TestProcess(process.execPath, [
      join(import.meta.dirname, 'import-once.ts'),
      target,
      file,
    ]);
    await importing.linesWritten(1);
    const moment = performance.now() + delayMs;
    while (performance.now() < moment);
    importing.kill();
    await importing.exit;
    if (chunks() !== 1) break;
    expect(importing.lines).not.toContain('done');
    killedBefore++;
    expect(JSON.stringify(tableRows(target))).toBe(before);
  }
  expect(killedBefore).toBeGreaterThan(0);
  // All of it, whether the last one was killed behind its commit or not.
  expect(importFrom(target, file).map.chunk).toHaveLength(1508);
  expect(chunks()).toBe(1509);
});
