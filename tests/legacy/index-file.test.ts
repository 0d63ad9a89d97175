import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IndexFile } from '../../src/legacy/index-file.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';

const fixture = (name: string) => join(import.meta.dirname, '../fixtures/legacy', name, 'faiss_index');
const opened = (path: string) => {
  const index = IndexFile.open(path);
  if (!(index instanceof IndexFile)) throw new Error(index.problem);
  return index;
};
const problemOf = (bytes: Uint8Array) => {
  const path = join(temporaryFolder(), 'faiss_index');
  writeFileSync(path, bytes);
  const index = IndexFile.open(path);
  if (!(index instanceof IndexFile)) return index.problem;
  index.close();
  return null;
};

describe('an index file', () => {
  test.each([
    ['A-pickle', 'pickle', 94],
    ['seed-106', 'pickle', 106],
    ['C-faiss', 'faiss', 76],
  ] as const)('of %s gives its vectors', (name, format, count) => {
    const index = opened(fixture(name));
    expect([index.format, index.count]).toEqual([format, count]);
    for (const position of [0, count - 1]) {
      const vector = index.vector(position) as Float32Array;
      expect(vector).toHaveLength(384);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    }
    index.close();
  });

  test('of an older NumPy is read too', () => {
    const bytes = Buffer.from(readFileSync(fixture('A-pickle')));
    const renamed = bytes
      .toString('latin1')
      .replace('\x8c\x16numpy._core.multiarray', '\x8c\x15numpy.core.multiarray');
    expect(problemOf(Buffer.from(renamed, 'latin1'))).toBeNull();
  });

  test('that is cut off at any place is refused', () => {
    for (const name of ['A-pickle', 'C-faiss']) {
      const bytes = readFileSync(fixture(name));
      for (const length of [0, 1, 3, 10, 44, 45, 100, 1_000, bytes.length - 1]) {
        expect([name, length, problemOf(bytes.subarray(0, length))]).toEqual([
          name,
          length,
          expect.any(String),
        ]);
      }
    }
  });

  test('never runs what it names', () => {
    const proto = Buffer.from([0x80, 0x04]);
    const call = Buffer.from('\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.', 'latin1');
    expect(problemOf(Buffer.concat([proto, call]))).toContain('names code');
    expect(problemOf(Buffer.from("\x80\x02cos\nsystem\n(S'true'\ntR.", 'latin1'))).toContain('opcode');
  });

  test('with changed bytes is read or refused, and never throws', () => {
    const original = readFileSync(fixture('A-pickle'));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2_000), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 }),
        (changes) => {
          const bytes = Buffer.from(original);
          for (const [at, value] of changes) bytes[at] = value;
          const problem = problemOf(bytes);
          expect(problem === null || problem.length > 0).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});
