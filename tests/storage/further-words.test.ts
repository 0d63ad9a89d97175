import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { newResource, query } from './made-rows.ts';
import { unitVector } from './made-vectors.ts';
import { newStore } from './opened-store.ts';

const asked = unitVector(7);

test('words in many rows choose none, and count in full in what rarer words or the vectors chose', async () => {
  const { store, path } = await newStore();
  const inMany = limits.wordRowsLeadingMax * 1.2;
  const texts = Array.from({ length: inMany * 3 }, (_, i) => {
    const rare = i % 500 === 0 ? 'kiwi ' : '';
    const common = i % 3 === 0 ? 'pear pear ' : '';
    return `${rare}${common}${'plum '.repeat(1 + (i % 7))}\n`;
  });
  const nearest = texts.findIndex((text) => text.startsWith('pear'));
  await store.storeResource(newResource({ texts, vectorOf: (_, i) => (i === nearest ? asked : null) }));
  const { hits, lexical } = await store.searchChunks(query({ words: ['pear', 'kiwi'], vector: asked }), {
    scope: 'all',
  });
  expect(lexical.wordRows).toEqual([
    { word: 'pear', rows: inMany },
    { word: 'kiwi', rows: Math.ceil(texts.length / 500) },
  ]);
  const database = new Sqlite(path, { readonly: true });
  const scores = new Map(
    database
      .prepare(`SELECT rowid, -bm25(ChunkWords) FROM ChunkWords WHERE ChunkWords MATCH '"pear" OR "kiwi"'`)
      .raw()
      .all() as [number, number][],
  );
  database.close();
  const chosen = texts.flatMap((text, i) => (text.startsWith('kiwi') || i === nearest ? [i + 1] : []));
  expect(hits.map((hit) => hit.chunkId)).toEqual(chosen);
  for (const hit of hits) expect(hit.bm25).toBeCloseTo(scores.get(hit.chunkId) as number, 9);
});
