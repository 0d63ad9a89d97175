/**
 * The schema gate of the MCP Inspector on the real server: fails when a tool's schema is not portable between
 * clients. The Inspector is not a dependency, because it is as large as everything else together; npx fetches
 * the version named here.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const inspector = '@modelcontextprotocol/inspector@2.12.0';
const program = resolve(import.meta.dirname, '../dist/cli.js');

const folder = mkdtempSync(join(tmpdir(), 'ltmc-inspect-'));
try {
  for (const era of ['legacy', 'modern']) {
    const { status, stdout, stderr } = spawnSync(
      'npx',
      [
        // Its install script fetches the parts with a window, which are not needed here.
        ...[
          '-y',
          '--ignore-scripts',
          '--strict-allow-scripts=false',
          '-p',
          inspector,
          'mcp-inspector',
          '--cli',
          process.execPath,
          program,
        ],
        ...['-e', `LTMC_DB=${join(folder, 'ltmc.db')}`, '-e', `XDG_CONFIG_HOME=${folder}`],
        ...['--protocol-era', era, '--method', 'tools/list', '--strict', '--format', 'json'],
      ],
      // Not in the checkout: npx would read its package.json, and this is how a user's machine calls it.
      { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' },
    );
    if (status !== 0) {
      console.error(stderr || stdout);
      throw new Error(`The schemas did not pass the ${era} gate; the Inspector ended with ${status}.`);
    }
    const { result } = JSON.parse(stdout) as { result: { tools: unknown[] } };
    console.error(`${era}: the schemas of ${result.tools.length} tools are portable`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
