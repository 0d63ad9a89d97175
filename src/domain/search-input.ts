import { assertModelMissing } from '../errors.ts';
import { attemptStopWords } from './attempt-stop-words.ts';
import type { OwnerKind } from './embedding-text.ts';
import { irregularForms } from './irregular-forms.ts';
import type { SearchMode } from './memories.ts';
import { otherLanguageOf } from './other-language.ts';
import type { Embedder, SearchInput, Store } from './ports.ts';
import { bm25Weight } from './ranking.ts';
import { isReadableByModel } from './readable-text.ts';
import { queryWords } from './words.ts';

/**
 * A query as the store is asked it for rows of a kind: its words and, where there is a model and room for vectors, its
 * vector.
 */
export async function searchInputOf(
  embedder: Embedder,
  store: Store,
  kind: OwnerKind,
  query: string,
): Promise<{ input: SearchInput; search: SearchMode }> {
  const byWords = wordsOf(kind, query);
  const { words } = byWords;
  if (!isReadableByModel(query)) return { input: { ...byWords, vector: null }, search: unreadable };
  try {
    // The model works in a thread of its own; meanwhile this one does what needs no vector of the query.
    const [{ vectors, modelHash }, , reason] = await Promise.all([
      embedder.embed([query], { priority: 'query' }),
      store.lookUpWords(kind, words),
      store.vectorsProblem(),
    ]);
    if (reason !== null) return { input: { ...byWords, vector: null }, search: { mode: 'lexical', reason } };
    const modelHashes = embedder.status().compatibleModelHashes ?? [modelHash];
    const input = { ...byWords, vector: vectors[0] ?? null, modelHashes, bm25Weight };
    if (otherLanguageOf(query) === null) return { input, search: { mode: 'hybrid' } };
    return { input: { ...input, isMeaningEvidence: false }, search: inOtherLanguage };
  } catch (thrown) {
    assertModelMissing(thrown);
    return { input: { ...byWords, vector: null }, search: { mode: 'lexical', reason: thrown.message } };
  }
}

/**
 * The same for a question that must not wait for the model to load: while it does, the words alone decide. Asking
 * begins the loading, so that the next question has the model.
 */
export async function searchInputNow(
  embedder: Embedder,
  store: Store,
  kind: OwnerKind,
  query: string,
): Promise<{ input: SearchInput; search: SearchMode }> {
  const { state, reason } = embedder.status();
  if (state === 'ready' || !isReadableByModel(query)) return searchInputOf(embedder, store, kind, query);
  // Why it cannot be loaded is said by the next status; this answer is given without it.
  embedder.embed([query], { priority: 'query' }).catch(() => {});
  return {
    input: { ...wordsOf(kind, query), vector: null },
    search: { mode: 'lexical', reason: reason ?? 'The embedding model is still being loaded.' },
  };
}

const unreadable: SearchMode = {
  mode: 'lexical',
  reason: 'The embedding model cannot read the script of this query.',
};

const inOtherLanguage: SearchMode = {
  mode: 'hybrid',
  reason:
    'The query is not in English, which alone the embedding model knows well: only words in common count as evidence that something relevant was found.',
};

/** What is said of attempts of every kind counts apart where attempts are searched; messages are ranked by other forms too. */
function wordsOf(kind: OwnerKind, query: string): Pick<SearchInput, 'words' | 'wordsApart' | 'otherForms'> {
  const words = queryWords(query);
  if (kind === 'pattern') return { words, wordsApart: words.filter((word) => attemptStopWords.has(word)) };
  if (kind !== 'message') return { words };
  return { words, otherForms: new Map(words.map((word) => [word, irregularForms(word)])) };
}
