import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of LTMC's own package.json, whether the code runs from `src/` or from the bundle in `dist/`.
 * The model, the worker and the scan kernel are found from here.
 */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json of ltmc not found');
    folder = parent;
  }
  return folder;
})();

/** The program's version, from package.json. */
export function programVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version;
}
