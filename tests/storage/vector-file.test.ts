import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { GroupedVectors } from '../../src/storage/sqlite/grouped-vectors.ts';
import { segmentBytes } from '../../src/storage/sqlite/slot-addresses.ts';
import {
  isVectorFileUseless,
  readVectorFile,
  readVectorFileHeader,
  type VectorFileState,
  writeVectorFile,
} from '../../src/storage/sqlite/vector-file.ts';
import type { VectorGroup } from '../../src/storage/sqlite/vector-groups.ts';
import { dot, randomFrom, unitVector } from './made-vectors.ts';
import { temporaryFolder } from './temporary-folder.ts';

const groups: VectorGroup[] = [
  { ownerKind: 'chunk', role: 'text', project: null, modelHash: 'a' },
  { ownerKind: 'pattern', role: 'prompt', project: 'atlas ü', modelHash: 'a' },
];
const everyChunk = { ownerKind: 'chunk', scope: 'all', modelHashes: undefined, owners: null } as const;
const everyPattern = { ...everyChunk, ownerKind: 'pattern' } as const;
const state: VectorFileState = { storeId: 'a store', key: 'a key', lastChange: 7 };
const noTurn = async () => {};

function madeVectors(count: number): GroupedVectors {
  const vectors = new GroupedVectors();
  for (let id = 1; id <= count; id++)
    vectors.set(id, id, groups[id % 3 === 0 ? 1 : 0] as VectorGroup, unitVector(id));
  return vectors;
}

