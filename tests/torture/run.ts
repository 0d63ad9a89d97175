/**
 * The long version of the crash tests: `npm run torture -- [--seed N] [--rounds N] [--writers N]`.
 * Prints its seed; the same seed writes the same and kills after the same number of writes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killWriters } from './kill-writers.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rounds: { type: 'string', default: '200' },
    writers: { type: 'string', default: '3' },
  },
});
const settings = {
  seed: Number(values.seed),
  rounds: Number(values.rounds),
  writers: Number(values.writers),
};
if (!Object.values(settings).every((value) => Number.isInteger(value) && value >= 0)) {
  console.error('Expected --seed, --rounds and --writers to be whole numbers.');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'ltmc-torture-'));
console.log(`torture: seed ${settings.seed}, ${settings.rounds} rounds of ${settings.writers} writers`);
const report = await killWriters({ path: join(folder, 'ltmc.db'), ...settings });
console.log(
  `${report.acknowledgedWrites} acknowledged writes, ${report.unacknowledgedWrites} whole ones that were not acknowledged any more`,
);
for (const problem of report.problems) console.error(problem);
if (report.problems.length > 0) {
  console.error(`The database was kept: ${folder}`);
  process.exit(1);
}
rmSync(folder, { recursive: true, force: true });
