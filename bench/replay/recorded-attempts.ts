import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonLines } from '../json-lines.ts';

export interface Attempt {
  id: string;
  task: string;
  function_name: string;
  input_prompt: string;
  generated_code: string;
  result: 'pass' | 'fail';
}

export interface Query {
  id: string;
  /** Its first letter is the kind of the table. */
  kind: string;
  text: string;
  task: string;
  /** Ids of attempts at its task; those of them that passed; those that must not be there while it is asked. */
  gold: string[];
  passing: string[];
  exclude: string[];
}

export interface Recorded {
  /** In the order in which they were made. An id may occur more than once. */
  attempts: Attempt[];
  queries: Query[];
}

/**
 * The recorded attempts and questions of the set `replay` in a folder of sets, or of the set's own folder; with `sample`
 * those of evenly chosen tasks, about so many attempts.
 */
export function readRecorded(dataFolder: string, sample: number | null): Recorded {
  const ofSets = join(dataFolder, 'replay');
  const folder = existsSync(ofSets) ? ofSets : dataFolder;
  const attempts = readJsonLines<Attempt>(join(folder, 'corpus.jsonl'));
  const queries = readJsonLines<Query>(join(folder, 'queries.jsonl'));
  if (sample === null || sample >= attempts.length) return { attempts, queries };
  const step = attempts.length / sample;
  const tasks = [...new Set(attempts.map(({ task }) => task))];
  const chosen = new Set(
    tasks.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step)),
  );
  return {
    attempts: attempts.filter(({ task }) => chosen.has(task)),
    queries: queries.filter(({ task }) => chosen.has(task)),
  };
}
