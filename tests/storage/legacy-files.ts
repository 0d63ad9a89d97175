import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

export const legacyNames = ['A-pickle', 'C-faiss', 'seed-106'] as const;

/** A copy of a Python LTMC database with its index file, in a folder of its own. */
export function legacyCopy(name: (typeof legacyNames)[number]): { folder: string; path: string } {
  const source = join(import.meta.dirname, '..', 'fixtures', 'legacy', name);
  const folder = temporaryFolder();
  for (const file of ['ltmc.db', 'faiss_index']) copyFileSync(join(source, file), join(folder, file));
  return { folder, path: join(folder, 'ltmc.db') };
}

/** Every file of a folder with its bytes, to compare before and after. */
export function bytesOf(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}
