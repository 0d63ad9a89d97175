import type { Embedder, SearchInput, Store } from '../../src/domain/ports.ts';
import { searchInputOf } from '../../src/domain/search-input.ts';
import type { Progress } from '../replay/progress.ts';
import type { StdioServer } from '../stdio-server.ts';
import type { DataSet, Question } from './data-sets.ts';

/** As many hits as an answer names at most. */
const topK = 50;

export interface SetAnswer {
  query: Question;
  /** Ids of items, best first, each once. */
  ranked: string[];
  /** What the server says of its answer; absent for a single arm. */
  confidence?: string;
}

/** Which item each stored row is, by the row's id: of a memory its resource, of a chat its message. */
export type ItemOfRow = ReadonlyMap<number, string>;

interface RowHit {
  row: number;
  bm25: number;
  cosine: number | null;
}

/** Stores every item of the set through the server's tools, in its order. */
export async function storeSet(
  server: StdioServer,
  { name, stored, items }: DataSet,
  progress: Progress,
): Promise<ItemOfRow> {
  const itemOfRow = new Map<number, string>();
  for (const { id, text, conversation, session, speaker, at } of items) {
    if (stored === 'memories') {
      const answer = await server.call('store_memory', { project: name, file_name: id, content: text });
      itemOfRow.set(answer.resource_id as number, id);
    } else {
      const answer = await server.call('log_chat', {
        project: conversation,
        conversation_id: session,
        role: speaker,
        content: text,
        ...(at === null ? {} : { created_at: at }),
      });
      itemOfRow.set(answer.message_id as number, id);
    }
    progress.done(1);
  }
  return itemOfRow;
}

/** Asks the server each question, within its own conversation where it has one. */
export async function askSet(
  server: StdioServer,
  { name, stored }: DataSet,
  questions: readonly Question[],
  itemOfRow: ItemOfRow,
  progress: Progress,
): Promise<SetAnswer[]> {
  const answers: SetAnswer[] = [];
  for (const query of questions) {
    const asked = { query: query.text, top_k: topK, include_weak: true };
    let rows: number[];
    let answer: Record<string, unknown>;
    if (stored === 'memories') {
      answer = await server.call('retrieve_memory', { ...asked, project: name });
      rows = (answer.retrieved_chunks as { resource_id: number }[]).map(({ resource_id }) => resource_id);
    } else {
      const chat = { ...asked, doc_type: 'chat', project: query.conversation };
      answer = await server.call('retrieve_by_type', chat);
      rows = (answer.documents as { id: string }[]).map(({ id }) => Number(id.replace('message-', '')));
    }
    answers.push({ query, ranked: itemsOf(rows, itemOfRow), confidence: String(answer.confidence) });
    progress.done(1);
  }
  return answers;
}

/** The same questions by full text alone and by vectors alone, through the ports, on the server's database. */
export async function askSingleArms(
  store: Store,
  embedder: Embedder,
  { name, stored, questions }: DataSet,
  itemOfRow: ItemOfRow,
  progress: Progress,
): Promise<Map<string, SetAnswer[]>> {
  const hitsOf = async (input: SearchInput, project: string): Promise<RowHit[]> => {
    if (stored === 'memories') {
      const { hits } = await store.searchChunks(input, { scope: { project } });
      const chunks = await store.getChunks(hits.map((hit) => hit.chunkId));
      const memoryOf = new Map(chunks.map((chunk) => [chunk.chunkId, chunk.resourceId]));
      return hits.map((hit) => ({ ...hit, row: memoryOf.get(hit.chunkId) as number }));
    }
    const { hits } = await store.searchMessages(input, { scope: { project } });
    return hits.map((hit) => ({ ...hit, row: hit.messageId }));
  };
  const byWord: SetAnswer[] = [];
  const byMeaning: SetAnswer[] = [];
  for (const query of questions) {
    const project = stored === 'memories' ? name : query.conversation;
    const { input } = await searchInputOf(
      embedder,
      store,
      stored === 'memories' ? 'chunk' : 'message',
      query.text,
    );
    const lexical = await hitsOf({ ...input, vector: null }, project);
    const dense = await hitsOf({ ...input, words: [] }, project);
    const rowsBy = (hits: RowHit[], strengthOf: (hit: RowHit) => number) =>
      hits.toSorted((a, b) => strengthOf(b) - strengthOf(a) || b.row - a.row).map(({ row }) => row);
    byWord.push({
      query,
      ranked: itemsOf(
        rowsBy(
          lexical.filter(({ bm25 }) => bm25 > 0),
          ({ bm25 }) => bm25,
        ),
        itemOfRow,
      ),
    });
    byMeaning.push({
      query,
      ranked: itemsOf(
        rowsBy(dense, ({ cosine }) => cosine ?? 0),
        itemOfRow,
      ),
    });
    progress.done(1);
  }
  return new Map([
    ['BM25 alone', byWord],
    ['dense alone', byMeaning],
  ]);
}

/** Several passages of one item count once, at the place of the best. */
function itemsOf(rows: readonly number[], itemOfRow: ItemOfRow): string[] {
  return [...new Set(rows.flatMap((row) => itemOfRow.get(row) ?? []))];
}
