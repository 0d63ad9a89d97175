/**
 * npm run bench:plots
 *
 * Draws every plot of docs/plots and writes the tables of docs/benchmarks.md and of the README
 * anew from the raw results in bench/results.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root.ts';
import { everyPlot } from './plots/every-plot.ts';
import { pagesWithTables, withTables } from './plots/page-tables.ts';
import './usage.ts';

const folder = join(packageRoot, 'docs', 'plots');
mkdirSync(folder, { recursive: true });
for (const { file, draw } of everyPlot) {
  writeFileSync(join(folder, file), draw());
  console.log(join('docs', 'plots', file));
}
for (const name of pagesWithTables) {
  const page = join(packageRoot, name);
  writeFileSync(page, withTables(readFileSync(page, 'utf8')));
  console.log(name);
}
