import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Chunk, chunkText, joinChunks } from '../../src/domain/chunking.ts';
import type { TokenMap } from '../../src/domain/ports.ts';
import { tokensAtMost, upperBoundTokenMap } from '../../src/domain/token-bound.ts';
import { limits } from '../../src/limits.ts';

/** Words, signs and white space, a token for every five characters: shaped like the real tokenizer's map. */
function wordTokenMap(text: string): TokenMap {
  const pieces = [...text.matchAll(/\s+|[\p{L}\p{N}]+|./gsu)];
  return {
    ends: Uint32Array.from(pieces, (piece) => piece.index + piece[0].length),
    tokens: Uint32Array.from(pieces, ([piece]) => (/^\s/.test(piece) ? 0 : Math.ceil(piece.length / 5))),
  };
}

const maps = { words: wordTokenMap, bound: upperBoundTokenMap };

/** The tokens of a slice by the map it was cut with, or by the bound where a piece had to be cut. */
function tokensOf(map: TokenMap, text: string, { start, end }: Chunk): number {
  let tokens = 0;
  for (let piece = 0; piece < map.ends.length; piece++) {
    const pieceStart = map.ends[piece - 1] ?? 0;
    const [from, to] = [Math.max(start, pieceStart), Math.min(end, map.ends[piece]!)];
    if (to <= from) continue;
    const isWhole = to - from === map.ends[piece]! - pieceStart;
    tokens += isWhole ? map.tokens[piece]! : Math.min(map.tokens[piece]!, tokensAtMost(text.slice(from, to)));
  }
  return tokens;
}

function expectSound(text: string, map: TokenMap): Chunk[] {
  const chunks = chunkText(text, map);
  expect(joinChunks(chunks)).toBe(text);
  expect(chunks[0]!.start).toBe(0);
  expect(chunks.at(-1)!.end).toBe(text.length);
  for (const [index, chunk] of chunks.entries()) {
    expect(chunk.text).toBe(text.slice(chunk.start, chunk.end));
    expect(chunk.text.isWellFormed()).toBe(true);
    expect(tokensOf(map, text, chunk)).toBeLessThanOrEqual(limits.chunkTokensMax);
    const next = chunks[index + 1];
    if (next === undefined) continue;
    expect(next.start).toBeGreaterThan(chunk.start);
    expect(next.start).toBeLessThanOrEqual(chunk.end);
    expect(next.end).toBeGreaterThan(chunk.end);
    const overlap = { text: '', start: next.start, end: chunk.end };
    expect(tokensOf(map, text, overlap)).toBeLessThanOrEqual(limits.chunkOverlapTokensMax);
  }
  return chunks;
}

const prose = fc
  .array(
    fc.constantFrom('The', 'cache', 'is', 'über', 'told', 'e.g.', 'why?', 'Stop.', '结束。', '👩‍👩‍👧', 'é'),
    { maxLength: 120, size: 'max' },
  )
  .map((words) => words.join(' '));
const codeLine = fc.constantFrom(
  'export function load(path: string) {',
  '  return read(path);',
  '}',
  '',
  '# a comment',
  'class Cache:',
  '    def get(self, key):',
  '        return self.rows[key]',
  'const answer = compute(1, 2, 3);',
);
const block = fc.oneof(
  prose,
  prose,
  fc.constantFrom(
    '# Title',
    '## Part two',
    'Setext\n======',
    '---',
    '~~~',
    '```',
    '- item one',
    '| a | b |',
    '\r\n',
    '   ',
  ),
  fc.array(codeLine, { maxLength: 60, size: 'max' }).map((lines) => lines.join('\n')),
  fc.array(codeLine, { maxLength: 60, size: 'max' }).map((lines) => `\`\`\`ts\n${lines.join('\n')}\n\`\`\``),
);
const markdown = fc
  .tuple(fc.array(block, { maxLength: 12, size: 'max' }), fc.constantFrom('\n\n', '\n', '\r\n\r\n'))
  .map(([blocks, separator]) => blocks.join(separator));
const anyUnicode = fc.string({ unit: 'binary', maxLength: 2_000, size: 'max' });
const longRuns = fc
  .array(
    fc.tuple(
      fc.constantFrom(' ', '\n', 'a', '漢', '한', '\u{1f1e9}', 'e\u0301', '.', '\u0000', '\u{1F82}'),
      fc.integer({ min: 1, max: 3_000 }),
    ),
    { maxLength: 6 },
  )
  .map((runs) => runs.map(([unit, times]) => unit.repeat(times)).join(''));

describe.each(Object.keys(maps) as (keyof typeof maps)[])('chunkText with the map "%s"', (name) => {
  test.each([
    ['Markdown and code', markdown],
    ['any Unicode', anyUnicode],
    ['long runs', longRuns],
  ])('%s: covered, in order, within the limits, joined exactly', (_what, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        expectSound(text, maps[name](text));
      }),
      { numRuns: 100 },
    );
  });
});

