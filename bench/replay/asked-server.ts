import type { StdioServer } from '../stdio-server.ts';
import type { Progress } from './progress.ts';
import type { RankedAnswer } from './ranked-answers.ts';
import type { Query, Recorded } from './recorded-attempts.ts';

/** Asks the server every query; what a query excludes is archived beforehand and brought back afterwards. */
export async function askServer(
  server: StdioServer,
  { attempts, queries }: Recorded,
  patternIds: readonly number[],
  project: string,
  progress: Progress,
): Promise<RankedAnswer[]> {
  const idOf = new Map(patternIds.map((patternId, index) => [patternId, attempts[index]?.id ?? '']));
  const answers: RankedAnswer[] = [];
  for (const query of queries) {
    const excluded = excludedRows(
      query,
      attempts.map(({ id }) => id),
      patternIds,
    );
    await archive(server, excluded, true);
    const answer = await server.call('get_code_patterns', {
      project,
      query: query.text,
      top_k: 50,
      include_weak: true,
    });
    await archive(server, excluded, false);
    const patterns = answer.patterns as { id: number; same_code_ids: number[] }[];
    // What is shown once stands for its copies, which a list without them would have at its end.
    const rows = [...patterns.map(({ id }) => id), ...patterns.flatMap(({ same_code_ids }) => same_code_ids)];
    answers.push({
      query,
      ranked: [...new Set(rows.map((row) => idOf.get(row) ?? ''))],
      confidence: String(answer.confidence),
    });
    progress.done(1);
  }
  return answers;
}

export function excludedRows(
  query: Query,
  attemptIds: readonly string[],
  patternIds: readonly number[],
): number[] {
  return patternIds.filter((_, index) => query.exclude.includes(attemptIds[index] ?? ''));
}

async function archive(server: StdioServer, patternIds: readonly number[], archived: boolean): Promise<void> {
  for (const patternId of patternIds) {
    await server.call('update_memory', { ref: `pattern-${patternId}`, archived });
  }
}
