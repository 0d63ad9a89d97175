import { expect, test } from 'vitest';
import type { SearchInput, Store } from '../../src/domain/ports.ts';
import { limits } from '../../src/limits.ts';
import { alone, newAttempt, query } from './made-rows.ts';
import { unitVector, vectorAt } from './made-vectors.ts';
import { newStore, openedStore } from './opened-store.ts';

const everything = { scope: 'all' } as const;
const asked = unitVector(1);

async function log(store: Store, inputPrompt: string, near: number, seed: number): Promise<void> {
  await store.logAttempt(
    newAttempt({
      inputPrompt,
      functionName: 'remembered',
      embeddings: [
        { role: 'prompt', vector: vectorAt(near, asked, seed) },
        { role: 'code', vector: null },
      ],
    }),
    alone,
  );
}

/** What a search gives, and the members of the families that it met. */
async function answerOf(store: Store, input: SearchInput) {
  const found = await store.searchPatterns(input, everything);
  const familyOf = await store.familiesOf(found.hits.map((hit) => hit.patternId));
  const families = [...new Set(familyOf.values())];
  return { found, members: await store.familyMembers(families, input, everything) };
}

test('what is remembered of words and vectors is never that of other rows or another question', async () => {
  const { store, path } = await newStore();
  for (let n = 0; n < 12; n++) await log(store, `kiwi ${'plum '.repeat(n % 3)} ${n}`, 0.5 + n / 40, n);
  // More words than choose the rows, so that some are looked up among them.
  for (let n = 0; n < limits.wordRowsLeadingMax; n++) await log(store, `plum pear ${n}`, 0.1, 100 + n);
  const questions = [
    query({ words: ['kiwi', 'plum', 'pear'], vector: asked, bm25Weight: 0.01 }),
    query({ words: ['kiwi', 'pear'], wordsApart: ['pear'], vector: unitVector(2), bm25Weight: 0.01 }),
    query({ words: ['plum'], vector: null }),
  ];
  for (let round = 0; round < 3; round++) {
    for (const input of [...questions, ...questions.toReversed()]) {
      const fresh = await openedStore({ path });
      expect(await answerOf(store, input)).toEqual(await answerOf(fresh, input));
    }
    await log(store, `kiwi plum pear ${'new '.repeat(round)}`, 0.95, 1_000 + round);
  }
});