test('any map whose pieces end outside surrogate pairs gives sound chunks', () => {
  const cases = fc
    .tuple(anyUnicode, fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 30 }))
    .map(([text, sizes]) => {
      const ends: number[] = [];
      for (let end = 0, turn = 0; end < text.length; turn++) {
        end = Math.min(text.length, end + 1 + sizes[turn % sizes.length]!);
        if (/^[\udc00-\udfff]/.test(text.slice(end))) end++;
        ends.push(end);
      }
      const starts = [0, ...ends];
      return {
        text,
        map: {
          ends: Uint32Array.from(ends),
          tokens: Uint32Array.from(ends, (end, piece) => tokensAtMost(text.slice(starts[piece], end))),
        },
      };
    });
  fc.assert(fc.property(cases, ({ text, map }) => void expectSound(text, map)));
});

test('a text that fits is one chunk, the whole text', () => {
  for (const text of [
    '',
    'x',
    '# A\n\nshort\n\n# B\n\nalso short\n',
    'word '.repeat(limits.chunkTokensMax),
  ]) {
    expect(chunkText(text, wordTokenMap(text))).toEqual([{ text, start: 0, end: text.length }]);
  }
});

const paragraph = (topic: string, sentences: number) =>
  Array.from({ length: sentences }, (_, n) => `Sentence ${n} about ${topic} says what it has to say.`).join(
    ' ',
  );

test('sections begin chunks, small ones are joined', () => {
  const text = [
    `# Intro\n\n${paragraph('intro', 8)}`,
    '## Tiny\n\nOne line.',
    `## Storage\n\n${paragraph('storage', 8)}`,
    `Network\n-------\n\n${paragraph('network', 8)}`,
  ].join('\n\n');
  const starts = chunkText(text, wordTokenMap(text)).map((chunk) => chunk.text.slice(0, 7));
  expect(starts).toEqual(['# Intro', '## Tiny', 'Network']);
});

test('a heading sign inside a fence or in code is no section', () => {
  const script = Array.from(
    { length: 20 },
    (_, n) => `# step ${n}\nrun --step ${n} --with some-argument-${n}`,
  ).join('\n');
  const text = `# Setup\n\n${paragraph('setup', 5)}\n\n\`\`\`sh\n${script}\n\`\`\`\n\n${paragraph('after', 4)}`;
  const chunks = chunkText(text, wordTokenMap(text));
  const fence = chunks.find((chunk) => chunk.text.startsWith('```sh'))!;
  for (const chunk of chunks.slice(1)) expect(chunk.text).toMatch(/^(```sh|# step|run|Sentence)/);
  expect(fence.start).toBe(text.indexOf('```sh'));
  const python = Array.from(
    { length: 30 },
    (_, n) => `def step_${n}(x):\n    # doubles ${n}\n    return x * 2 + offset_${n}\n`,
  ).join('\n');
  for (const chunk of chunkText(python, wordTokenMap(python))) expect(chunk.text).toMatch(/^def /);
});

test('a function keeps the comment above it', () => {
  const text = Array.from(
    { length: 20 },
    (_, n) =>
      `/** Loads part ${n}.\n * @returns the part */\nexport function load${n}(path: string): string {\n  return read(path, ${n});\n}\n`,
  ).join('\n');
  for (const chunk of chunkText(text, wordTokenMap(text))) expect(chunk.text).toMatch(/^\/\*\* Loads/);
});

test('overlap only where a paragraph had to be cut, and of whole sentences', () => {
  const paragraphs = Array.from({ length: 12 }, (_, n) => paragraph(`topic ${n}`, 5)).join('\n\n');
  const cutBetween = chunkText(paragraphs, wordTokenMap(paragraphs));
  expect(cutBetween.length).toBeGreaterThan(3);
  for (const [index, chunk] of cutBetween.slice(1).entries())
    expect(chunk.start).toBe(cutBetween[index]!.end);

  const long = paragraph('one thing', 80);
  const cutInside = chunkText(long, wordTokenMap(long));
  expect(cutInside.length).toBeGreaterThan(3);
  for (const [index, chunk] of cutInside.slice(1).entries()) {
    expect(chunk.text).toMatch(/^Sentence/);
    expect(chunk.start).toBeLessThan(cutInside[index]!.end);
  }
});

test('no cut between CR and LF or inside a grapheme', () => {
  const family = '👩‍👩‍👧‍👦';
  const text = `${family.repeat(400)}${'\r\n'.repeat(9_000)}`;
  for (const chunk of chunkText(text, upperBoundTokenMap(text)).slice(0, -1)) {
    expect(text.slice(chunk.end - 1, chunk.end + 1)).not.toBe('\r\n');
    expect(text.startsWith('\u200d', chunk.end) || text[chunk.end - 1] === '\u200d').toBe(false);
  }
});

test('twenty megabytes', () => {
  const text = 'A line of words that goes on. And another sentence!\n\n'.repeat(380_000);
  const chunks = chunkText(text, upperBoundTokenMap(text));
  expect(joinChunks(chunks) === text).toBe(true);
});
