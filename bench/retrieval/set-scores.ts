import { printTable } from '../measure.ts';
import type { SetAnswer } from './asked-set.ts';
import type { DataSet } from './data-sets.ts';

/** How many hits the mean reciprocal rank looks at. */
const ranksRead = 10;

/** Recall and mean reciprocal rank of every kind of question, of all, and of the sessions of chats. */
export function printSetScores(set: DataSet, arms: ReadonlyMap<string, readonly SetAnswer[]>): void {
  const rows: string[][] = [];
  const sessionOf = new Map(set.items.map(({ id, session }) => [id, session]));
  const hasSessions = new Set(set.items.map(({ conversation, session }) => conversation === session)).has(
    false,
  );
  for (const [arm, answers] of arms) {
    const answerable = answers.filter(({ query }) => query.gold.length > 0);
    const kinds = [...Map.groupBy(answerable, ({ query }) => query.kind)].sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    for (const [kind, each] of [...kinds, ['all', answerable] as const]) rows.push(scores(arm, kind, each));
    if (hasSessions) {
      const sessions = (ids: readonly string[]) => [...new Set(ids.map((id) => sessionOf.get(id) ?? ''))];
      const bySession = answerable.map(({ query, ranked }) => ({
        query: { ...query, gold: sessions(query.gold) },
        ranked: sessions(ranked),
      }));
      rows.push(scores(arm, 'all, sessions', bySession));
    }
  }
  printTable(['arm', 'kind', 'questions', 'recall@1', 'recall@5', 'recall@10', 'MRR'], rows);
}

function scores(arm: string, kind: string, answers: readonly RankedAnswer[]): string[] {
  const { questions, ...shares } = scoresOf(answers);
  return [arm, kind, String(questions), ...Object.values(shares).map((share) => share.toFixed(3))];
}

interface RankedAnswer {
  query: { gold: readonly string[] };
  ranked: readonly string[];
}

export interface Scores {
  questions: number;
  recallAt1: number;
  recallAt5: number;
  recallAt10: number;
  meanReciprocalRank: number;
}

/** Of questions that have an answer. */
export function scoresOf(answers: readonly RankedAnswer[]): Scores {
  const mean = (measure: (answer: RankedAnswer) => number) =>
    answers.reduce((sum, answer) => sum + measure(answer), 0) / Math.max(1, answers.length);
  const recall = (count: number) =>
    mean(({ query: { gold }, ranked }) => {
      const found = ranked.slice(0, count).filter((id) => gold.includes(id));
      return found.length / gold.length;
    });
  return {
    questions: answers.length,
    recallAt1: recall(1),
    recallAt5: recall(5),
    recallAt10: recall(10),
    meanReciprocalRank: mean(({ query: { gold }, ranked }) => {
      const rank = ranked.slice(0, ranksRead).findIndex((id) => gold.includes(id));
      return rank < 0 ? 0 : 1 / (rank + 1);
    }),
  };
}

interface JudgedAnswer {
  query: { kind: string; gold: string[] };
  confidence?: string;
}

/** How often the server said "nothing", of questions that the set answers and of those of another field. */
export function printSilence(own: readonly JudgedAnswer[], foreign: readonly JudgedAnswer[]): void {
  const share = (answers: readonly JudgedAnswer[]) => {
    const silent = answers.filter(({ confidence }) => confidence === 'none').length;
    return `${silent} of ${answers.length} (${((100 * silent) / Math.max(1, answers.length)).toFixed(1)} %)`;
  };
  const answerable = own.filter(({ query }) => query.gold.length > 0);
  const others = Map.groupBy(foreign, ({ query }) => query.kind);
  printTable(
    ['said "nothing"', ''],
    [
      ['own questions that have an answer', share(answerable)],
      ['own questions that have none', share(own.filter(({ query }) => query.gold.length === 0))],
      ["other sets' questions", share(foreign)],
      ...[...others].map(([name, answers]) => [`  ${name}`, share(answers)]),
    ],
  );
}
