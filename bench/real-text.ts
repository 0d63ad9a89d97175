import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root.ts';

const pieceCharacters = 300;

/** Real prose and code: what documents and declarations the installed packages bring, in pieces. */
function readPieces(): string[] {
  return readdirSync(join(packageRoot, 'node_modules'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:md|d\.ts|d\.mts)$/.test(path) && !path.includes('.cache'))
    .sort()
    .flatMap((path) => {
      const text = readFileSync(join(packageRoot, 'node_modules', path), 'utf8').slice(0, 60_000);
      return Array.from({ length: Math.floor(text.length / pieceCharacters) }, (_, i) =>
        text.slice(i * pieceCharacters, (i + 1) * pieceCharacters),
      );
    })
    .filter((piece) => piece.trim() !== '');
}

/** Draws texts of so many characters from random places of real prose and code. */
export function realText(next: () => number): (characters: number) => string {
  const pieces = readPieces();
  return (characters) => {
    const first = Math.floor(next() * (pieces.length - 2));
    const text = pieces
      .slice(first, first + 3)
      .join(' ')
      .replace(/\s+/g, ' ');
    return text.slice(0, characters).trim() || 'empty';
  };
}
