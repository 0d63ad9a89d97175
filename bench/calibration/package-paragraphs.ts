import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';

const charactersMax = 480;
const charactersEnough = 240;
/** Shorter rests say nothing. */
const charactersMin = 60;
/** A few files (the browser's declarations) are most of all text. */
const fileCharactersMax = 400_000;
/** A prime number. */
const stride = 7_919;

/**
 * Real prose and code in many subjects: what the installed packages bring, in paragraphs, each text once. First those of
 * their documents and declarations, then those of their sources; each in an order that mixes the packages and is the same
 * each time.
 */
export function packageParagraphs(): string[] {
  const root = join(packageRoot, 'node_modules');
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.cache'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const known = new Set<string>();
  return [/\.(?:md|d\.ts|d\.mts)$/, /\.(?:js|mjs|cjs)$/].flatMap((pattern) => {
    const texts: string[] = [];
    for (const path of files.filter((file) => pattern.test(file))) {
      const text = readFileSync(path, 'utf8').slice(0, fileCharactersMax);
      for (const paragraph of paragraphsOf(text)) {
        const key = paragraph.toLowerCase().replace(/[^a-z0-9]+/g, ' ');
        if (!known.has(key)) texts.push(paragraph);
        known.add(key);
      }
    }
    return mixed(texts);
  });
}

/** Whole strides apart: whatever number of the first is taken comes from all packages alike. */
function mixed(texts: readonly string[]): string[] {
  if (texts.length % stride === 0) return [...texts];
  return texts.map((_, index) => texts[(index * stride) % texts.length] as string);
}

/** Ends at an empty line where there is enough, else at the last line that fits. */
function paragraphsOf(text: string): string[] {
  const paragraphs: string[] = [];
  let current = '';
  for (const line of text.split('\n')) {
    const isFull = current.length + line.length > charactersMax;
    if (isFull || (line.trim() === '' && current.length >= charactersEnough)) {
      paragraphs.push(current.trim());
      current = '';
    }
    current = `${current}\n${line.slice(0, charactersMax)}`;
  }
  return [...paragraphs, current.trim()].filter((paragraph) => paragraph.length >= charactersMin);
}
