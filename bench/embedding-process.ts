/**
 * One process of the embedding benchmark: embeds the texts it gets on stdin and prints what it measured. The
 * first line comes with the first vector, so that the parent can time the cold start from outside. The argument
 * is the number of threads for a load.
 */

import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { OnnxEmbedder } from '../src/embedding/onnx-embedder.ts';
import { limits } from '../src/limits.ts';
import { median, quantile } from './measure.ts';

export interface EmbeddingTexts {
  queries: string[];
  of512Characters: string[];
  mixed: string[];
  /** Embedded while queries are asked; more than are done in that time. */
  load: string[];
}

export interface EmbeddingFigures {
  queryMs: number;
  of512CharactersMs: number;
  mixedTextsPerSecond: number;
  /** Of this program alone: queries that come while a load runs. */
  underLoad: { queryMs: number; queryP95Ms: number; idleMs: number; idleP95Ms: number } | null;
  residentMb: { before: number; loaded: number; inLoad: number; afterLoad: number; givenBack: number } | null;
}

const bytesPerMb = 1024 * 1024;
const residentMb = (): number => Math.round(process.memoryUsage.rss() / bytesPerMb);
/** Queries do not come one right after the other. */
const betweenQueriesMs = 10;

const before = residentMb();
const embedder = new OnnxEmbedder({ bulkWorkers: Number(process.argv[2]) });
await embedder.embed(['the first text'], { priority: 'query' });
process.stdout.write('first vector\n');
const loaded = residentMb();

const texts = JSON.parse(await text(process.stdin)) as EmbeddingTexts;
const [idle, asked] = [texts.queries.slice(0, 50), texts.queries.slice(50)];
const idleMs = await eachMs(idle, betweenQueriesMs);
const queryMs = median(await eachMs(texts.queries.map((query) => `${query} `)));
const of512CharactersMs = median(await eachMs(texts.of512Characters));

// Threads for a load are there once it is under way.
await embedder.embed(texts.load.splice(0, 2 * limits.bulkLoadTextsMin), { priority: 'bulk' });
const begunMs = performance.now();
await embedder.embed(texts.mixed, { priority: 'bulk' });
const mixedTextsPerSecond = texts.mixed.length / ((performance.now() - begunMs) / 1000);

const load = embedder.embed(texts.load, { priority: 'bulk' }).catch(() => null);
const loadedMs = await eachMs(asked, betweenQueriesMs);
const inLoad = residentMb();
await load;
await pause(limits.bulkWorkerIdleMs + limits.workerEndMsMax);
const afterLoad = residentMb();
await embedder.close();

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
  residentMb: { before, loaded, inLoad, afterLoad, givenBack: residentMb() },
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

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
