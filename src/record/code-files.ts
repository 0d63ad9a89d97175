import { posix } from 'node:path';
import { isCredentialName } from '../ingest/credential-files.ts';

/** Written by package managers, and long. */
const lockFiles = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'poetry.lock',
  'pipfile.lock',
  'pdm.lock',
  'uv.lock',
  'cargo.lock',
  'go.sum',
  'composer.lock',
  'gemfile.lock',
  'mix.lock',
  'packages.lock.json',
  'gradle.lockfile',
  'flake.lock',
  'pubspec.lock',
  'podfile.lock',
  'package.resolved',
]);

/** Whether a changed file belongs to an attempt's code: no lock file, nothing that holds keys or credentials. */
export function isCodeFile(path: string): boolean {
  const name = posix.basename(path);
  return !lockFiles.has(name.toLowerCase()) && !isCredentialName(name);
}
