/**
 * npm run bench:growth -- [--sizes 1000,10000,100000] [--repetitions 40] [--keep]
 *
 * What storing and retrieving cost as the database grows, through the real server over stdio, and how much of it is
 * the one part that is linear: comparing the query with every vector. The memories are pieces of the documents and
 * declarations of the installed packages, with random vectors; one database grows, and a copy of it is measured at
 * each size. Disk and resident memory are linear too, and printed.
 *
 * --keep  keeps the raw values in bench/results, from which the plot is drawn
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from './calibration/seeded-random.ts';
import { type MeasuredSize, measureSize } from './growth/measured-size.ts';
import { addMadeMemories } from './made-memories.ts';
import { machine, median, printTable, quantile } from './measure.ts';
import { realText } from './real-text.ts';
import { writeResults } from './results.ts';
import './usage.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,100000' },
    repetitions: { type: 'string', default: '40' },
    keep: { type: 'boolean', default: false },
  },
});
const sizes = values.sizes.split(',').map(Number);
const repetitions = Number(values.repetitions);
const next = seededRandom(20261123);
const sentence = realText(next);
const folder = mkdtempSync(join(tmpdir(), 'ltmc-growing-'));
console.log(machine());
const measured: MeasuredSize[] = [];
try {
  const path = join(folder, 'growing.db');
  let filled = 0;
  for (const size of sizes) {
    await addMadeMemories(path, filled, size, () => sentence(300), next);
    filled = size;
    measured.push(await measureSize(path, size, repetitions, sentence, next));
    console.error(`${size} memories measured`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`medians of ${repetitions}, ms\n`);
printTable(
  [
    'memories',
    'retrieve beyond its embedding',
    '95 %',
    'of it the scan',
    'without the scan',
    'store, 512 characters',
    'its embedding',
    'disk, bytes a memory',
    'resident MB',
  ],
  measured.map((size) => [
    size.memories,
    median(size.retrieveBeyondEmbedding),
    quantile(size.retrieveBeyondEmbedding, 0.95),
    median(size.scan),
    median(size.retrieveBeyondEmbedding) - median(size.scan),
    median(size.store),
    size.storeEmbedding,
    Math.round(size.diskBytes / size.memories),
    Math.round(size.residentMegabytes),
  ]),
);
if (values.keep) console.error(writeResults('growth', 'npm run bench:growth -- --keep', measured));