function readWhole(path: string, fits: (found: VectorFileState) => boolean = () => true) {
  const reading = readVectorFile(path, fits);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

async function writtenFile(count = 5_000): Promise<{ path: string; vectors: GroupedVectors }> {
  const path = join(temporaryFolder(), 'made.vectors');
  const vectors = madeVectors(count);
  await writeVectorFile(path, state, vectors, noTurn);
  return { path, vectors };
}

/** Answers to some questions. Nothing in them depends on the slots that the vectors lie in. */
function answers(vectors: GroupedVectors) {
  return [1, 2, 3].map((seed) => {
    const asked = unitVector(900_000 + seed);
    return [everyChunk, everyPattern].map((filter) => vectors.nearest(asked, filter, 20));
  });
}

describe('a file of vectors', () => {
  test('gives the vectors back, which go on changing as before', async () => {
    const { path, vectors } = await writtenFile();
    const read = readWhole(path);
    expect(read?.state).toMatchObject(state);
    const found = read?.vectors as GroupedVectors;
    expect(found.size).toBe(5_000);
    expect(answers(found)).toEqual(answers(vectors));
    for (const both of [vectors, found]) {
      for (let id = 1; id <= 700; id++) both.delete(id * 7);
      for (let id = 6_000; id < 7_000; id++) both.set(id, id, groups[id % 2] as VectorGroup, unitVector(id));
      both.set(11, 11, groups[1] as VectorGroup, unitVector(900_001));
    }
    expect(found.size).toBe(vectors.size);
    expect(answers(found)).toEqual(answers(vectors));
  });

  test('of nothing is a file of nothing', async () => {
    const path = join(temporaryFolder(), 'made.vectors');
    await writeVectorFile(path, state, new GroupedVectors(), noTurn);
    expect(readWhole(path)?.vectors.size).toBe(0);
  });

  test('that does not fit is not read', async () => {
    const { path } = await writtenFile(64);
    expect(readWhole(path, ({ key }) => key === 'another')).toBeNull();
    expect(isVectorFileUseless(path)).toBe(false);
    expect(isVectorFileUseless(join(temporaryFolder(), 'none'))).toBe(false);
  });

  const lengthAt = 8;
  const headerAt = 16;
  const headerEnd = (bytes: Buffer) => headerAt + bytes.readUInt32LE(lengthAt);
  const withHeader = (bytes: Buffer, change: (header: Record<string, unknown>) => unknown): Buffer => {
    const header = JSON.parse(bytes.toString('utf8', headerAt, headerEnd(bytes)));
    const text = Buffer.from(JSON.stringify(change(header)));
    const begin = Buffer.from(bytes.subarray(0, headerAt));
    begin.writeUInt32LE(text.length, lengthAt);
    begin.writeUInt32LE(crc32(text), lengthAt + 4);
    return Buffer.concat([begin, text, bytes.subarray(headerEnd(bytes))]);
  };
  /** Slots of the first segment changed under a sum that is right. */
  const withSegment = (bytes: Buffer, change: (segment: Buffer) => void): Buffer => {
    const segment = bytes.subarray(headerEnd(bytes), headerEnd(bytes) + segmentBytes);
    change(segment);
    bytes.writeUInt32LE(crc32(segment), headerEnd(bytes) + segmentBytes);
    return bytes;
  };
  const rows = 4_096;
  const scalesAt = rows * 384;
  const vectorIdsAt = scalesAt + rows * 16;

  test.each<[string, (bytes: Buffer) => Buffer | string]>([
    ['empty', () => ''],
    ['something else', () => 'x'.repeat(5_000)],
    ['cut off in its mark', (bytes) => bytes.subarray(0, 5)],
    ['cut off in its header', (bytes) => bytes.subarray(0, headerAt + 20)],
    ['cut off in its rows', (bytes) => bytes.subarray(0, bytes.length - 70_000)],
    ['one byte short', (bytes) => bytes.subarray(0, bytes.length - 1)],
    ['one byte long', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])],
    ['of a later version', (bytes) => bytes.fill(2, 7, 8)],
    ['with a header beyond any size', (bytes) => bytes.fill(255, lengthAt, lengthAt + 4)],
    ['with a wrong header', (bytes) => bytes.fill(0x20, headerAt, headerAt + 1)],
    ['with a wrong row', (bytes) => bytes.fill(85, headerEnd(bytes) + 999, headerEnd(bytes) + 1_000)],
    ['with a wrong end', (bytes) => bytes.fill(85, bytes.length - 1)],
    ['of another byte order', (bytes) => withHeader(bytes, (header) => ({ ...header, byteOrder: 'BE' }))],
    ['of another model', (bytes) => withHeader(bytes, (header) => ({ ...header, dimensions: 768 }))],
    ['of other blocks', (bytes) => withHeader(bytes, (header) => ({ ...header, rowsPerBlock: 128 }))],
    ['without groups', (bytes) => withHeader(bytes, ({ groups: _, ...header }) => header)],
    ['of no object', (bytes) => withHeader(bytes, () => null)],
    ['of a group that is not there', (bytes) => withHeader(bytes, (header) => ({ ...header, groups: [] }))],
    [
      'of a group that is there twice',
      (bytes) => withHeader(bytes, (header) => ({ ...header, groups: [groups[0], groups[0]] })),
    ],
    [
      'of an id that is no number',
      (bytes) => withSegment(bytes, (segment) => segment.writeDoubleLE(Number.NaN, vectorIdsAt)),
    ],
    [
      'of an endless scale',
      (bytes) => withSegment(bytes, (segment) => segment.writeFloatLE(Number.POSITIVE_INFINITY, scalesAt)),
    ],
  ])('that is %s is not believed', async (_, damage) => {
    const { path } = await writtenFile(4_500);
    writeFileSync(path, damage(readFileSync(path)));
    expect(readWhole(path)).toBeNull();
    expect(isVectorFileUseless(path)).toBe(true);
  });

  test('cut off anywhere is not believed, and says nothing of itself', async () => {
    const { path } = await writtenFile(300);
    const whole = readFileSync(path);
    const random = randomFrom(3);
    for (let i = 0; i < 60; i++) {
      writeFileSync(path, whole.subarray(0, Math.floor(random() * whole.length)));
      expect(readWhole(path)).toBeNull();
      expect(readVectorFileHeader(path)).toBeNull();
    }
    writeFileSync(path, whole);
    expect(readVectorFileHeader(path)).toMatchObject(state);
    expect(readWhole(path)?.vectors.size).toBe(300);
  });

  test.each([1, 2, 3, 4])(
    'written while vectors change is right once those changes are taken over again (%i)',
    async (seed) => {
      const random = randomFrom(seed);
      const path = join(temporaryFolder(), 'made.vectors');
      const vectors = madeVectors(14_000);
      const changed = new Map<number, VectorGroup | null>();
      const change = async () => {
        for (let i = 0; i < 300; i++) {
          const id = 1 + Math.floor(random() * 15_000);
          const group = random() < 0.5 ? null : (groups[random() < 0.5 ? 0 : 1] as VectorGroup);
          changed.set(id, group);
          if (group === null) vectors.delete(id);
          else vectors.set(id, id, group, unitVector(id));
        }
      };
      await writeVectorFile(path, state, vectors, change);
      const read = readWhole(path)?.vectors as GroupedVectors;
      for (const [id, group] of changed) {
        if (group === null) read.delete(id);
        else read.set(id, id, group, unitVector(id));
      }
      expect(read.size).toBe(vectors.size);
      expect(answers(read)).toEqual(answers(vectors));
    },
  );

  test('holds nothing of a vector that was deleted before', async () => {
    const path = join(temporaryFolder(), 'made.vectors');
    const vectors = madeVectors(100);
    const stepsOf = (id: number) => {
      const vector = unitVector(id);
      const step = Math.max(...vector.map(Math.abs)) / 127;
      return Buffer.from(Int8Array.from(vector, (value) => Math.round(value / step)).buffer).subarray(0, 32);
    };
    vectors.delete(50);
    await writeVectorFile(path, state, vectors, noTurn);
    const bytes = readFileSync(path);
    expect(bytes.includes(stepsOf(51))).toBe(true);
    expect(bytes.includes(stepsOf(50))).toBe(false);
    const found = readWhole(path)?.vectors.nearest(unitVector(50), everyChunk, 1).owners[0];
    expect(dot(unitVector(found?.ownerId ?? 0), unitVector(50))).toBeLessThan(0.5);
  });
});
