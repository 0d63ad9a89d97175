/**
 * check-masks DATA_DIR: masks every text of the data sets `nl2code` and `replay` under DATA_DIR and prints what
 * would be masked. That code holds no secrets, so anything printed is a false mask; then the exit code is 1.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { maskSecrets } from '../src/domain/secret-masks.ts';

const folder = process.argv[2];
if (folder === undefined) {
  console.error('Usage: check-masks DATA_DIR');
  process.exit(2);
}

const key = new Uint8Array(32);
let texts = 0;
let masks = 0;
for (const file of ['nl2code', 'replay'].flatMap((set) => [`${set}/corpus.jsonl`, `${set}/queries.jsonl`])) {
  for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
    if (line === '') continue;
    for (const [field, value] of Object.entries(JSON.parse(line) as Record<string, unknown>)) {
      for (const text of Array.isArray(value) ? value : [value]) {
        if (typeof text !== 'string') continue;
        texts += 1;
        const masked = maskSecrets(text, key);
        if (masked.masked.length === 0) continue;
        masks += 1;
        console.log(`${file} ${field}: ${JSON.stringify(masked)}`);
      }
    }
  }
}
console.log(`${texts} texts, ${masks} with a mask`);
process.exit(masks === 0 ? 0 : 1);
