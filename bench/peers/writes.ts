import type { StdioServer } from '../stdio-server.ts';
import { inFolder } from './in-folder.ts';
import { type Note, type Peer, startedPeer } from './peer.ts';
import { rounds, type Samples } from './rounds.ts';

export interface WritesSample {
  acknowledged: number;
  /** In the files after every process has ended. */
  kept: number;
}

/** Writes sent without waiting for answers, in one process. */
export function measurePipelined(peers: readonly Peer[], count: number, roundCount: number) {
  return measure(peers, roundCount, async (peer, folder) => {
    const server = await startedPeer(peer, folder);
    const outcomes = await Promise.allSettled(notes('one', count).map((note) => peer.store(server, note)));
    await server.end();
    return outcomes.filter(({ status }) => status === 'fulfilled').length;
  });
}

/** Two processes on one store at the same time, each waiting for its answers. */
export function measureTwoProcesses(peers: readonly Peer[], count: number, roundCount: number) {
  return measure(peers, roundCount, async (peer, folder) => {
    const servers = [await startedPeer(peer, folder), await startedPeer(peer, folder)];
    const acknowledged = await Promise.all(
      servers.map((server, i) => writtenInTurn(peer, server, notes(`process-${i}`, count))),
    );
    for (const server of servers) await server.end();
    return acknowledged.reduce((sum, each) => sum + each, 0);
  });
}

function measure(
  peers: readonly Peer[],
  roundCount: number,
  write: (peer: Peer, folder: string) => Promise<number>,
): Promise<Samples<WritesSample>> {
  const arms = peers.map((peer) => [
    peer.name,
    () =>
      inFolder(async (folder) => {
        const acknowledged = await write(peer, folder);
        return { acknowledged, kept: await peer.notesIn(folder) };
      }),
  ]);
  return rounds(roundCount, Object.fromEntries(arms));
}

async function writtenInTurn(peer: Peer, server: StdioServer, all: readonly Note[]): Promise<number> {
  let acknowledged = 0;
  for (const note of all) {
    acknowledged += await peer.store(server, note).then(
      () => 1,
      () => 0,
    );
  }
  return acknowledged;
}

function notes(writer: string, count: number): Note[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `${writer}-${n}`,
    text: `The note of ${writer} with the number ${n}, as long as a short remark is.`,
  }));
}
