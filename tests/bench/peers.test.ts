import { expect, test } from 'vitest';
import { measureCalls } from '../../bench/peers/calls.ts';
import { measureGrowth } from '../../bench/peers/growth.ts';
import { ltmc } from '../../bench/peers/ltmc.ts';
import { measureMemory } from '../../bench/peers/memory.ts';
import { measureQuality } from '../../bench/peers/quality.ts';
import { rounds } from '../../bench/peers/rounds.ts';
import { measureStart, measureToolList } from '../../bench/peers/start.ts';
import { peerTables } from '../../bench/peers/tables.ts';
import { measurePipelined, measureTwoProcesses } from '../../bench/peers/writes.ts';
import type { DataSet } from '../../bench/retrieval/data-sets.ts';

const facts = [
  ['The lighthouse keeper paints the gallery railing every April.', 'When is the railing painted?'],
  ['Our bakery mixes rye dough at four in the morning.', 'At what hour is rye dough mixed?'],
  ['The violin was repaired by a luthier in Cremona.', 'Who repaired the violin?'],
  ['Snow closed the mountain pass for eleven days.', 'How long was the mountain pass closed?'],
] as const;
const notes = facts.map(([text], index) => ({ id: `note-${index}`, text }));
const conversation = 'facts';
const set: DataSet = {
  name: 'facts',
  stored: 'memories',
  items: facts.map(([text], index) => ({
    id: `fact-${index}`,
    text,
    conversation,
    session: conversation,
    speaker: '',
    at: null,
  })),
  questions: facts.map(([, text], index) => ({
    id: `q${index}`,
    kind: 'plain',
    text,
    gold: [`fact-${index}`],
    conversation,
  })),
};
const charactersOf = (text: string) => text.length;

test('every arm is measured once a round, each second round the other way round', async () => {
  const order: string[] = [];
  const arm = (name: string) => async () => order.push(name);
  const samples = await rounds(3, { a: arm('a'), b: arm('b') });
  expect(order.join('')).toBe('abbaab');
  expect(samples).toEqual({ a: [1, 4, 5], b: [2, 3, 6] });
});

test('start, tools and warm calls are measured', async () => {
  const started = await measureStart([ltmc], 1);
  const lists = await measureToolList([ltmc], charactersOf);
  expect(lists.ltmc?.tools).toBe(28);
  const table = peerTables.start({ started, lists });
  expect(table.split('\n')).toHaveLength(4);
  const calls = await measureCalls([ltmc], 5, 1);
  expect(calls.ltmc?.[0]).toHaveLength(5);
  expect(peerTables.calls(calls)).toContain('| ltmc ');
});

test('writes at once and by two processes are counted, acknowledged and kept', async () => {
  const pipelined = await measurePipelined([ltmc], 6, 1);
  const twoProcesses = await measureTwoProcesses([ltmc], 4, 1);
  expect([pipelined, twoProcesses]).toEqual([
    { ltmc: [{ acknowledged: 6, kept: 6 }] },
    { ltmc: [{ acknowledged: 8, kept: 8 }] },
  ]);
  expect(peerTables.writes({ writes: 6, pipelined, twoProcesses })).toContain('| 6 ');
});

test('memory is measured idle, used, and of several servers together', async () => {
  const memory = await measureMemory([ltmc], notes, 2, 1);
  const [sample] = memory.ltmc ?? [];
  expect(sample?.together.processes).toBe(2 * (sample?.idle.processes ?? 0));
  expect(peerTables.memory(memory)).toContain('| ltmc ');
});

test('growth is measured at each size', async () => {
  const work = { notes, sizes: [2, 4], questions: ['Who repaired the violin?'], timedStores: 1 };
  const growth = await measureGrowth([ltmc], work, 1);
  const [sample] = growth.ltmc ?? [];
  expect(
    sample?.sizes.map(({ notes, storeMs, searchMs }) => [notes, storeMs.length, searchMs.length]),
  ).toEqual([
    [2, 1, 1],
    [4, 1, 1],
  ]);
  expect(sample?.diskBytes).toBeGreaterThan(0);
  expect(peerTables.growth(growth).match(/\| ltmc /g)).toHaveLength(2);
});

test('quality is scored beside single arms, and silence counted', async () => {
  const nothing = {
    id: 'other',
    kind: 'other',
    text: 'Which planet has the most moons?',
    gold: [],
    conversation,
  };
  const arms = await measureQuality([ltmc], set, [nothing], charactersOf);
  expect(arms.map(({ arm }) => arm)).toEqual([
    'ltmc',
    'ltmc, weak hits too',
    'ltmc, BM25 alone',
    'ltmc, dense alone',
  ]);
  expect(arms.map(({ questions, recallAt5 }) => [questions, recallAt5])).toEqual(arms.map(() => [4, 1]));
  expect(arms[0]).toMatchObject({ refused: 0, unanswerable: 1, silent: 1 });
  expect(peerTables.quality({ facts: arms })).toContain('| 1 of 1 ');
});
