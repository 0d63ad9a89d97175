import { expect, test } from 'vitest';
import { rankedMessages, withFallingRelevance } from '../../src/domain/chat-ranking.ts';
import type { MessageHit } from '../../src/domain/ports.ts';

function message(messageId: number, given: Partial<MessageHit> = {}): MessageHit {
  return {
    messageId,
    session: 's1',
    role: 'user',
    bm25: 5,
    cosine: 0.4,
    bm25Around: 5,
    bm25InForms: 5,
    coverageAround: 0.5,
    nextCosine: 0.2,
    asks: false,
    followsQuestion: false,
    opensSession: false,
    shortText: 'It listens somewhere.',
    textLength: 120,
    createdAtMs: Date.parse('2023-05-08T12:00:00Z'),
    ...given,
  };
}

const order = (hits: MessageHit[], query = 'which port') =>
  rankedMessages(hits, query).map(({ hit }) => hit.messageId);

test.each<[string, Partial<MessageHit>]>([
  ['holds more of the words', { bm25InForms: 9 }],
  ['has more of the words around it', { bm25Around: 9 }],
  ['has rarer words in it or around it', { coverageAround: 0.8 }],
  ['opens its session', { opensSession: true }],
  ['is nearer in meaning', { cosine: 0.6 }],
  ['is answered by what is nearer in meaning', { nextCosine: 0.5 }],
  ['follows a question', { followsQuestion: true }],
  ['is longer among short ones', { textLength: 240 }],
])('what %s comes first', (_, better) => {
  expect(order([message(1, better), message(2)])).toEqual([1, 2]);
});

test('a question comes behind, and of equal messages the newer comes first', () => {
  expect(order([message(1), message(2, { asks: true })])).toEqual([1, 2]);
  expect(order([message(1), message(2)])).toEqual([2, 1]);
});

test('who and when a question names count', () => {
  const byGrace = message(1, { role: 'Grace' });
  const byAda = message(2, { role: 'Ada' });
  expect(order([byGrace, byAda], "What is Grace's plan?")).toEqual([1, 2]);
  expect(order([byGrace, byAda], 'What do Grace and Ada plan?')).toEqual([2, 1]);
  const inJune = message(3, { createdAtMs: Date.parse('2023-06-01T12:00:00Z') });
  expect(order([message(1), inJune], 'the plan of May 2023, in May')).toEqual([1, 3]);
});

test('a word that every conversation has for a role names no speaker', () => {
  expect(order([message(1), message(2, { role: 'assistant' })], 'where is the user table')).toEqual([2, 1]);
});

test('among long messages the shorter one comes first', () => {
  expect(order([message(1, { textLength: 900 }), message(2, { textLength: 9_000 })])).toEqual([1, 2]);
});

test('in an overview of long messages their length does not count', () => {
  const hits = [message(1, { textLength: 900 }), message(2, { textLength: 9_000 })];
  expect(order(hits, 'a summary of the port')).toEqual([2, 1]);
});

test('what the one who asks has said is in messages of the user', () => {
  const hits = [message(1), message(2, { role: 'assistant', cosine: 0.6 })];
  expect(order(hits, 'Which port did I mention?')).toEqual([1, 2]);
  expect(order(hits, 'Which port did you mention?')).toEqual([2, 1]);
});

test('who asks for help is reminded of what they wish', () => {
  const hits = [message(1, { shortText: 'Always name the port.' }), message(2, { cosine: 0.6 })];
  expect(order(hits, 'Can you start it?')).toEqual([1, 2]);
  expect(order(hits, 'Who started it?')).toEqual([2, 1]);
});

test('how things are is told by several sessions', () => {
  const hits = [message(1, { session: 's2' }), message(2, { cosine: 0.42 }), message(3, { cosine: 0.43 })];
  expect(order(hits, 'Which ports are open?')).toEqual([3, 1, 2]);
  expect(order(hits, 'Which ports did they open?')).toEqual([3, 2, 1]);
});

test("what repeats the question's wording comes first", () => {
  const repeats = message(1, { shortText: 'I know which port.' });
  expect(order([repeats, message(2), message(3)])).toEqual([1, 3, 2]);
});

test('a question about a time prefers what names one', () => {
  const hits = [message(1, { shortText: 'It moved last week.' }), message(2, { shortText: 'It moved.' })];
  expect(order(hits, 'When did the port move?')).toEqual([1, 2]);
  expect(order(hits, 'Where did the port move?')).toEqual([2, 1]);
});

test('among long messages and of a long message the text is not looked at', () => {
  const long = { textLength: 9_000, shortText: null };
  const followed = message(1, { ...long, followsQuestion: true, coverageAround: 0.9 });
  expect(order([followed, message(2, long)])).toEqual([2, 1]);
  const short = [1, 2, 3, 4, 5, 6].map((id) => message(id, { textLength: 100 }));
  const oneLong = { textLength: 700, shortText: null };
  const [first, second] = order([
    message(7, { ...oneLong, followsQuestion: true }),
    message(8, oneLong),
    ...short,
  ]);
  expect([first, second]).toEqual([8, 7]);
});

test('without vectors the words decide, and without words the vectors', () => {
  const lexical = [
    message(1, { cosine: null, nextCosine: null, bm25: 3, bm25InForms: 3 }),
    message(2, { cosine: null, nextCosine: null }),
  ];
  expect(order(lexical)).toEqual([2, 1]);
  const noWords = { bm25: 0, bm25Around: 0, bm25InForms: 0, coverageAround: 0 };
  const dense = [message(1, noWords), message(2, { ...noWords, cosine: 0.1 })];
  expect(order(dense)).toEqual([1, 2]);
  expect(order([])).toEqual([]);
});

test('relevance never rises down the list, and is that of the hits shown', () => {
  const hits = [message(1, { cosine: 0.3, bm25Around: 50 }), message(2, { cosine: 0.5 })];
  const shown = rankedMessages(hits, 'which port');
  expect(shown.map(({ hit }) => hit.messageId)).toEqual([1, 2]);
  const dealt = withFallingRelevance(shown);
  expect(dealt.map(({ hit }) => hit.messageId)).toEqual([1, 2]);
  expect(dealt.map(({ relevance }) => relevance)).toEqual([0.55, 0.35]);
});
