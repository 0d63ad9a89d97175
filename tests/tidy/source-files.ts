import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** Everything below these belongs to a tool, or is data that is kept as it came. */
const skipped = new Set(['node_modules', 'dist', '.git', 'fixtures']);

/** Paths of the project's own text files, relative to its root, with `/`. */
export function projectFiles(): string[] {
  const texts = /\.(ts|json|md|wat|py|yml|yaml|txt|sh)$|^\.[a-z/]+$/;
  return filesBelow(root).filter((path) => texts.test(path));
}

export function sourceFiles(...folders: string[]): string[] {
  return folders
    .flatMap((folder) => filesBelow(join(root, folder)))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'));
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    // Of a second working tree, .git is a file that names the first one's folder.
    if (skipped.has(entry.name)) return [];
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [relative(root, path).replaceAll('\\', '/')] : [];
  });
}

export interface Import {
  /** A file of ours (`src/errors.ts`) or a package (`zod`, `node:fs`, `@scope/name`). */
  target: string;
  ours: boolean;
  /** Gone when the program runs. */
  typeOnly: boolean;
}

/** What a file imports, statically, dynamically or by handing on. */
export function importsOf(path: string): Import[] {
  const text = readText(path);
  const found: Import[] = [];
  const statements = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
  for (const [, type, specifier] of text.matchAll(statements)) {
    found.push(importOf(path, specifier!, type !== undefined));
  }
  for (const [, specifier] of text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)) {
    found.push(importOf(path, specifier!, false));
  }
  return found;
}

function importOf(path: string, specifier: string, typeOnly: boolean): Import {
  if (specifier.startsWith('.')) {
    const target = relative(root, resolve(root, dirname(path), specifier)).replaceAll('\\', '/');
    return { target, ours: true, typeOnly };
  }
  const name = /^(?:node:[^/]+|@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[0] ?? specifier;
  return { target: name, ours: false, typeOnly };
}
