import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextTokenizer } from '../../src/embedding/text-tokenizer.ts';
import { segmentEnd, segments } from '../../src/embedding/token-boundaries.ts';
import { tokenMap } from '../../src/embedding/token-map.ts';
import { limits } from '../../src/limits.ts';
import { modelsDir, openEmbedder } from './embedder-fixture.ts';

const tokenizerJson = JSON.parse(readFileSync(join(modelsDir, 'tokenizer.json'), 'utf8')) as object;
const reference = new Tokenizer(tokenizerJson, {});
const tokenizer = new TextTokenizer(tokenizerJson);
const idsOf = (text: string): number[] => reference.encode(text, { add_special_tokens: false }).ids;

/** Characters that decide something in the tokenizer, in every combination, beside any Unicode at all. */
const awkward = fc.constantFrom(
  ...' \t\n\r\u000b\u000c\u0085\u00a0\u2003\u2028\u3000\ufeff\u200b\u0000\u001f\ufffd',
  ...".,:;'`^-_/()[]{}<>#",
  ...'aAzZ09ΣσςΑİßéﬁ中文日本語한글กม😀𠀀\u0301\u0308\u0903\u302e\u1fef\u037e',
  ...['[SEP]', '[CLS]', '[MASK]', '[sep]', '[SE', 'ΑΣ.Α', 'the ', 'enthusiastically', 'un'],
  ...['a'.repeat(59), 'b'.repeat(61), 'c'.repeat(101), 'Σ'.repeat(70), '中'.repeat(30), ' '.repeat(70)],
  ...[
    '\ud800',
    '\udc00',
    '😀'.repeat(33),
    'q1w2e3r4t5y6u7i8'.repeat(8),
    '/usr/lib/node_modules/x-y_z.test.ts:12',
  ],
);
const texts = fc.oneof(
  fc.array(awkward, { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.oneof(awkward, fc.string({ unit: 'grapheme', maxLength: 20 })), { maxLength: 20 })
    .map((parts) => parts.join('')),
);
const runs = { numRuns: 1_500 };

test('a slice between piece boundaries never has more tokens than its pieces together', () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat(), (text, first, second) => {
      const { ends, tokens } = tokenMap(text, tokenizer);
      expect(tokens).toHaveLength(ends.length);
      const [from, to] = [first % (ends.length + 1), second % (ends.length + 1)].sort((a, b) => a - b) as [
        number,
        number,
      ];
      const offsetOf = (piece: number): number => (piece === 0 ? 0 : ends[piece - 1]!);
      const sum = tokens.subarray(from, to).reduce((total, count) => total + count, 0);
      expect(idsOf(text.slice(offsetOf(from), offsetOf(to))).length).toBeLessThanOrEqual(sum);
      // And the whole, and each piece alone.
      expect(idsOf(text).length).toBeLessThanOrEqual(tokens.reduce((total, count) => total + count, 0));
      for (let piece = 0; piece < ends.length; piece++) {
        expect(idsOf(text.slice(offsetOf(piece), ends[piece])).length).toBeLessThanOrEqual(tokens[piece]!);
      }
    }),
    runs,
  );
});

test('a capital sigma looks through punctuation for the end of its word', () => {
  // "ος" is one token at the end of a word only, and the full stops do not end these words.
  const word = `${'αΟΣ.'.repeat(20)}α`;
  const { tokens } = tokenMap(word, tokenizer);
  expect(idsOf('αΟΣ')).toHaveLength(2);
  expect(tokens.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(idsOf(word).length);
  expect(tokenizer.count(word)).toBe(idsOf(word).length);
});

test('pieces cover the text in order, are short, and never end inside a surrogate pair', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const { ends } = tokenMap(text, tokenizer);
      let start = 0;
      for (const end of ends) {
        expect(end).toBeGreaterThan(start);
        // One more than the limit where a pair would be split.
        expect(end - start).toBeLessThanOrEqual(limits.tokenPieceCharactersMax + 1);
        const isInsidePair =
          /[\ud800-\udbff]/.test(text[end - 1]!) && /[\udc00-\udfff]/.test(text[end] ?? '');
        expect(isInsidePair).toBe(false);
        start = end;
      }
      expect(start).toBe(text.length);
    }),
    runs,
  );
});

