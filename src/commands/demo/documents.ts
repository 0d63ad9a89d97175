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
  { query: 'Which folder holds the data on a Mac?', answer: /~\/Library\/Application Support\/ltmc/ },
  { query: 'How are the pieces of a long text joined again?', answer: /walking the chunks/ },
  { query: 'Which licence does the neural network have?', answer: /The model is Apache-2\.0/ },
];

/** Nothing in the documents is about this, and the honest answer is to say so. */
export const unanswerable = 'How long does a sourdough loaf bake, and at what temperature?';
