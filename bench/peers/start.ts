import { spawn } from 'node:child_process';
import { inFolder } from './in-folder.ts';
import type { Peer } from './peer.ts';
import { rounds, type Samples } from './rounds.ts';

export interface StartSample {
  /** Process start to the answer of tools/list. */
  listedMs: number;
  residentMegabytes: number;
  /** Process start to the answer of a first search in an empty store. */
  searchedMs: number;
}

export interface ToolList {
  tools: number;
  bytes: number;
  tokens: number;
}

const bareNode = 'bare node';

/** Fresh processes, their caches filled by one start that is not counted. */
export async function measureStart(
  peers: readonly Peer[],
  roundCount: number,
): Promise<Samples<StartSample>> {
  return inFolder(async (folder) => {
    const arms: Record<string, () => Promise<StartSample>> = {
      [bareNode]: nodeAlone,
      ...Object.fromEntries(peers.map((peer) => [peer.name, () => startOnce(peer, folder)])),
    };
    for (const arm of Object.values(arms)) await arm();
    return rounds(roundCount, arms);
  });
}

async function nodeAlone(): Promise<StartSample> {
  const begunMs = performance.now();
  await new Promise((resolve) => spawn(process.execPath, ['-e', '0']).on('exit', resolve));
  const ms = performance.now() - begunMs;
  return { listedMs: ms, residentMegabytes: Number.NaN, searchedMs: Number.NaN };
}

async function startOnce(peer: Peer, folder: string): Promise<StartSample> {
  const begunMs = performance.now();
  const server = peer.start(folder);
  await server.initialize();
  await server.request('tools/list');
  const listedMs = performance.now() - begunMs;
  const { residentMegabytes } = server.memory();
  const againMs = performance.now();
  await peer.begin(server);
  await peer.search(server, 'which cache does the gateway use', {});
  const searchedMs = listedMs + performance.now() - againMs;
  await server.end();
  return { listedMs, residentMegabytes, searchedMs };
}

/** What a client's model is told of the tools, before anything is asked. */
export async function measureToolList(
  peers: readonly Peer[],
  tokensOf: (text: string) => number,
): Promise<Record<string, ToolList>> {
  const lists: Record<string, ToolList> = {};
  for (const peer of peers) {
    lists[peer.name] = await inFolder(async (folder) => {
      const server = peer.start(folder);
      await server.initialize();
      const { result } = await server.request('tools/list');
      await server.end();
      const json = JSON.stringify(result);
      return { tools: result?.tools?.length ?? 0, bytes: Buffer.byteLength(json), tokens: tokensOf(json) };
    });
  }
  return lists;
}
