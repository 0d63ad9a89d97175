import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The reference memory server of the protocol's authors: what users have today. */
const peer = '@modelcontextprotocol/server-memory';
const version = '2026.8.31';

/** Installs the peer once into the user's cache and returns the file to run. */
export function peerProgram(): string {
  const folder = join(
    process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
    'ltmc-bench',
    `server-memory-${version}`,
  );
  const program = join(folder, 'node_modules', ...peer.split('/'), 'dist', 'index.js');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    execFileSync(
      npm,
      ['install', '--prefix', folder, '--no-save', '--ignore-scripts', `${peer}@${version}`],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        cwd: folder,
      },
    );
  }
  return program;
}
