import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonLines } from '../json-lines.ts';
import { type Question, readDataSet } from './data-sets.ts';

const questionsOfEachSet = 60;
/** They share their tasks: an answer found across them may be a right one. */
const alike = new Set(['replay', 'nl2code']);

/**
 * Evenly chosen questions of every other set, marked `neg:`, each by turns in one of the conversations; their kind
 * is the set they come from. Nothing stored answers them.
 */
export function foreignQuestions(
  folder: string,
  sets: readonly string[],
  asked: string,
  conversations: readonly string[],
): Question[] {
  const others = sets.filter((name) => name !== asked && !(alike.has(name) && alike.has(asked)));
  return others
    .filter((name) => existsSync(join(folder, name)))
    .flatMap((name) => {
      const questions =
        name === 'replay'
          ? readJsonLines<Question>(join(folder, name, 'queries.jsonl'))
          : readDataSet(folder, name, null).questions;
      const step = Math.max(1, questions.length / questionsOfEachSet);
      const chosen = questions.filter(
        (_, index) => index === 0 || Math.floor(index / step) !== Math.floor((index - 1) / step),
      );
      return chosen
        .slice(0, questionsOfEachSet)
        .map(({ id, text }) => ({ id: `neg:${name}:${id}`, kind: name, text, gold: [] }));
    })
    .map((question, index) => ({
      ...question,
      conversation: conversations[index % conversations.length] ?? '',
    }));
}
