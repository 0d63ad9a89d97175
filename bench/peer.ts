import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The reference memory server of the protocol's authors: what users have today. Returns the file to run. */
export function peerProgram(): string {
  return join(installed('@modelcontextprotocol/server-memory', '2026.8.31'), 'dist', 'index.js');
}

/** Counts tokens as a large model's tokenizer does (o200k_base). */
export async function largeModelTokens(): Promise<(text: string) => number> {
  const folder = installed('gpt-tokenizer', '3.4.0');
  const { encode } = (await import(join(folder, 'esm', 'main.js'))) as { encode(text: string): number[] };
  return (text) => encode(text).length;
}

/** Installs a package that only benches need, once, into the user's cache. Returns its folder. */
function installed(name: string, version: string): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'ltmc-bench', `${name.replaceAll('/', '-')}-${version}`);
  const packageFolder = join(folder, 'node_modules', ...name.split('/'));
  if (!existsSync(packageFolder)) {
    mkdirSync(folder, { recursive: true });
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const args = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', `${name}@${version}`];
    execFileSync(npm, args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: folder });
  }
  return packageFolder;
}
