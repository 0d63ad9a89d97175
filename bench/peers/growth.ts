import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { millisecondsOf } from '../measure.ts';
import { inFolder } from './in-folder.ts';
import { type Note, type Peer, startedPeer, storeAll } from './peer.ts';
import { rounds, type Samples } from './rounds.ts';

/** At one number of stored notes: single calls, and what the store takes on disk. */
export interface SizeSample {
  notes: number;
  storeMs: number[];
  searchMs: number[];
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

/** Fills each server's store and stops at each size for searches. */
export function measureGrowth(
  peers: readonly Peer[],
  work: GrowthWork,
  roundCount: number,
): Promise<Samples<GrowthSample>> {
  const arms = peers.map((peer) => [peer.name, () => inFolder((folder) => growOnce(peer, work, folder))]);
  return rounds(roundCount, Object.fromEntries(arms));
}

async function growOnce(peer: Peer, work: GrowthWork, folder: string): Promise<GrowthSample> {
  const server = await startedPeer(peer, folder);
  const sizes: SizeSample[] = [];
  let stored = 0;
  for (const size of work.sizes) {
    const untimed = size - work.timedStores;
    await storeAll(peer, server, work.notes.slice(stored, untimed));
    const storeMs: number[] = [];
    for (const note of work.notes.slice(Math.max(stored, untimed), size)) {
      storeMs.push(await millisecondsOf(() => peer.store(server, note)));
    }
    stored = size;
    // The first search after a write may have to catch up; it is not the one that is measured.
    await peer.search(server, work.questions[0] as string, { count: 10 });
    const searchMs: number[] = [];
    for (const question of work.questions) {
      searchMs.push(await millisecondsOf(() => peer.search(server, question, { count: 10 })));
    }
    sizes.push({ notes: size, storeMs, searchMs });
  }
  await server.end();
  return { sizes, diskBytes: bytesBelow(folder) };
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(folder, 'cache')))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
