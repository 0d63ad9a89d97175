import { setTimeout as after } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { startScript } from '../storage/child-process.ts';
import { newResource } from '../storage/made-rows.ts';
import { randomFrom } from '../storage/made-vectors.ts';
import { type Acknowledged, chunkText } from '../storage/processes/store-until-killed.ts';
import { databaseProblems } from '../storage/whole-database.ts';

interface KillSettings {
  path: string;
  rounds: number;
  writers: number;
  /** Chooses what is written and when each writer is killed. */
  seed: number;
}

export interface KillReport {
  acknowledgedWrites: number;
  /** Writes that a killed writer could not acknowledge any more and that were found whole. */
  unacknowledgedWrites: number;
  /** What was lost or broken, with the round it was found after; [] when all is well. */
  problems: string[];
}

/**
 * Round after round, starts writers on one database, kills each with SIGKILL at a moment that the seed
 * chooses, and looks whether every acknowledged write is there whole and nothing is there by half.
 */
export async function killWriters({ path, rounds, writers, seed }: KillSettings): Promise<KillReport> {
  const random = randomFrom(seed);
  const acknowledged: Acknowledged[] = [];
  const problems: string[] = [];
  let opened = 0;
  for (let round = 0; round < rounds; round++) {
    const started = Array.from({ length: writers }, (_, i) =>
      startScript('store-until-killed', [
        path,
        `round ${round} writer ${i}`,
        String(seed + round * writers + i),
      ]),
    );
    await Promise.all(started.map((writer) => writer.ready()));
    const killed = started.map(async (writer) => {
      const writesBefore = Math.floor(random() * 12);
      const millisecondsMore = random() * 20;
      writer.send('go');
      await writer.linesWritten(1 + writesBefore);
      await after(millisecondsMore);
      writer.kill();
      const { signal } = await writer.exit;
      if (signal !== 'SIGKILL') problems.push(`round ${round}: a writer ended by itself`);
      acknowledged.push(...writer.lines.slice(1).map((line) => JSON.parse(line) as Acknowledged));
    });
    await Promise.all(killed);

    const store = await openSqliteStore({ path });
    await store.storeResource(newResource({ fileName: 'opened again', texts: [`after round ${round}`] }));
    opened++;
    await store.close();
    const found = [...databaseProblems(path), ...missingWrites(path, acknowledged)];
    problems.push(...found.map((problem) => `round ${round}: ${problem}`));
    if (problems.length > 0) break;
  }
  return {
    acknowledgedWrites: acknowledged.length,
    unacknowledgedWrites: countWrites(path) - acknowledged.length - opened,
    problems,
  };
}

/** Acknowledged writes that are not there, or not whole. */
function missingWrites(path: string, acknowledged: readonly Acknowledged[]): string[] {
  const database = new Sqlite(path, { readonly: true });
  const chunksOf = database
    .prepare('SELECT vector_id, chunk_text FROM ResourceChunks WHERE resource_id = ? ORDER BY start_offset')
    .raw();
  const attempt = database.prepare('SELECT vector_id, input_prompt FROM CodePatterns WHERE id = ?').raw();
  const missing = acknowledged.filter((write) => {
    if (write.kind === 'attempt') return !same(attempt.get(write.patternId), [write.vectorId, write.name]);
    const expected = Array.from({ length: write.chunkCount }, (_, i) => [
      write.firstVectorId + i,
      chunkText(write.name, i),
    ]);
    return !same(chunksOf.all(write.resourceId), expected);
  });
  database.close();
  return missing.map((write) => `${write.kind} ${write.name} was acknowledged and is not there whole`);
}

function countWrites(path: string): number {
  const database = new Sqlite(path, { readonly: true });
  const count = database
    .prepare('SELECT (SELECT count(*) FROM Resources) + (SELECT count(*) FROM CodePatterns)')
    .pluck()
    .get() as number;
  database.close();
  return count;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