test('pieces of prose are its words, counted exactly', () => {
  const text = '  Long-term memory,\n\nfor   coding agents: enthusiastically remembered.';
  const { ends, tokens } = tokenMap(text, tokenizer);
  const pieces = [...ends].map((end, index) => text.slice(index === 0 ? 0 : ends[index - 1], end));
  expect(pieces).toEqual([
    '  ',
    'Long-term ',
    'memory,\n\n',
    'for   ',
    'coding ',
    'agents: ',
    'enthusiastically ',
    'remembered.',
  ]);
  expect(tokens.reduce((sum, count) => sum + count)).toBe(idsOf(text).length);
});

test('segments have the tokens of the text, whatever their length', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 80 }), (text, lengthMax) => {
      const parts = [...segments(text, lengthMax)];
      expect(parts.join('')).toBe(text);
      expect(parts.flatMap(idsOf)).toEqual(idsOf(text));
    }),
    runs,
  );
});

test('a segment keeps to its length where there is any boundary, and goes on to the next where not', () => {
  expect(segmentEnd('aaa bbb ccc', 0, 5)).toBe(4);
  expect(segmentEnd('aaaaaaaa bbb', 0, 5)).toBe(9);
  expect(segmentEnd('aaaaaaaa', 0, 5)).toBe(8);
});

test('counting agrees with the tokenizer on the whole text', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(tokenizer.count(text)).toBe(idsOf(text).length);
    }),
    runs,
  );
});

test('the ids the model reads are the first of the whole text, 256 with both ends', () => {
  fc.assert(
    fc.property(fc.array(texts, { minLength: 0, maxLength: 12 }), (parts) => {
      const text = parts.join(' ');
      expect(tokenizer.encode(text)).toEqual([101, ...idsOf(text).slice(0, 254), 102]);
    }),
    { numRuns: 300 },
  );
  expect(tokenizer.encode('')).toEqual([101, 102]);
  expect(tokenizer.encode('word '.repeat(400))).toHaveLength(256);
  expect(tokenizer.encode('word '.repeat(150))).toHaveLength(152);
});

test.each(['.', "'", '[]', 'a.b.'])(
  'a megabyte of %j, which is cut nowhere, has its first ids too',
  (part) => {
    const ids = tokenizer.encode(part.repeat(1_000_000 / part.length));
    expect(ids).toEqual([101, ...idsOf(part.repeat(400)).slice(0, 254), 102]);
  },
);

test('through the worker a megabyte has the same map and count as in one piece', async () => {
  const embedder = openEmbedder();
  const prose = readFileSync(join(modelsDir, 'build_onnx.py'), 'utf8');
  const text = prose.repeat(Math.ceil(1_000_000 / prose.length)).slice(0, 1_000_000);

  const [map, counts] = await Promise.all([
    embedder.tokenMap(text),
    embedder.countTokens([text, '', 'two words']),
  ]);

  expect(map.ends.at(-1)).toBe(text.length);
  expect(counts).toEqual([tokenizer.count(text), 0, 2]);
  expect(map.tokens.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(counts[0]!);
  expect(embedder.status().state).toBe('idle');
});

test('no text and no texts need no worker', async () => {
  const embedder = openEmbedder({ workerFile: '/no/such/worker.js' });
  expect(await embedder.tokenMap('')).toEqual({ ends: new Uint32Array(0), tokens: new Uint32Array(0) });
  expect(await embedder.countTokens([])).toEqual([]);
  expect(await embedder.countTokens(['', ''])).toEqual([0, 0]);
});
