/**
 * The order of chat messages as answers. A message is seldom a text of its own: it is said by someone, on some day, in reply
 * to something; so its surroundings count beside it. The formula and its weights were fitted and measured on public
 * conversations of two kinds; docs/chat-retrieval.md has them, what each part is worth, and the commands.
 */
import { namedMonths } from './calendar-words.ts';
import type { MessageHit } from './ports.ts';
import { relevance } from './ranking.ts';

/** The first four are of shares of the largest value among the candidates, the others of yes and no. */
const weights = {
  words: 1.5,
  wordsAround: 4.4,
  meaning: 2.8,
  nextMeaning: 0.9,
  speakerNamed: 1.1,
  monthNamed: 2.6,
  asks: -0.7,
  followsQuestion: 0.4,
} as const;

/**
 * Among short messages a longer one says more; among long ones the shorter ones are to the point. So the weight of a message's
 * length goes from one to the other with the typical length of the candidates. Lengths are logarithms of characters.
 */
const lengthWeight = { atShort: 1.3, atLong: -1.5, short: 5.2, long: 6.6, from: 3 } as const;

/** A longer message gives its own context: that it follows a question says nothing of it. */
const replyCharactersMax = 600;

/** Roles that every conversation has: a question that holds such a word does not name its speaker. */
const commonRoles: ReadonlySet<string> = new Set(['user', 'assistant', 'system', 'tool', 'agent', 'human']);

type RankedMessage<Of> = { hit: Of; relevance: number };

/**
 * Best first; of equals the newer. `relevance` is that of any kind of text (ranking.ts), on whose scale messages are
 * compared with memories: it is what the hit is worth by itself, and may rise down the list.
 */
export function rankedMessages<Of extends MessageHit>(
  hits: readonly Of[],
  query: string,
): RankedMessage<Of>[] {
  const meaningOf = (hit: Of) => hit.cosine ?? relevance({ cosine: null, bm25: hit.bm25 });
  const words = share(hits, (hit) => hit.bm25);
  const wordsAround = share(hits, (hit) => hit.bm25Around);
  const meaning = share(hits, meaningOf);
  const nextMeaning = share(hits, (hit) => hit.nextCosine ?? 0);
  const isNamed = namedSpeaker(hits, query);
  const isInMonth = namedMonths(query);
  const perLength = weightOfLength(hits);
  const scoreOf = (hit: Of): number =>
    weights.words * words(hit) +
    weights.wordsAround * wordsAround(hit) +
    weights.meaning * meaning(hit) +
    weights.nextMeaning * nextMeaning(hit) +
    (isNamed(hit.role) ? weights.speakerNamed : 0) +
    (isInMonth(hit.createdAtMs) ? weights.monthNamed : 0) +
    (hit.asks ? weights.asks : 0) +
    (hit.followsQuestion && hit.textLength < replyCharactersMax ? weights.followsQuestion : 0) +
    perLength * Math.max(0, lengthOf(hit) - lengthWeight.from);
  return hits
    .map((hit) => ({ hit, score: scoreOf(hit), relevance: relevance(hit) }))
    .sort((a, b) => b.score - a.score || b.hit.messageId - a.hit.messageId)
    .map(({ hit, relevance: own }) => ({ hit, relevance: own }));
}

/**
 * The same hits in the same order, with their relevances dealt out anew, the largest to the first: so that a list says how
 * much there is to it on the scale of every other list, and never rises.
 */
export function withFallingRelevance<Of>(shown: readonly RankedMessage<Of>[]): RankedMessage<Of>[] {
  const falling = shown.map(({ relevance: own }) => own).sort((a, b) => b - a);
  return shown.map(({ hit }, i) => ({ hit, relevance: falling[i] as number }));
}

/** What a hit has of the most that any has; of nothing, nothing. */
function share<Of>(hits: readonly Of[], quantity: (hit: Of) => number): (hit: Of) => number {
  const largest = hits.reduce((most, hit) => Math.max(most, quantity(hit)), 0);
  return (hit) => (largest === 0 ? 0 : quantity(hit) / largest);
}

/** Whether a role is the only one of those that spoke which the query names. */
function namedSpeaker(hits: readonly MessageHit[], query: string): (role: string | null) => boolean {
  const asked = ` ${plainWords(query)} `;
  const named = [...new Set(hits.map(({ role }) => role))].filter((role) => {
    const name = plainWords(role ?? '');
    return name !== '' && !commonRoles.has(name) && asked.includes(` ${name} `);
  });
  return (role) => named.length === 1 && role === named[0];
}

function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .replace(/ s /g, ' ')
    .trim();
}

function weightOfLength(hits: readonly MessageHit[]): number {
  const { atShort, atLong, short, long } = lengthWeight;
  if (hits.length === 0) return atShort;
  const typical = hits.reduce((sum, hit) => sum + lengthOf(hit), 0) / hits.length;
  const way = Math.min(1, Math.max(0, (typical - short) / (long - short)));
  return atShort + (atLong - atShort) * way;
}

function lengthOf({ textLength }: MessageHit): number {
  return Math.log(1 + textLength);
}
