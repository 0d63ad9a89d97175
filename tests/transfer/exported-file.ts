import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filledDatabase } from '../backup/filled-database.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';
import { exportTo } from './transfer-run.ts';

export async function exported(): Promise<{ folder: string; path: string; file: string }> {
  const folder = temporaryFolder();
  const path = join(folder, 'ltmc.db');
  await filledDatabase(path);
  const file = join(folder, 'all.jsonl');
  exportTo(path, file);
  return { folder, path, file };
}

// biome-ignore lint/suspicious/noExplicitAny: the tests change lines as they like
export type Line = any;

export function linesOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The file with lines as they came, its end made to fit. */
export function rewrite(file: string, lines: Line[]): void {
  const body = lines.slice(0, -1).map((line) => `${JSON.stringify(line)}\n`);
  const sha256 = createHash('sha256').update(body.join('')).digest('hex');
  writeFileSync(file, `${body.join('')}${JSON.stringify({ end: true, rows: body.length - 1, sha256 })}\n`);
}
