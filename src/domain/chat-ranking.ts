/**
 * The order of chat messages as answers. A message is seldom a text of its own: it is said by someone, on some day, in reply
 * to something; so its surroundings count beside it. The formula and its weights were fitted and measured on public
 * conversations of two kinds; docs/chat-retrieval.md has them, what each part is worth, and the commands.
 */
import { namedMonths } from './calendar-words.ts';
import { phraseAgreement } from './phrases.ts';
import type { MessageHit } from './ports.ts';
import { asksForHelp, asksForOverview, asksHowThingsAre, asksWhatAskerSaid } from './question-kinds.ts';
import { relevance } from './ranking.ts';
import { sessionsApart } from './sessions-apart.ts';
import { sessionsByTurns } from './sessions-by-turns.ts';
import { statesWish } from './states-wish.ts';
import { asksWhen, namesTime } from './time-words.ts';

/** Of shares of the largest value among the candidates, the others of yes and no; coverage is a share by itself. */
const weights = {
  words: 0.7,
  wordsAround: 3.8,
  meaning: 3.2,
  nextMeaning: 0.7,
  speakerNamed: 1.2,
  saidByAsker: 4,
  wish: 2,
  monthNamed: 1.9,
  asks: -0.8,
  opensSession: 0.8,
} as const;

/** What counts only as far as the candidates are short messages, and most of it only of a short one. */
const talkWeights = {
  coverageAround: 3.6,
  phrase: 1,
  followsQuestion: 0.9,
  tellsWhen: 1.7,
} as const;

/**
 * Among short messages a longer one says more; among long ones the shorter ones are to the point, but for an overview. So the
 * weight of a message's length goes from one to the other with the typical length of the candidates. Lengths are logarithms of
 * characters.
 */
const lengthWeight = { inTalk: 1, amongLong: -1, amongLongForOverview: 0, from: 3 } as const;
/** Candidates whose mean is at most `short` are a talk, from `long` on they are none. */
const typicalLength = { short: 5.2, long: 6.6 } as const;

/** Roles that every conversation has: a question that holds such a word does not name its speaker. */
const commonRoles: ReadonlySet<string> = new Set(['user', 'assistant', 'system', 'tool', 'agent', 'human']);
/** Those of the one who asks. */
const askerRoles: ReadonlySet<string> = new Set(['user', 'human']);

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
  const words = share(hits, (hit) => hit.bm25InForms);
  const wordsAround = share(hits, (hit) => hit.bm25Around);
  const meaning = share(hits, meaningOf);
  const nextMeaning = share(hits, (hit) => hit.nextCosine ?? 0);
  const isNamed = namedSpeaker(hits, query);
  const isInMonth = namedMonths(query);
  const talk = shareOfTalk(hits);
  const inTalk = talk === 0 ? () => 0 : scoreInTalk(hits, query);
  const asAsked = scoreAsAsked(query);
  const amongLong = asksForOverview(query) ? lengthWeight.amongLongForOverview : lengthWeight.amongLong;
  const perLength = amongLong + (lengthWeight.inTalk - amongLong) * talk;
  const scoreOf = (hit: Of): number =>
    weights.words * words(hit) +
    weights.wordsAround * wordsAround(hit) +
    weights.meaning * meaning(hit) +
    weights.nextMeaning * nextMeaning(hit) +
    (isNamed(hit.role) ? weights.speakerNamed : 0) +
    asAsked(hit) +
    (isInMonth(hit.createdAtMs) ? weights.monthNamed : 0) +
    (hit.asks ? weights.asks : 0) +
    (hit.opensSession ? weights.opensSession : 0) +
    talk * inTalk(hit) +
    perLength * Math.max(0, lengthOf(hit) - lengthWeight.from);
  const bestFirst = hits
    .map((hit) => ({ hit, score: scoreOf(hit) }))
    .sort((a, b) => b.score - a.score || b.hit.messageId - a.hit.messageId);
  const inSessions = asksHowThingsAre(query) ? sessionsApart(bestFirst) : bestFirst;
  return sessionsByTurns(inSessions, meaning).map(({ hit }) => ({ hit, relevance: relevance(hit) }));
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

/** Of messages with an assistant: who was asked about, and how the one who asks wants to be helped. */
function scoreAsAsked(query: string): (hit: MessageHit) => number {
  const ofAsker = asksWhatAskerSaid(query);
  const help = asksForHelp(query);
  return ({ role, shortText }) =>
    (ofAsker && askerRoles.has(plainWords(role ?? '')) ? weights.saidByAsker : 0) +
    (help && shortText !== null && statesWish(shortText) ? weights.wish : 0);
}

/** A longer message gives its own context, and names a time and repeats the question's wording whatever it is about. */
function scoreInTalk<Of extends MessageHit>(hits: readonly Of[], query: string): (hit: Of) => number {
  const agreement = phraseAgreement(
    query,
    hits.map(({ shortText }) => shortText ?? ''),
  );
  const agreementOf = new Map(hits.map((hit, i) => [hit, agreement[i] as number]));
  const phrase = share(hits, (hit) => agreementOf.get(hit) as number);
  const when = asksWhen(query);
  return (hit) => {
    const covered = talkWeights.coverageAround * hit.coverageAround;
    if (hit.shortText === null) return covered;
    return (
      covered +
      talkWeights.phrase * phrase(hit) +
      (hit.followsQuestion ? talkWeights.followsQuestion : 0) +
      (when && namesTime(hit.shortText) ? talkWeights.tellsWhen : 0)
    );
  };
}

/** How far the candidates are the short messages of people who talk: 1, or 0 where they are an assistant's pages. */
function shareOfTalk(hits: readonly MessageHit[]): number {
  const { short, long } = typicalLength;
  if (hits.length === 0) return 1;
  const typical = hits.reduce((sum, hit) => sum + lengthOf(hit), 0) / hits.length;
  return Math.min(1, Math.max(0, (long - typical) / (long - short)));
}

function lengthOf({ textLength }: MessageHit): number {
  return Math.log(1 + textLength);
}
