import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.ts';

/** Documents that come with the package; they are what the demo stores. */
export const documentNames = ['README.md', 'CHANGELOG.md', 'docs/data-model.md', 'models/PROVENANCE.md'];

export function readDocument(name: string): string {
  return readFileSync(join(packageRoot, name), 'utf8');
}

export interface Question {
  query: string;
  /** A part of the answer as the documents have it, in words that the question does not use. */
  answer: RegExp;
}

export const questions: Question[] = [
  {
    query: 'Can two entries ever end up with the same number?',
    answer: /never\s+collide|never\s+given\s+twice/,
  },
  {
    query: 'Are passwords and API keys kept in plain text?',
    answer: /Masking of secrets|secrets were masked/i,
  },
  { query: 'Why was the range of the model weights made smaller?', answer: /products of 127 overflow/ },
];

/** Nothing in the documents is about this, and the honest answer is to say so. */
export const unanswerable = 'How long does a sourdough loaf bake, and at what temperature?';
