/**
 * Kills migrations, rollbacks and restores at many moments: `npm run torture:migrate -- [--seed N] [--rounds N]`.
 * Prints its seed; the same seed chooses the same databases, commands and moments.
 */
import { parseArgs } from 'node:util';
import { killMigrations } from './kill-migrations.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rounds: { type: 'string', default: '50' },
  },
});
const [seed, rounds] = [Number(values.seed), Number(values.rounds)];
if (![seed, rounds].every((value) => Number.isInteger(value) && value >= 0)) {
  console.error('Expected --seed and --rounds to be whole numbers.');
  process.exit(2);
}
console.log(`torture:migrate: seed ${seed}, ${rounds} rounds of 3 kills`);
const { kills, foundOld, foundNew, problems } = await killMigrations({ rounds, seed });
console.log(
  `${kills} kills; the old database was found ${foundOld} times, the new one ${foundNew} times, whole`,
);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
