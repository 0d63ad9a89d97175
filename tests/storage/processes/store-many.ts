/** Stores memories and, every tenth time, a code attempt; answers what was acknowledged and what was refused. */
import type { LtmcError } from '../../../src/errors.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { alone, newAttempt, newResource } from '../made-rows.ts';
import { answer, barrier } from './barrier.ts';

const [path = '', name = '', count = '0'] = process.argv.slice(2);
const stored: { text: string; vectorIds: number[] }[] = [];
const refused: string[] = [];

await barrier();
const store = await openSqliteStore({ path });
for (let i = 0; i < Number(count); i++) {
  const text = `${name} wrote note ${i}`;
  try {
    if (i % 10 === 9) {
      const { vectorId } = await store.logAttempt(newAttempt({ inputPrompt: text }), alone);
      stored.push({ text, vectorIds: [vectorId, vectorId + 1] });
    } else {
      const { vectorIds } = await store.storeResource(
        newResource({ fileName: `${name}-${i}`, texts: [text] }),
      );
      stored.push({ text, vectorIds: [vectorIds.first] });
    }
  } catch (error) {
    refused.push((error as LtmcError).code ?? String(error));
  }
}
await store.close();
answer({ stored, refused });
