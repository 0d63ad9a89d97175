/**
 * Warm calls and writes at once, beside the reference memory server, over stdio:
 *
 * - the latency of a warm call that needs no embedding;
 * - 200 writes sent without waiting for answers, in one process;
 * - 200 writes by each of two processes on one store at the same time. A write counts as kept when it was
 *   acknowledged and is there after a restart.
 *
 *     npm run bench:calls
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root.ts';
import { openSqliteStore } from '../src/storage/sqlite/sqlite-store.ts';
import { machine, median, millisecondsOf, printTable, quantile } from './measure.ts';
import { peerProgram } from './peer.ts';
import { StdioServer } from './stdio-server.ts';

const writes = 200;
const calls = 300;

/** One server as the bench sees it. */
interface Arm {
  start(folder: string): StdioServer;
  write(server: StdioServer, name: string): Promise<unknown>;
  /** A call that reads a little and embeds nothing. */
  look(server: StdioServer): Promise<unknown>;
  /** How many of the writes are there, read after every process has ended. */
  kept(folder: string): Promise<number>;
}

const peer = peerProgram();
const arms: Record<string, Arm> = {
  ltmc: {
    start: (folder) =>
      new StdioServer([process.execPath, join(packageRoot, 'dist', 'cli.js'), 'serve'], {
        HOME: folder,
        XDG_CONFIG_HOME: folder,
        LTMC_DB: join(folder, 'ltmc.db'),
      }),
    write: (server, name) =>
      server.call('store_memory', { file_name: name, content: `The note named ${name}.` }),
    look: (server) => server.call('list_todos', {}),
    kept: async (folder) => {
      const store = await openSqliteStore({ path: join(folder, 'ltmc.db') });
      const { counts } = await store.status();
      await store.close();
      return counts.memories;
    },
  },
  'server-memory': {
    start: (folder) =>
      new StdioServer([process.execPath, peer], {
        HOME: folder,
        MEMORY_FILE_PATH: join(folder, 'memory.jsonl'),
      }),
    write: (server, name) =>
      server.call('create_entities', {
        entities: [{ name, entityType: 'note', observations: [`The note named ${name}.`] }],
      }),
    look: (server) => server.call('search_nodes', { query: 'nothing' }),
    kept: async (folder) =>
      readFileSync(join(folder, 'memory.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line.includes('"entity"')).length,
  },
};

const latencyRows: (string | number)[][] = [];
const writeRows: (string | number)[][] = [];
for (const [name, arm] of Object.entries(arms)) {
  latencyRows.push([name, ...(await latency(arm))]);
  writeRows.push([name, ...(await pipelined(arm)), ...(await twoProcesses(arm))]);
}
console.log(machine());
console.log(`\nA warm call that embeds nothing (list_todos, search_nodes), ms over ${calls} calls\n`);
printTable(['server', 'median', 'p95'], latencyRows);
console.log(`\nWrites kept\n`);
printTable(['server', `${writes} at once: errors`, 'kept', `2 x ${writes}: errors`, 'kept'], writeRows);

async function latency(arm: Arm): Promise<[number, number]> {
  return inFolder(async (folder) => {
    const server = await started(arm, folder);
    await arm.write(server, 'first');
    for (let i = 0; i < 50; i++) await arm.look(server);
    const taken: number[] = [];
    for (let i = 0; i < calls; i++) taken.push(await millisecondsOf(() => arm.look(server)));
    await server.end();
    return [median(taken), quantile(taken, 0.95)];
  });
}

async function pipelined(arm: Arm): Promise<[number, number]> {
  return inFolder(async (folder) => {
    const server = await started(arm, folder);
    const errors = await writeAll(arm, server, 'one');
    await server.end();
    return [errors, await arm.kept(folder)];
  });
}

async function twoProcesses(arm: Arm): Promise<[number, number]> {
  return inFolder(async (folder) => {
    const servers = [await started(arm, folder), await started(arm, folder)];
    const errors = await Promise.all(
      servers.map(async (server, i) => {
        let failed = 0;
        for (let n = 0; n < writes; n++)
          failed += await arm.write(server, `${i}-${n}`).then(
            () => 0,
            () => 1,
          );
        return failed;
      }),
    );
    for (const server of servers) await server.end();
    return [errors.reduce((sum, count) => sum + count, 0), await arm.kept(folder)];
  });
}

async function writeAll(arm: Arm, server: StdioServer, prefix: string): Promise<number> {
  const outcomes = await Promise.allSettled(
    Array.from({ length: writes }, (_, n) => arm.write(server, `${prefix}-${n}`)),
  );
  return outcomes.filter((outcome) => outcome.status === 'rejected').length;
}

async function started(arm: Arm, folder: string): Promise<StdioServer> {
  const server = arm.start(folder);
  await server.initialize();
  return server;
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'ltmc-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
