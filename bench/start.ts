/**
 * Process start to the answer of tools/list, and resident memory then, beside the reference memory server and
 * bare Node: a fresh process each time, the order turned round every round.
 *
 *     npm run bench:start
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root.ts';
import { machine, median, printTable } from './measure.ts';
import { peerProgram } from './peer.ts';
import { StdioServer } from './stdio-server.ts';

const rounds = 15;

interface Sample {
  milliseconds: number;
  megabytes: number;
}

const folder = mkdtempSync(join(tmpdir(), 'ltmc-bench-'));
const environment = {
  HOME: folder,
  XDG_DATA_HOME: folder,
  XDG_CONFIG_HOME: folder,
  XDG_CACHE_HOME: join(folder, 'cache'),
};
const peer = peerProgram();

const arms: Record<string, () => Promise<Sample>> = {
  'bare node': async () => {
    const begun = performance.now();
    await new Promise((resolve) => spawn(process.execPath, ['-e', '0']).on('exit', resolve));
    return { milliseconds: performance.now() - begun, megabytes: Number.NaN };
  },
  'server-memory': () =>
    toolsListed([process.execPath, peer], { ...environment, MEMORY_FILE_PATH: join(folder, 'memory.jsonl') }),
  ltmc: () => toolsListed([process.execPath, join(packageRoot, 'dist', 'cli.js'), 'serve'], environment),
};

async function toolsListed(command: string[], variables: Record<string, string>): Promise<Sample> {
  const begun = performance.now();
  const server = new StdioServer(command, variables);
  await server.initialize();
  await server.request('tools/list');
  const sample = { milliseconds: performance.now() - begun, megabytes: server.residentMegabytes() };
  await server.end();
  return sample;
}

const samples = new Map<string, Sample[]>(Object.keys(arms).map((name) => [name, []]));
for (const arm of Object.values(arms)) await arm(); // fills the compile cache and the disk cache
for (let round = 0; round < rounds; round++) {
  const order = Object.entries(arms);
  if (round % 2 === 1) order.reverse();
  for (const [name, arm] of order) samples.get(name)?.push(await arm());
}
rmSync(folder, { recursive: true, force: true });

const milliseconds = (name: string) => median((samples.get(name) ?? []).map((sample) => sample.milliseconds));
console.log(machine());
console.log(`Process start to the answer of tools/list, medians of ${rounds} fresh processes\n`);
printTable(
  ['server', 'ms', 'against server-memory', 'resident MB'],
  [...samples].map(([name, taken]) => [
    name,
    milliseconds(name),
    milliseconds(name) / milliseconds('server-memory'),
    median(taken.map((sample) => sample.megabytes)),
  ]),
);
