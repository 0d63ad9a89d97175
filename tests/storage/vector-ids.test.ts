import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { runTogether, startScript } from './child-process.ts';
import { alone, newAttempt, newResource } from './made-rows.ts';
import { newStore } from './opened-store.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { databaseProblems } from './whole-database.ts';

interface StoredMany {
  stored: { text: string; vectorIds: number[] }[];
  refused: string[];
}

describe('vector ids in one process', () => {
  test('rise by one over memories and attempts', async () => {
    const { store, path } = await newStore();
    const first = await store.storeResource(newResource({ texts: ['one ', 'two ', 'three'] }));
    const attempt = await store.logAttempt(newAttempt({ lesson: 'split on white space' }), alone);
    const last = await store.storeResource(newResource({ fileName: 'more.md' }));
    expect(first.vectorIds).toEqual({ first: 1, last: 3 });
    expect(attempt.vectorId).toBe(4);
    expect(last.vectorIds).toEqual({ first: 7, last: 7 });
    expect((await store.status()).nextVectorId).toBe(8);
    expect(databaseProblems(path)).toEqual([]);
  });

  test('an attempt whose placement throws leaves no row and no gap', async () => {
    const { store, path } = await newStore();
    await store.logAttempt(newAttempt(), alone);
    const failing = store.logAttempt(newAttempt({ inputPrompt: 'another task' }), () => {
      throw new Error('the placement failed');
    });
    await expect(failing).rejects.toThrow('the placement failed');
    const { counts, nextVectorId } = await store.status();
    expect({ patterns: counts.patterns, nextVectorId }).toEqual({ patterns: 1, nextVectorId: 3 });
    expect((await store.logAttempt(newAttempt(), alone)).vectorId).toBe(3);
    expect(databaseProblems(path)).toEqual([]);
  });

  test('an attempt placed in a family that is not there leaves no row and no gap', async () => {
    const { store, path } = await newStore();
    await expect(store.logAttempt(newAttempt(), () => ({ familyId: 99, links: [] }))).rejects.toThrow();
    expect((await store.logAttempt(newAttempt(), alone)).vectorId).toBe(1);
    expect(databaseProblems(path)).toEqual([]);
  });

  test('a memory whose third chunk cannot be written leaves no row and no gap', async () => {
    const { store, path } = await newStore();
    await store.storeResource(newResource({}));
    const broken = newResource({ fileName: 'broken.md', texts: ['one ', 'two ', 'three'] });
    // A text of a kind that SQLite cannot hold stands for whatever may fail half way.
    (broken.chunks[2] as { text: unknown }).text = { no: 'text' };
    await expect(store.storeResource(broken)).rejects.toThrow();
    const { counts, nextVectorId } = await store.status();
    expect({ ...counts, nextVectorId }).toMatchObject({ memories: 1, chunks: 1, nextVectorId: 2 });
    expect((await store.storeResource(newResource({ fileName: 'next.md' }))).vectorIds.first).toBe(2);
    expect(databaseProblems(path)).toEqual([]);
  });

  test('a replacement that fails half way leaves the older memory in the answers', async () => {
    const { store, path } = await newStore();
    const { resourceId } = await store.storeResource(newResource({ texts: ['the old wording'] }));
    const broken = newResource({ texts: ['the new', ' wording'], replace: true });
    (broken.chunks[1] as { searchText: unknown }).searchText = { no: 'text' };
    await expect(store.storeResource(broken)).rejects.toThrow();
    expect(await store.getMemory(resourceId)).toMatchObject({ archived: false });
    expect(databaseProblems(path)).toEqual([]);
  });
});

describe('vector ids of many processes', () => {
  test('8 processes with 250 stores each share one gapless sequence', async () => {
    const path = join(temporaryFolder(), 'ltmc.db');
    const writers = Array.from({ length: 8 }, (_, i) =>
      startScript('store-many', [path, `writer-${i}`, '250']),
    );
    const answers = await runTogether<StoredMany>(writers);

    expect(answers.flatMap((answer) => answer.refused)).toEqual([]);
    for (const { stored } of answers) {
      const own = stored.flatMap((row) => row.vectorIds);
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
    const given = answers.flatMap(({ stored }) => stored.flatMap((row) => row.vectorIds));
    const vectorIdCount = 8 * (225 + 25 * 2);
    expect(given.toSorted((a, b) => a - b)).toEqual(Array.from({ length: vectorIdCount }, (_, i) => i + 1));

    const texts = new Sqlite(path, { readonly: true });
    const rows = texts
      .prepare(
        `SELECT vector_id, chunk_text FROM ResourceChunks
          UNION ALL SELECT vector_id, input_prompt FROM CodePatterns ORDER BY vector_id`,
      )
      .raw()
      .all();
    texts.close();
    const acknowledged = answers.flatMap(({ stored }) => stored.map((row) => [row.vectorIds[0], row.text]));
    expect(rows).toEqual(acknowledged.toSorted((a, b) => Number(a[0]) - Number(b[0])));
    expect(databaseProblems(path)).toEqual([]);
  });
});
