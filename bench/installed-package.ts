import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Installs a package that only benches need, once, into the user's cache, without running any install script.
 * Returns its folder. `overrides` puts another version in place of a package it depends on.
 */
export function installedPackage(
  name: string,
  version: string,
  overrides: Record<string, string> = {},
): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'ltmc-bench', `${name.replaceAll('/', '-')}-${version}`);
  const packageFolder = join(folder, 'node_modules', ...name.split('/'));
  if (!existsSync(packageFolder)) {
    mkdirSync(folder, { recursive: true });
    const manifest = { private: true, dependencies: { [name]: version }, overrides };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    execFileSync(npm, ['install', '--ignore-scripts'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: folder,
    });
  }
  return packageFolder;
}
