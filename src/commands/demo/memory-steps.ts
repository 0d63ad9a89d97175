import type { Answer, ClientSession } from './client-session.ts';
import { type Question, readDocument, unanswerable } from './documents.ts';
import { expectAnswer } from './expect-answer.ts';
import type { Story } from './story.ts';
import type { VectorIdRange } from './vector-ids.ts';

export async function storeDocument(
  session: ClientSession,
  story: Story,
  name: string,
): Promise<VectorIdRange> {
  const stored = await session.call('store_memory', { file_name: name, content: readDocument(name) });
  const { first, last } = stored.vector_ids as VectorIdRange;
  story.row(name, `${stored.chunk_count} chunks`, `vector ids ${first} to ${last}`);
  expectAnswer(stored.pending_vectors === 0, `every vector of ${name} to be made at once`, stored);
  return { first, last };
}

export async function ask(session: ClientSession, story: Story, question: Question): Promise<void> {
  const { query, answer } = question;
  const found = await session.call('retrieve_memory', { query, top_k: 1 });
  story.question(query);
  const [hit] = found.retrieved_chunks as Answer[];
  const excerpt = excerptWith(String(found.context), answer);
  expectAnswer(excerpt !== undefined, `a text that holds ${answer}`, found);
  story.answer(`${hit?.file_name}, score ${hit?.score}, confidence ${found.confidence}`, excerpt!);
}

export async function askInVain(session: ClientSession, story: Story): Promise<void> {
  const found = await session.call('retrieve_memory', { query: unanswerable });
  story.question(unanswerable);
  const isSilent = found.confidence === 'none' && (found.retrieved_chunks as Answer[]).length === 0;
  expectAnswer(isSilent, 'no hit and the confidence "none"', found);
  story.answer('nothing relevant', 'An honest no costs the agent nothing; a wrong text would mislead it.');
}

/** The sentence or table row around a match, at most so long. */
function excerptWith(text: string, match: RegExp): string | undefined {
  const excerptCharactersMax = 160;
  const plain = text.replace(/\s+/g, ' ');
  const at = match.exec(plain);
  if (at === null) return undefined;
  const from = Math.max(plain.lastIndexOf('. ', at.index) + 1, plain.lastIndexOf(' - ', at.index) + 2, 0);
  const start = at.index - from > excerptCharactersMax / 2 ? plain.lastIndexOf(' ', at.index - 60) : from;
  const excerpt = plain.slice(start, start + excerptCharactersMax).trim();
  return start + excerptCharactersMax < plain.length ? `${excerpt} …` : excerpt;
}
