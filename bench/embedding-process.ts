/**
 * One process of the embedding benchmark: embeds the texts it gets on stdin and prints what it measured. The
 * first line comes with the first vector, so that the parent can time the cold start from outside.
 */
import { text } from 'node:stream/consumers';
import { OnnxEmbedder } from '../src/embedding/onnx-embedder.ts';
import { median } from './measure.ts';

export interface EmbeddingTexts {
  queries: string[];
  of512Characters: string[];
  mixed: string[];
}

export interface EmbeddingFigures {
  queryMs: number;
  of512CharactersMs: number;
  mixedTextsPerSecond: number;
  residentMb: { before: number; loaded: number; worked: number; givenBack: number } | null;
}

const bytesPerMb = 1024 * 1024;
const residentMb = (): number => Math.round(process.memoryUsage.rss() / bytesPerMb);

const before = residentMb();
const embedder = new OnnxEmbedder();
await embedder.embed(['the first text'], { priority: 'query' });
process.stdout.write('first vector\n');
const loaded = residentMb();

const texts = JSON.parse(await text(process.stdin)) as EmbeddingTexts;
const queryMs = median(await eachMs(texts.queries));
const of512CharactersMs = median(await eachMs(texts.of512Characters));
const begunMs = performance.now();
await embedder.embed(texts.mixed, { priority: 'bulk' });
const mixedTextsPerSecond = texts.mixed.length / ((performance.now() - begunMs) / 1000);
const worked = residentMb();
await embedder.close();

const figures: EmbeddingFigures = {
  queryMs,
  of512CharactersMs,
  mixedTextsPerSecond,
  residentMb: { before, loaded, worked, givenBack: residentMb() },
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

/** One call after the other, as a server gets them; `write`, because queries would come from the cache. */
async function eachMs(each: readonly string[]): Promise<number[]> {
  const durationsMs: number[] = [];
  for (const one of each) {
    const begun = performance.now();
    await embedder.embed([one], { priority: 'write' });
    durationsMs.push(performance.now() - begun);
  }
  return durationsMs;
}
