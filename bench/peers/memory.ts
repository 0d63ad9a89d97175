import { setTimeout as wait } from 'node:timers/promises';
import { limits } from '../../src/limits.ts';
import type { ProcessMemory } from '../process-memory.ts';
import type { StdioServer } from '../stdio-server.ts';
import { inFolder } from './in-folder.ts';
import { ltmc } from './ltmc.ts';
import { type Note, type Peer, storeAll } from './peer.ts';
import { rounds, type Samples } from './rounds.ts';

export interface MemorySample {
  /** After tools/list, nothing called yet. */
  idle: ProcessMemory;
  /** After so many notes were stored and searched. */
  used: ProcessMemory;
  /** Of several idle servers on one store, together. */
  together: ProcessMemory;
}

/** Of every process that the server consists of. */
export function measureMemory(
  peers: readonly Peer[],
  notes: readonly Note[],
  serversTogether: number,
  roundCount: number,
): Promise<Samples<MemorySample>> {
  const arms = peers.map((peer) => [
    peer.name,
    () => inFolder((folder) => measureOnce(peer, notes, serversTogether, folder)),
  ]);
  return rounds(roundCount, Object.fromEntries(arms));
}

async function measureOnce(
  peer: Peer,
  notes: readonly Note[],
  serversTogether: number,
  folder: string,
): Promise<MemorySample> {
  const servers = [];
  for (let i = 0; i < serversTogether; i++) servers.push(await idleServer(peer, folder));
  const each = servers.map((server) => server.memory());
  for (const server of servers) await server.end();
  const together = {
    processes: total(each.map(({ processes }) => processes)),
    residentMegabytes: total(each.map(({ residentMegabytes }) => residentMegabytes)),
    proportionalMegabytes: total(each.map(({ proportionalMegabytes }) => proportionalMegabytes)),
  };
  const server = await idleServer(peer, folder);
  const idle = server.memory();
  await use(peer, server, notes);
  const used = server.memory();
  await server.end();
  return { idle, used, together };
}

/** LTMC alone holds something that it gives back: its model. Waits as long as that takes. */
export function measureAfterIdle(notes: readonly Note[]): Promise<ProcessMemory> {
  return inFolder(async (folder) => {
    const server = await idleServer(ltmc, folder);
    await use(ltmc, server, notes);
    await wait(limits.modelIdleMs + 10_000);
    const memory = server.memory();
    await server.end();
    return memory;
  });
}

async function idleServer(peer: Peer, folder: string): Promise<StdioServer> {
  const server = peer.start(folder);
  await server.initialize();
  await server.request('tools/list');
  return server;
}

async function use(peer: Peer, server: StdioServer, notes: readonly Note[]): Promise<void> {
  await peer.begin(server);
  await storeAll(peer, server, notes);
  for (const { text } of notes) await peer.search(server, text.slice(0, 40), {});
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
