/**
 * Runs the official conformance suite against the HTTP server of the product, with the fixtures that the
 * suite asks for behind it. Prints what the suite prints; ends with 1 when a requirement is not met.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpServer } from '../../src/mcp/http/http-server.ts';
import { packageRoot } from '../../src/package-root.ts';
import { makeFixtureServer } from './fixtures.ts';

export const revisions = ['2026-07-28', '2025-11-25'] as const;

export interface ConformanceRun {
  exitCode: number | null;
  output: string;
}

/** One revision's requirements, on a server of its own. */
export async function runConformance(revision: (typeof revisions)[number]): Promise<ConformanceRun> {
  const server = new HttpServer({
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    findToken: null,
    makeServer: makeFixtureServer,
    scopeOf: () => null,
    metricsPage: async () => ({ contentType: 'text/plain', text: '' }),
  });
  const port = await server.listen();
  const folder = mkdtempSync(join(tmpdir(), 'ltmc-conformance-'));
  try {
    return await runSuite([
      ...['server', '--url', `http://127.0.0.1:${port}/mcp`],
      ...['--requirements', revision, '-o', folder],
    ]);
  } finally {
    await server.close(async () => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

function runSuite(words: string[]): Promise<ConformanceRun> {
  const program = join(packageRoot, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
  return new Promise((resolve, reject) => {
    const suite = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [suite.stdout, suite.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    suite.on('error', reject);
    suite.on('close', (exitCode) => resolve({ exitCode, output }));
  });
}

if (import.meta.main) {
  for (const revision of revisions) {
    const { exitCode, output } = await runConformance(revision);
    process.stdout.write(output);
    if (exitCode !== 0) process.exitCode = 1;
  }
}
