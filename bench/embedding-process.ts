/**
 * One process of the embedding benchmark: embeds the texts it gets on stdin and prints what it measured. The
 * first line comes with the first vector, so that the parent can time the cold start from outside. The argument
 * is the number of processes for a load.
 */

import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { OnnxEmbedder } from '../src/embedding/onnx-embedder.ts';
import { limits } from '../src/limits.ts';
import { median, quantile } from './measure.ts';
import { processTreeMemory } from './process-memory.ts';

export interface EmbeddingTexts {
  queries: string[];
  of512Characters: string[];
  mixed: string[];
  /** Embedded while queries are asked; more than are done in that time. */
  load: string[];
}

interface Moments {
  before: number;
  loaded: number;
  inLoad: number;
  afterLoad: number;
  givenBack: number;
}

export interface EmbeddingFigures {
  queryMs: number;
  of512CharactersMs: number;
  mixedTextsPerSecond: number;
  /** Of this program alone: queries that come while a load runs. */
  underLoad: { queryMs: number; queryP95Ms: number; idleMs: number; idleP95Ms: number } | null;
  /** With the processes for a load, where the system tells. */
  residentMb: Moments | null;
  /** The same with what processes share counted once. */
  proportionalMb: Moments | null;
}

const bytesPerMb = 1024 * 1024;
const residentMb: Moments = { before: 0, loaded: 0, inLoad: 0, afterLoad: 0, givenBack: 0 };
const proportionalMb: Moments = { ...residentMb };
/** Queries do not come one right after the other. */
const betweenQueriesMs = 10;

/** V8 keeps the pages of a heap that ended for eight seconds, should another want them. */
const heapPagesKeptMs = 10_000;

noteMemory('before');
const embedder = new OnnxEmbedder({ bulkWorkers: Number(process.argv[2]) });
await embedder.embed(['the first text'], { priority: 'query' });
process.stdout.write('first vector\n');
noteMemory('loaded');

const texts = JSON.parse(await text(process.stdin)) as EmbeddingTexts;
const [idle, asked] = [texts.queries.slice(0, 50), texts.queries.slice(50)];
const idleMs = await eachMs(idle, betweenQueriesMs);
const queryMs = median(await eachMs(texts.queries.map((query) => `${query} `)));
const of512CharactersMs = median(await eachMs(texts.of512Characters));

// Processes for a load are there once it is under way.
await embedder.embed(texts.load.splice(0, 2 * limits.bulkLoadTextsMin), { priority: 'bulk' });
const begunMs = performance.now();
await embedder.embed(texts.mixed, { priority: 'bulk' });
const mixedTextsPerSecond = texts.mixed.length / ((performance.now() - begunMs) / 1000);

const load = embedder.embed(texts.load, { priority: 'bulk' }).catch(() => null);
const loadedMs = await eachMs(asked, betweenQueriesMs);
noteMemory('inLoad');
await load;
await pause(limits.bulkWorkerIdleMs + limits.workerEndMsMax);
noteMemory('afterLoad');
await embedder.close();
await pause(heapPagesKeptMs);
noteMemory('givenBack');

const figures: EmbeddingFigures = {
  queryMs,
  of512CharactersMs,
  mixedTextsPerSecond,
  underLoad: {
    queryMs: median(loadedMs),
    queryP95Ms: quantile(loadedMs, 0.95),
    idleMs: median(idleMs),
    idleP95Ms: quantile(idleMs, 0.95),
  },
  residentMb,
  proportionalMb,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

function noteMemory(moment: keyof Moments): void {
  const { residentMegabytes, proportionalMegabytes } = processTreeMemory(process.pid);
  const isKnown = !Number.isNaN(residentMegabytes);
  residentMb[moment] = Math.round(isKnown ? residentMegabytes : process.memoryUsage.rss() / bytesPerMb);
  proportionalMb[moment] = Math.round(proportionalMegabytes);
}

/** One call after the other, as a server gets them. */
async function eachMs(each: readonly string[], gapMs = 0): Promise<number[]> {
  const durationsMs: number[] = [];
  for (const one of each) {
    if (gapMs > 0) await pause(gapMs);
    const begun = performance.now();
    await embedder.embed([one], { priority: 'query' });
    durationsMs.push(performance.now() - begun);
  }
  return durationsMs;
}
