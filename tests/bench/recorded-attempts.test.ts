import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRecorded } from '../../bench/replay/recorded-attempts.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';

test('recorded attempts are found in the folder of all sets and in their own', () => {
  const sets = temporaryFolder();
  const own = join(sets, 'replay');
  mkdirSync(own);
  writeFileSync(join(own, 'corpus.jsonl'), `${JSON.stringify({ id: 'a', task: 't' })}\n`);
  writeFileSync(join(own, 'queries.jsonl'), `${JSON.stringify({ id: 'q', task: 't' })}\n`);
  const recorded = { attempts: [{ id: 'a', task: 't' }], queries: [{ id: 'q', task: 't' }] };
  expect(readRecorded(sets, null)).toEqual(recorded);
  expect(readRecorded(own, null)).toEqual(recorded);
});
