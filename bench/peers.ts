/**
 * npm run bench:peers -- [--data DATA_DIR] [--only a,b] [--peers a,b] [--rounds N] [--notes N] [--keep]
 *
 * LTMC beside other local memory servers that need no account and no download of a model: the same work for all,
 * through their own tools over stdio, fresh processes, the order turned round each round.
 *
 * start    process start to tools/list and to a first search; the size of the list of tools
 * calls    a warm call that searches nothing by meaning
 * writes   200 writes at once in one process; 200 in each of two processes. A write is kept when it is in the files
 *          after every process has ended
 * memory   of all processes of a server: idle, used, ten idle ones together
 * idle     LTMC's memory after its model was given back; waits for that
 * growth   store and search as notes grow in number, and their disk
 * quality  needs --data: recall on DevBench and on CodeRAG-Bench's canonical sets, questions that nothing answers,
 *          the size of answers
 *
 * --only a,b   some of these      --peers a,b  some of the servers      --rounds N  instead of each one's own
 * --notes N    the largest number of notes for growth
 * --keep       keeps the raw results in bench/results
 *
 * Peers are installed into the user's cache, with their exact versions, without running install scripts.
 */
import { parseArgs } from 'node:util';
import { seededRandom } from './calibration/seeded-random.ts';
import { largeModelTokens } from './large-model-tokens.ts';
import { machine } from './measure.ts';
import { measureCalls } from './peers/calls.ts';
import { everyPeer } from './peers/every-peer.ts';
import { measureGrowth } from './peers/growth.ts';
import { measureAfterIdle, measureMemory } from './peers/memory.ts';
import type { Note } from './peers/peer.ts';
import { measureQuality } from './peers/quality.ts';
import { measureStart, measureToolList } from './peers/start.ts';
import { type PeerSection, peerTables } from './peers/tables.ts';
import { measurePipelined, measureTwoProcesses } from './peers/writes.ts';
import { realText } from './real-text.ts';
import { writeResults } from './results.ts';
import { readDataSet } from './retrieval/data-sets.ts';
import { foreignQuestions } from './retrieval/foreign-questions.ts';
import './usage.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    only: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string' },
    notes: { type: 'string', default: '5000' },
    keep: { type: 'boolean', default: false },
  },
});
const writes = 200;
const warmCalls = 300;
/** As long as a note that an agent writes: a sentence or two. */
const noteCharacters = 200;
const timedCalls = 40;

const text = realText(seededRandom(20261122));
const chosen = values.peers?.split(',') ?? Object.keys(everyPeer);
const peers = chosen.map((name) => {
  const peer = everyPeer[name];
  if (peer === undefined)
    throw new Error(`Expected one of ${Object.keys(everyPeer).join(', ')}, got ${name}.`);
  return peer();
});
const roundsOf = (usual: number) => (values.rounds === undefined ? usual : Number(values.rounds));

const sections: Record<PeerSection, () => Promise<unknown>> = {
  start: async () => ({
    started: await measureStart(peers, roundsOf(15)),
    lists: await measureToolList(peers, await largeModelTokens()),
  }),
  calls: () => measureCalls(peers, warmCalls, roundsOf(3)),
  writes: async () => ({
    writes,
    pipelined: await measurePipelined(peers, writes, roundsOf(3)),
    twoProcesses: await measureTwoProcesses(peers, writes, roundsOf(3)),
  }),
  memory: () => measureMemory(peers, notes(50), 10, roundsOf(3)),
  idle: () => measureAfterIdle(notes(50)),
  growth: () =>
    measureGrowth(
      peers,
      {
        notes: notes(Number(values.notes)),
        sizes: [100, 1_000, 5_000, 20_000, 100_000].filter((size) => size <= Number(values.notes)),
        questions: Array.from({ length: timedCalls }, () => text(40)),
        timedStores: timedCalls,
      },
      roundsOf(1),
    ),
  quality: async () => {
    const data = values.data as string;
    const tokensOf = await largeModelTokens();
    const measured: Record<string, unknown> = {};
    for (const name of ['devbench', 'nl2code']) {
      const set = readDataSet(data, name, null);
      // DevBench brings its own questions without an answer.
      const others =
        name === 'devbench' ? [] : foreignQuestions(data, ['locomo', 'beam', name], name, [name]);
      measured[name] = await measureQuality(peers, set, others, tokensOf);
    }
    return measured;
  },
};

const all = Object.keys(sections) as PeerSection[];
const wanted = values.only?.split(',') ?? all;
const unknown = wanted.filter((name) => !(name in sections));
if (unknown.length > 0) throw new Error(`Expected some of ${all}, got ${unknown}.`);
console.log(machine());
for (const name of wanted as PeerSection[]) {
  if (name === 'quality' && values.data === undefined) {
    console.log('\nquality: needs --data DATA_DIR');
    continue;
  }
  const raw = await sections[name]();
  console.log(`\n${peerTables[name](raw as never)}`);
  if (values.keep) {
    const command = `npm run bench:peers -- --only ${name}${name === 'quality' ? ' --data DATA_DIR' : ''}`;
    console.error(writeResults(`peers-${name}`, command, raw));
  }
}

/** No two alike: some servers refuse a text that they hold. */
function notes(count: number): Note[] {
  const texts = new Set<string>();
  while (texts.size < count) texts.add(text(noteCharacters));
  return [...texts].map((each, n) => ({ id: `note-${n}`, text: each }));
}
