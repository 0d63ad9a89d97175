/** One measurement of bench/vectors.ts in a process of its own; prints its figures as JSON. */
import { readFileSync } from 'node:fs';
import { dimensions } from '../../src/storage/sqlite/scan-kernel.ts';
import { measureOpen } from './open.ts';
import { measureScan } from './scan.ts';

const [kind, path = '', queriesPath = '', count = '0', searches = '0'] = process.argv.slice(2);
const bytes = readFileSync(queriesPath);
const numbers = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const queries = Array.from({ length: numbers.length / dimensions }, (_, i) =>
  numbers.subarray(i * dimensions, (i + 1) * dimensions),
);
const figures =
  kind === 'scan'
    ? await measureScan(path, Number(count), queries, Number(searches))
    : await measureOpen(path, queries[0] as Float32Array, kind === 'open-with-file');
console.log(JSON.stringify(figures));
