/**
 * npm run bench:plots
 *
 * Draws every plot of docs/plots anew from the raw results in bench/results.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root.ts';
import { everyPlot } from './plots/every-plot.ts';

const folder = join(packageRoot, 'docs', 'plots');
mkdirSync(folder, { recursive: true });
for (const { file, draw } of everyPlot) {
  writeFileSync(join(folder, file), draw());
  console.log(join('docs', 'plots', file));
}
