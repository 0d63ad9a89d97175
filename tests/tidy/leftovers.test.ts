import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { nodeVersions } from '../../src/node-version-problem.ts';
import { projectFiles, readText, root, sourceFiles } from './source-files.ts';

const everySourceFile = sourceFiles('src', 'tests', 'bench', 'scripts');

interface PackageJson {
  version: string;
  engines: { node: string };
  bin: Record<string, string>;
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}
const packageJson = JSON.parse(readText('package.json')) as PackageJson;

test('no leftovers: no open notes, no test that is switched off or alone', () => {
  // Written so that this file does not find itself.
  const marks = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|');
  const notes = new RegExp(`(//|/\\*|^\\s*\\*|<!--)\\s*(${marks})\\b`, 'm');
  const switches = /\b(test|it|describe)\.(only|skip|todo)\b/;
  const found = projectFiles().filter((path) => {
    const text = readText(path);
    return notes.test(text) || (path.endsWith('.ts') && switches.test(text));
  });
  expect(found).toEqual([]);
});

test('no file is longer than 400 lines', () => {
  const long = everySourceFile.filter((path) => readText(path).split('\n').length > 401);
  expect(long).toEqual([]);
});

test('file names are kebab-case and name something', () => {
  const named = everySourceFile.filter((path) => {
    const [name = '', ...endings] = basename(path).split('.');
    const isKebab =
      /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && endings.every((ending) => /^[a-z]+$/.test(ending));
    return !isKebab || /^(utils?|helpers?|common|manager|misc)$/.test(name);
  });
  expect(named).toEqual([]);
});

test('the project names no package registry and no machine', () => {
  // In pieces, so that this file does not find itself.
  const hosts = new RegExp(
    [
      ['registry', 'npmjs'],
      ['registry', 'yarnpkg'],
      ['npm', 'pkg', 'github'],
    ]
      .map((parts) => parts.join('\\.'))
      .join('|'),
  );
  const folders = new RegExp(['/work/' + 'main', '/work/' + 'shared', '/fa' + 'rm/'].join('|'));
  expect(projectFiles().filter((path) => hosts.test(readText(path)))).toEqual([]);
  expect(projectFiles().filter((path) => folders.test(readText(path)))).toEqual([]);
  expect(readText('package-lock.json')).not.toContain('"resolved"');
});

test('versions say the same wherever they occur', () => {
  const lock = JSON.parse(readText('package-lock.json')) as { version: string };
  expect(lock.version).toBe(packageJson.version);
  expect(packageJson.engines.node).toBe(nodeVersions);
  expect(readText('README.md')).toContain('Node 22.14 or later');
  const all = {
    ...packageJson.dependencies,
    ...packageJson.optionalDependencies,
    ...packageJson.devDependencies,
  };
  for (const [name, version] of Object.entries(all))
    expect(`${name} ${version}`).toMatch(/ \d+\.\d+\.\d+(-[a-z]+\.\d+)?$/);
});

test('what is bundled is no dependency of the package', () => {
  expect(Object.keys(packageJson.dependencies)).toEqual(['better-sqlite3']);
  expect(Object.keys(packageJson.optionalDependencies)).toEqual(['onnxruntime-node']);
});

test('npm scripts run files that are there', () => {
  const missing = Object.values(packageJson.scripts)
    .flatMap((script) => script.match(/\b(scripts|bench|tests)\/[\w./-]+/g) ?? [])
    .filter((path) => !existsSync(join(root, path)));
  expect(missing).toEqual([]);
});

test('documents name npm scripts and commands that exist', () => {
  const wrong: string[] = [];
  for (const path of projectFiles().filter((name) => name.endsWith('.md'))) {
    const text = readText(path);
    for (const [, script] of text.matchAll(/npm run ([\w:-]+)/g)) {
      if (packageJson.scripts[script!] === undefined) wrong.push(`${path}: npm run ${script}`);
    }
    for (const [, command] of text.matchAll(/(?:npx (?:-y )?ltmc|npm run ltmc --|`ltmc) ([a-z]+)/g)) {
      if (!commands.some(({ name }) => name === command)) wrong.push(`${path}: ltmc ${command}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('documents name files that exist', () => {
  const missing = projectFiles()
    .filter((name) => name.endsWith('.md'))
    .flatMap(
      (path) => readText(path).match(/(?<![\w/.-])(src|tests|bench|scripts|docs|models)\/[\w./-]*\w/g) ?? [],
    )
    .filter((path) => !existsSync(join(root, path)));
  expect(missing).toEqual([]);
});

test('continuous integration runs what the README says', () => {
  const steps = readText('.ci/run')
    .split('\n')
    .filter((line) => line.startsWith('npm '));
  expect(steps).toEqual(['npm ci', 'npm test']);
  expect(statSync(join(root, '.ci/run')).mode & 0o111).not.toBe(0);
  for (const step of steps) expect(readText('README.md')).toContain(step);
});
