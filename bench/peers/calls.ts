import { millisecondsOf } from '../measure.ts';
import { inFolder } from './in-folder.ts';
import { type Peer, startedPeer } from './peer.ts';
import { rounds, type Samples } from './rounds.ts';

const warmingCalls = 50;

/** Milliseconds of warm calls that read a little and search nothing by meaning. */
export function measureCalls(
  peers: readonly Peer[],
  calls: number,
  roundCount: number,
): Promise<Samples<number[]>> {
  const arms = peers.map((peer) => [
    peer.name,
    () =>
      inFolder(async (folder) => {
        const server = await startedPeer(peer, folder);
        const text = 'A note, so that there is one: a sentence of the usual length.';
        await peer.store(server, { id: 'first', text });
        for (let i = 0; i < warmingCalls; i++) await peer.look(server);
        const taken: number[] = [];
        for (let i = 0; i < calls; i++) taken.push(await millisecondsOf(() => peer.look(server)));
        await server.end();
        return taken;
      }),
  ]);
  return rounds(roundCount, Object.fromEntries(arms));
}
