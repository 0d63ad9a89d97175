/**
 * Moves many odd and damaged databases: `npm run torture:odd -- [--seed N] [--rounds N]`. Prints its seed and, where
 * something goes wrong, the number of the database, by which it is made again with `--seed N --rounds 1`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { tryOddDatabase } from './odd-databases/try-odd-database.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rounds: { type: 'string', default: '200' },
    keep: { type: 'boolean', default: false },
  },
});
const [seed, rounds] = [Number(values.seed), Number(values.rounds)];
if (![seed, rounds].every((value) => Number.isInteger(value) && value >= 0)) {
  console.error('Expected --seed and --rounds to be whole numbers.');
  process.exit(2);
}
console.log(`odd databases: seed ${seed}, ${rounds} of them`);
const embedder = new OnnxEmbedder({});
const outcomes = new Map<string, number>();
let failed = 0;
for (let number = seed; number < seed + rounds; number++) {
  const folder = mkdtempSync(join(tmpdir(), 'ltmc-odd-'));
  const { outcome, code, oddities, problems } = await tryOddDatabase(number, folder, embedder);
  const key = `${outcome}${code === null ? '' : ` ${code}`}`;
  outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  if (problems.length > 0) {
    failed++;
    console.error(`database ${number} (${oddities.join('; ')}):\n  ${problems.join('\n  ')}`);
  }
  if (values.keep) console.log(folder);
  else rmSync(folder, { recursive: true, force: true });
}
await embedder.close();
for (const [key, count] of [...outcomes].sort()) console.log(`${key}: ${count}`);
process.exitCode = failed > 0 ? 1 : 0;
