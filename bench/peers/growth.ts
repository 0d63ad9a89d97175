import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { millisecondsOf } from '../measure.ts';
import type { StdioServer } from '../stdio-server.ts';
import { inFolder } from './in-folder.ts';
import { type Note, type Peer, startedPeer, storeAll } from './peer.ts';
import type { Samples } from './rounds.ts';

/** At one number of stored notes: single calls, and what the store takes on disk. */
export interface SizeSample {
  notes: number;
  storeMs: number[];
  searchMs: number[];
  /** Processor time of the server a call, on average: what another load of the machine does not change. */
  storeProcessorMs: number;
  searchProcessorMs: number;
}

export interface GrowthSample {
  sizes: SizeSample[];
  /** Of the whole folder after the server has ended, at the largest number of notes. */
  diskBytes: number;
}

export interface GrowthWork {
  notes: readonly Note[];
  /** Numbers of notes to measure at, rising; the last one needs so many notes. */
  sizes: readonly number[];
  questions: readonly string[];
  /** Of the notes before each size, so many are stored one by one with the clock running. */
  timedStores: number;
}

const asked = { count: 10 };

/** A server being filled, and what was measured of it so far. */
interface Growing {
  peer: Peer;
  folder: string;
  server: StdioServer;
  sizes: SizeSample[];
}

/**
 * Fills each server's store and stops at each size for single calls. Those go to all servers in turn, so that
 * whatever else the machine does at the time meets all of them alike.
 */
export async function measureGrowth(
  peers: readonly Peer[],
  work: GrowthWork,
  roundCount: number,
): Promise<Samples<GrowthSample>> {
  const samples: Samples<GrowthSample> = Object.fromEntries(peers.map(({ name }) => [name, []]));
  for (let round = 0; round < roundCount; round++) {
    await inFolder(async (folder) => {
      for (const [name, sample] of await growTogether(peers, work, folder)) samples[name]?.push(sample);
    });
  }
  return samples;
}

async function growTogether(
  peers: readonly Peer[],
  work: GrowthWork,
  folder: string,
): Promise<[name: string, GrowthSample][]> {
  const growing: Growing[] = [];
  for (const [index, peer] of peers.entries()) {
    const own = join(folder, String(index));
    mkdirSync(own);
    growing.push({ peer, folder: own, server: await startedPeer(peer, own), sizes: [] });
  }
  let stored = 0;
  for (const size of work.sizes) {
    const untimed = Math.max(stored, size - work.timedStores);
    for (const { peer, server } of growing) await storeAll(peer, server, work.notes.slice(stored, untimed));
    await callInTurn(growing, work.notes.slice(untimed, size), work.questions, size);
    stored = size;
  }
  for (const { server } of growing) await server.end();
  return growing.map(({ peer, folder, sizes }) => [peer.name, { sizes, diskBytes: bytesBelow(folder) }]);
}

async function callInTurn(
  growing: readonly Growing[],
  notes: readonly Note[],
  questions: readonly string[],
  size: number,
): Promise<void> {
  const none = { storeProcessorMs: Number.NaN, searchProcessorMs: Number.NaN };
  for (const { sizes } of growing) sizes.push({ notes: size, storeMs: [], searchMs: [], ...none });
  const beforeStores = growing.map(({ server }) => server.processorMs());
  const inTurn = (turn: number) => (turn % 2 === 0 ? growing : growing.toReversed());
  for (const [turn, note] of notes.entries()) {
    for (const { peer, server, sizes } of inTurn(turn)) {
      sizes.at(-1)?.storeMs.push(await millisecondsOf(() => peer.store(server, note)));
    }
  }
  for (const [i, { server, sizes }] of growing.entries()) {
    const spent = server.processorMs() - (beforeStores[i] as number);
    Object.assign(sizes.at(-1) as SizeSample, { storeProcessorMs: spent / notes.length });
  }
  // The first search after a write may have to catch up; it is not the one that is measured.
  for (const { peer, server } of growing) await peer.search(server, questions[0] as string, asked);
  const beforeSearches = growing.map(({ server }) => server.processorMs());
  for (const [turn, question] of questions.entries()) {
    for (const { peer, server, sizes } of inTurn(turn)) {
      sizes.at(-1)?.searchMs.push(await millisecondsOf(() => peer.search(server, question, asked)));
    }
  }
  for (const [i, { server, sizes }] of growing.entries()) {
    const spent = server.processorMs() - (beforeSearches[i] as number);
    Object.assign(sizes.at(-1) as SizeSample, { searchProcessorMs: spent / questions.length });
  }
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(folder, 'cache')))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
