import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { filledDatabase } from '../backup/filled-database.ts';
import { lastingRows } from '../backup/table-rows.ts';
import { runLtmc, temporaryFolder, userEnvironment } from '../cli/run-ltmc.ts';
import { newResource } from '../storage/made-rows.ts';
import { change } from './checked-database.ts';

const folder = temporaryFolder();
let count = 0;

async function user() {
  const home = join(folder, `user-${++count}`);
  mkdirSync(home);
  const path = join(home, 'ltmc.db');
  await filledDatabase(path);
  const environment = userEnvironment(home, { LTMC_DB: path });
  const ltmc = (...words: string[]) => runLtmc(words, { environment, cwd: home });
  const json = async (...words: string[]) => {
    const ran = await ltmc(...words, '--json');
    expect(ran.stderr).toBe('');
    return { code: ran.code, answer: JSON.parse(ran.stdout) };
  };
  return { home, path, ltmc, json };
}

test('backup and restore, while a process has the database open', async () => {
  const { home, path, ltmc, json } = await user();
  const store = await openSqliteStore({ path });
  onTestFinished(() => store.close());
  const { answer } = await json('backup', 'kept.db');
  expect(answer).toMatchObject({ success: true, backup: join(home, 'kept.db'), rows: { Resources: 6 } });
  if (process.platform !== 'win32') expect(statSync(join(home, 'kept.db')).mode & 0o777).toBe(0o600);
  expect(await ltmc('backup', 'kept.db')).toMatchObject({ code: 1, stdout: '' });
  await store.storeResource(newResource({ fileName: 'newer.md' }));
  const refused = await json('restore', 'kept.db');
  expect(refused).toMatchObject({ code: 1, answer: { success: false, code: 'not_confirmed' } });
  const restored = await json('restore', 'kept.db', '--force');
  expect(restored.answer).toMatchObject({ success: true, lost: { Resources: 1, ResourceChunks: 1 } });
  expect(lastingRows(path)).toEqual(lastingRows(join(home, 'kept.db')));
  expect((await store.status()).counts.memories).toBe(4);
  const { code, stdout } = await ltmc('restore', 'kept.db', '--force');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^Restored .*\n {2}Resources: 6\n/),
  });
  expect((await ltmc('restore')).code).toBe(2);
  expect((await ltmc('restore', 'missing.db')).code).toBe(1);
});

test('export and import, exact and merged', async () => {
  const { home, path, ltmc, json } = await user();
  expect((await json('export', 'all.jsonl')).answer).toMatchObject({ success: true, left_out: {} });
  expect((await json('export', 'vectors.faiss', '--faiss')).answer).toMatchObject({ rows: { vectors: 16 } });
  const dry = await json('import', 'all.jsonl', '--db', 'new.db', '--dry-run');
  expect(dry.answer).toMatchObject({ success: true, dry_run: true, mode: 'exact' });
  expect((await json('import', 'all.jsonl', '--db', 'new.db')).answer).toMatchObject({ mode: 'exact' });
  expect(lastingRows(join(home, 'new.db'))).toEqual(lastingRows(path));
  const again = await json('import', 'all.jsonl');
  expect(again.answer).toMatchObject({ mode: 'merged', imported: {}, equal: { Resources: 6 } });
  expect(again.answer.map.memory[0]).toEqual([1, 1]);
  const { code, stdout } = await ltmc('import', 'all.jsonl');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining('There already: Resources: 6'),
  });
  expect(await json('import', 'vectors.faiss')).toMatchObject({
    code: 1,
    answer: { code: 'invalid_argument' },
  });
});

test('doctor finds, mends, and ends with 0 when nothing is wrong any more', async () => {
  const { path, ltmc, json } = await user();
  change(path, 'UPDATE VectorIdSequence SET last_vector_id = 3; DELETE FROM ChunkWords WHERE rowid = 2');
  const sick = await json('doctor');
  expect(sick).toMatchObject({ code: 1, answer: { success: true, healthy: false } });
  const codes = (findings: { code: string }[]) => findings.map(({ code }) => code);
  expect(codes(sick.answer.findings)).toEqual(
    expect.arrayContaining(['sequence_behind', 'full_text_missing', 'vectors_other_model']),
  );
  expect(sick.answer.versions).toMatchObject({ schema: 1, node: process.versions.node });
  const mended = await json('doctor', '--repair');
  expect(mended).toMatchObject({ code: 0, answer: { healthy: true } });
  expect(codes(mended.answer.repaired)).toContain('sequence_behind');
  expect(mended.answer.backup).toContain('ltmc.db.backup_');
  const { code, stdout } = await ltmc('doctor');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/Healthy\.\n$/) });
  const none = await ltmc('doctor', '--db', 'none.db');
  expect({ code: none.code, stdout: none.stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining('no_database'),
  });
});
