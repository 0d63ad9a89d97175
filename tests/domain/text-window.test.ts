import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitTexts } from '../../src/domain/fit-texts.ts';
import { type TextWindow, textWindow } from '../../src/domain/text-window.ts';
import { missingModel, realEmbedder } from './opened-memories.ts';

test('windows one behind the other give every text, character for character', async () => {
  const embedder = missingModel();
  const text = fc.string({ unit: 'binary', maxLength: 40, size: 'max' });
  await fc.assert(
    fc.asyncProperty(text, text, text, fc.integer({ min: 1, max: 9 }), async (a, b, c, maxTokens) => {
      const texts = [
        ['a', a],
        ['b', b],
        ['c', c],
      ] as const;
      const whole = { a: '', b: '', c: '' };
      for (let offset: number | undefined = 0; offset !== undefined; ) {
        const window: TextWindow<'a' | 'b' | 'c'> = await textWindow(embedder, texts, { offset, maxTokens });
        expect(window.offset).toBe(offset);
        expect(window.totalCharacters).toBe(a.length + b.length + c.length);
        for (const name of ['a', 'b', 'c'] as const) whole[name] += window.parts[name] ?? '';
        offset = window.nextOffset;
      }
      expect(whole).toEqual({ a, b, c });
    }),
    { numRuns: 100 },
  );
});

test('a text that lies outside of the window is absent', async () => {
  const texts = [
    ['title', 'abc'],
    ['body', 'def'],
  ] as const;
  const input = { offset: 3, maxTokens: 100 };
  expect(await textWindow(missingModel(), texts, input)).toEqual({
    parts: { body: 'def' },
    offset: 3,
    totalCharacters: 6,
  });
  const beyond = await textWindow(missingModel(), texts, { offset: 99, maxTokens: 100 });
  expect(beyond).toMatchObject({ parts: {} });
  expect(beyond).not.toHaveProperty('nextOffset');
});

test('texts get room in their order, a shorter one behind a longer one too', async () => {
  const embedder = realEmbedder();
  const long = 'word '.repeat(50);
  expect(await fitTexts(embedder, ['one two', long, 'three'], 10)).toEqual({
    fits: [true, false, true],
    tokensLeft: 7,
  });
  expect((await fitTexts(embedder, [], 10)).fits).toEqual([]);
  expect((await fitTexts(embedder, ['a', 'b'], 2)).fits).toEqual([true, true]);
});
