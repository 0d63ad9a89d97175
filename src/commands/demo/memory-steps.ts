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

/** What stands around a match in an answer's context: its sentence or table cell, at most so long. */
function excerptWith(context: string, match: RegExp): string | undefined {
  const excerptCharactersMax = 140;
  const text = context.replace(/<\/?memory[^>]*>/g, '').replace(/\s+/g, ' ');
  const found = match.exec(text);
  if (found === null) return undefined;
  const before = text.slice(0, found.index);
  const begin = Math.max(...['. ', ', ', '| ', ': '].map((mark) => before.lastIndexOf(mark) + 2));
  const rest = text.slice(begin).split(/(?<=\.) | \|/)[0]!;
  return rest.length > excerptCharactersMax ? `${rest.slice(0, excerptCharactersMax)}…` : rest;
}
