import { attemptSearchText } from '../../src/domain/attempt-text.ts';
import { similarityOf } from '../../src/domain/pattern-ranking.ts';
import type { Embedder, PatternCandidate, Store } from '../../src/domain/ports.ts';
import { searchInputOf } from '../../src/domain/search-input.ts';
import { excludedRows } from './asked-server.ts';
import type { Progress } from './progress.ts';
import type { RankedAnswer } from './ranked-answers.ts';
import type { Recorded } from './recorded-attempts.ts';

/** The same queries by full text alone and by vectors alone, through the ports, on the database of the server. */
export async function askSingleArms(
  store: Store,
  embedder: Embedder,
  { attempts, queries }: Recorded,
  patternIds: readonly number[],
  project: string,
  progress: Progress,
): Promise<Map<string, RankedAnswer[]>> {
  const attemptIds = attempts.map(({ id }) => id);
  const idOf = new Map(patternIds.map((patternId, index) => [patternId, attemptIds[index] ?? '']));
  const byWord: RankedAnswer[] = [];
  const byMeaning: RankedAnswer[] = [];
  for (const query of queries) {
    const excluded = excludedRows(query, attemptIds, patternIds);
    await archive(store, excluded, true);
    const { input } = await searchInputOf(embedder, store, 'pattern', query.text);
    const lexical = await store.searchPatterns({ ...input, vector: null }, { scope: { project } });
    const dense = await store.searchPatterns({ ...input, words: [] }, { scope: { project } });
    await archive(store, excluded, false);
    const ranked = (hits: PatternCandidate[], strengthOf: (hit: PatternCandidate) => number) =>
      hits
        .toSorted((a, b) => strengthOf(b) - strengthOf(a) || b.patternId - a.patternId)
        .map(({ patternId }) => idOf.get(patternId) ?? '');
    byWord.push({ query, ranked: [...new Set(ranked(lexical.hits, (hit) => hit.bm25))] });
    byMeaning.push({ query, ranked: [...new Set(ranked(dense.hits, (hit) => similarityOf(hit) ?? 0))] });
    progress.done(1);
  }
  return new Map([
    ['BM25 alone', byWord],
    ['dense alone', byMeaning],
  ]);
}

async function archive(store: Store, patternIds: readonly number[], archived: boolean): Promise<void> {
  for (const record of await store.getPatterns(patternIds)) {
    await store.changeAttempt(record.patternId, { archived, searchText: attemptSearchText(record) });
  }
}
