/**
 * Stores memories of several chunks, replacements and code attempts until it is killed, and says each one as
 * soon as it is acknowledged.
 */
import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { alone, newAttempt, newResource } from '../made-rows.ts';
import { randomFrom } from '../made-vectors.ts';
import { barrier, say } from './barrier.ts';

/** What a writer says of each write; the text of the chunks follows from `name`. */
export type Acknowledged =
  | { kind: 'memory'; name: string; resourceId: number; chunkCount: number; firstVectorId: number }
  | { kind: 'attempt'; name: string; patternId: number; vectorId: number };

export function chunkText(name: string, index: number): string {
  return `${name} part ${index} `.repeat(1 + ((index * 7) % 40));
}

async function storeForever(path: string, writer: string, seed: number): Promise<never> {
  const random = randomFrom(seed);
  const store = await openSqliteStore({ path });
  for (let i = 0; ; i++) {
    const name = `${writer} ${i}`;
    let acknowledged: Acknowledged;
    if (random() < 0.25) {
      const { patternId, vectorId } = await store.logAttempt(newAttempt({ inputPrompt: name }), alone);
      acknowledged = { kind: 'attempt', name, patternId, vectorId };
    } else {
      const chunkCount = 1 + Math.floor(random() * 12);
      const texts = Array.from({ length: chunkCount }, (_, part) => chunkText(name, part));
      // A replacement also writes to rows that are there, so that a kill can meet it between two tables.
      const replace = random() < 0.4;
      const fileName = replace ? `${writer} again` : name;
      const { resourceId, vectorIds } = await store.storeResource(newResource({ fileName, texts, replace }));
      acknowledged = { kind: 'memory', name, resourceId, chunkCount, firstVectorId: vectorIds.first };
    }
    say(JSON.stringify(acknowledged));
  }
}

if (import.meta.main) {
  const [path = '', writer = '', seed = '0'] = process.argv.slice(2);
  await barrier();
  await storeForever(path, writer, Number(seed));
}
