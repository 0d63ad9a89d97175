import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonLines } from '../json-lines.ts';

/** A text to be stored and found again. A chat message also has its place in a conversation. */
export interface Item {
  id: string;
  text: string;
  conversation: string;
  session: string;
  speaker: string;
  /** ISO 8601; null: not known. */
  at: string | null;
}

export interface Question {
  id: string;
  kind: string;
  text: string;
  /** Ids of the items that answer it; none: the right answer is "nothing". */
  gold: string[];
  conversation: string;
}

export interface DataSet {
  name: string;
  /** Stored with store_memory and asked with retrieve_memory, or with log_chat and retrieve_by_type. */
  stored: 'memories' | 'chat';
  /** In the order in which they came about. */
  items: Item[];
  questions: Question[];
}

interface RawItem {
  id: string;
  text: string;
  conversation?: string;
  session?: string;
  speaker?: string;
  at?: string | null;
}

interface RawQuestion {
  id: string;
  kind: string;
  text: string;
  gold: string[];
  conversation?: string;
}

interface RawDevbench {
  memories: { id: string; content: string }[];
  queries: { id: string; category: string; question: string; expected_tags: string[] }[];
}

/**
 * The sets that a data folder may hold, besides replay. With `sample`, about so many items: of chats the
 * first ones, because a message needs those around it, of others evenly chosen ones; and the questions that they answer.
 */
export function readDataSet(folder: string, name: string, sample: number | null): DataSet {
  const raw = name === 'devbench' ? rawDevbench(folder) : rawLines(folder, name);
  const stored = raw.items.some(({ conversation }) => conversation !== undefined) ? 'chat' : 'memories';
  const whole: DataSet = {
    name,
    stored,
    items: raw.items.map(({ id, text, conversation = name, session, speaker = '', at = null }) => ({
      id,
      text,
      conversation,
      session: session ?? conversation,
      speaker,
      at: at === null ? null : isoTime(at),
    })),
    questions: raw.questions.map((question) => ({ conversation: name, ...question })),
  };
  return sample === null ? whole : sampled(whole, sample);
}

function sampled(set: DataSet, count: number): DataSet {
  const step = set.stored === 'chat' ? 1 : Math.max(1, Math.floor(set.items.length / count));
  const items = set.items.filter((_, index) => index % step === 0).slice(0, count);
  const ids = new Set(items.map(({ id }) => id));
  const questions = set.questions.filter(({ gold }) => gold.every((id) => ids.has(id)));
  return { ...set, items, questions };
}

/** `1:56 pm on 8 May, 2023` and `March-15-2024` as ISO 8601, taken as UTC. */
export function isoTime(written: string): string {
  const time = /^(\d+):(\d+) ([ap])m on (.+)$/.exec(written);
  const [, hour, minute, half] = time ?? ['', '0', '00', 'a'];
  const day = new Date(`${(time?.[4] ?? written).replaceAll('-', ' ')} UTC`);
  day.setUTCHours((Number(hour) % 12) + (time !== null && half === 'p' ? 12 : 0), Number(minute));
  return day.toISOString();
}

function rawDevbench(folder: string): { items: RawItem[]; questions: RawQuestion[] } {
  const file = join(folder, 'devbench', 'devbench.json');
  const { memories, queries } = JSON.parse(readFileSync(file, 'utf8')) as RawDevbench;
  return {
    items: memories.map(({ id, content }) => ({ id, text: content })),
    questions: queries.map(({ id, category, question, expected_tags }) => ({
      id,
      kind: category,
      text: question,
      gold: expected_tags,
    })),
  };
}

function rawLines(folder: string, name: string): { items: RawItem[]; questions: RawQuestion[] } {
  return {
    items: readJsonLines<RawItem>(join(folder, name, 'corpus.jsonl')),
    questions: readJsonLines<RawQuestion>(join(folder, name, 'queries.jsonl')),
  };
}
