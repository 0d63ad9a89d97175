import { writeFileSync } from 'node:fs';
import { printTable } from '../measure.ts';
import type { Query } from './recorded-attempts.ts';

/** How many hits the mean reciprocal rank looks at. */
const ranksRead = 10;

export interface RankedAnswer {
  query: Query;
  /** Ids of recorded attempts, best first, each once. */
  ranked: string[];
  /** What the server says of its answer; absent for a single arm. */
  confidence?: string;
}

/** Shares of queries by kind: the right task first, among five, MRR, and a first hit that passed. */
export function printScores(arms: ReadonlyMap<string, readonly RankedAnswer[]>): void {
  const rows: string[][] = [];
  for (const [arm, answers] of arms) {
    const kinds = [...Map.groupBy(answers, ({ query }) => query.kind[0] ?? '')].sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    for (const [kind, each] of kinds) {
      const rankOf = ({ query, ranked }: RankedAnswer) =>
        ranked.slice(0, ranksRead).findIndex((id) => query.gold.includes(id));
      const share = (holds: (answer: RankedAnswer) => number | boolean) =>
        (each.reduce((sum, answer) => sum + Number(holds(answer)), 0) / each.length).toFixed(3);
      rows.push([
        arm,
        kind,
        String(each.length),
        share((answer) => rankOf(answer) === 0),
        share((answer) => rankOf(answer) >= 0 && rankOf(answer) < 5),
        share((answer) => (rankOf(answer) < 0 ? 0 : 1 / (rankOf(answer) + 1))),
        share(({ query, ranked }) => query.passing.includes(ranked[0] ?? '')),
        share(({ query }) => query.passing.length > 0),
        each[0]?.confidence === undefined ? '' : share(({ confidence }) => confidence === 'none'),
      ]);
    }
  }
  printTable(
    ['arm', 'kind', 'queries', 'hit@1', 'hit@5', 'MRR', 'passing first', 'best possible', 'said "nothing"'],
    rows,
  );
}

/**
 * One JSON line a query: its id and the ids found. `judged`: with `abstain` where the server said that nothing relevant
 * is stored.
 */
export function writeRun(
  file: string,
  answers: readonly { query: { id: string }; ranked: string[]; confidence?: string }[],
  content: 'ranked' | 'judged',
): void {
  const lines = answers.map(({ query, ranked, confidence }) =>
    JSON.stringify({
      query_id: query.id,
      ranked,
      ...(content === 'judged' ? { abstain: confidence === 'none' } : {}),
    }),
  );
  writeFileSync(file, `${lines.join('\n')}\n`);
}
