import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';

const charactersMax = 480;
const charactersEnough = 240;
/** Shorter rests say nothing. */
const charactersMin = 60;
/** A few files (the browser's declarations) are most of all text. */
const fileCharactersMax = 400_000;

/**
 * Real prose and code in many subjects: the paragraphs of the documents and declarations that the installed packages
 * bring, each text once, in an order that mixes the packages and is the same each time.
 */
export function packageParagraphs(): string[] {
  const root = join(packageRoot, 'node_modules');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:md|d\.ts|d\.mts)$/.test(path) && !path.includes('.cache'))
    .sort();
  const texts = new Map<string, string>();
  for (const path of files) {
    const text = readFileSync(join(root, path), 'utf8').slice(0, fileCharactersMax);
    for (const paragraph of paragraphsOf(text)) {
      const key = paragraph.toLowerCase().replace(/[^a-z0-9]+/g, ' ');
      if (!texts.has(key)) texts.set(key, paragraph);
    }
  }
  // Whole strides apart: whatever number is taken comes from all packages alike.
  const all = [...texts.values()];
  const stride = 7_919;
  const ordered = all.map((_, index) => all[(index * stride) % all.length] as string);
  return all.length % stride === 0 ? all : ordered;
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
