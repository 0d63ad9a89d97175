import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { runLtmc, temporaryFolder, userEnvironment } from './run-ltmc.ts';

const folder = temporaryFolder();
const home = join(folder, 'home');
const database = join(folder, 'data', 'memory.db');
const run = (words: string[], more: Record<string, string> = {}) =>
  runLtmc(words, { environment: userEnvironment(home, { LTMC_DB: database, ...more }), cwd: home });

const notes = [
  { project: null, fileName: 'tools.md', content: 'We use pnpm in this repository, never npm.' },
  {
    project: 'acme',
    fileName: 'clock\u001b[31m.md',
    content: 'Times are kept as UTC.\u001b]0;owned\u0007\nAlways.',
  },
  { project: 'acme', fileName: 'deploy.md', content: 'Deployments go out on Tuesdays after the review.' },
];

async function storeNotes(path: string, stored: typeof notes): Promise<void> {
  const config = await readConfig({
    flags: { values: { databasePath: path } },
    environment: {},
    platform: process.platform,
    home,
    workingFolder: folder,
    isPythonDatabase: () => Promise.resolve(false),
  });
  const app = await openApp(config);
  for (const note of stored) {
    await app.services.memories.store({
      ...note,
      resourceType: 'document',
      tags: [],
      metadata: null,
      replace: false,
      origin: 'user',
    });
  }
  await app.close();
  await app.close();
}

beforeAll(async () => {
  mkdirSync(home);
  await storeNotes(database, notes);
});

describe('ltmc search', () => {
  test('prints the hits for a person, best first, without colour where there is no terminal', async () => {
    const { code, stdout, stderr } = await run(['search', 'which package manager do we call?']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^1\. tools\.md {2}\d{4}-\d\d-\d\d · score \d\.\d\d\n {3}We use pnpm in this repository, never npm\.\n/,
    );
    expect(stdout).not.toContain('\u001b');
  });

  test('sees the project asked for and what has none, or all; stored control characters are shown', async () => {
    const query = 'in which time zone are times kept?';
    expect((await run(['search', query])).stdout).not.toContain('UTC');
    const acme = await run(['search', query, '--project', 'acme']);
    expect(acme.stdout).toContain('1. clock\\x1b[31m.md');
    expect(acme.stdout).toContain('   Times are kept as UTC.\\x1b]0;owned\\x07\n   Always.\n');
    expect(acme.stdout).toContain('acme');
    expect((await run(['search', query], { LTMC_PROJECT: '*' })).stdout).toContain('UTC');
  });

  test('--json is one document with the names of the tools', async () => {
    const { stdout } = await run([
      'search',
      'when do deployments go out?',
      '--project=*',
      '--top-k=1',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      success: true,
      mode: 'hybrid',
      count: 1,
      hits: [{ file_name: 'deploy.md', project: 'acme', text: notes[2]!.content }],
    });
    expect(stdout.trimEnd()).not.toContain('\n');
  });

  test('says when nothing is relevant, and what was closest', async () => {
    const { code, stdout } = await run(['search', 'how long does a sourdough loaf bake?', '--project', '*']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Nothing relevant here\.\nClosest was .+, score 0\.\d\d\.\n$/);
  });

  test('names the projects there are when the one asked for holds nothing', async () => {
    const other = join(folder, 'data', 'acme.db');
    await storeNotes(other, notes.slice(1));
    const { stdout, stderr } = await run(['search', 'deployments', '--project', 'acne', '--db', other]);
    expect(stdout).toBe('Nothing relevant here.\n');
    expect(stderr).toContain('The project acne holds nothing. There are: acme');
  });

  test('where the project asked for holds other things, says how to ask in all', async () => {
    const words = ['search', 'how long does a sourdough loaf bake?', '--project'];
    expect((await run([...words, 'acme'])).stderr).toBe('All projects: --project "*"\n');
    expect((await run([...words, '*'])).stderr).toBe('');
  });

  test('says when it goes by words only', async () => {
    const { code, stdout, stderr } = await run(['search', 'pnpm', '--model-dir', join(folder, 'no-model')]);
    expect(code).toBe(0);
    expect(stderr).toContain('By words only: ');
    expect(stdout).toContain('tools.md');
  });

  test('says when words alone tell whether there is an answer', async () => {
    const asked = ['search', 'Wie koche ich Spaghetti?'];
    const { stdout, stderr } = await run(asked);
    expect(stderr).toContain('Judged by words: ');
    expect(stdout).toContain('Nothing relevant here.');
    expect(JSON.parse((await run([...asked, '--json'])).stdout)).toMatchObject({
      confidence: 'none',
      mode: 'hybrid',
      mode_reason: expect.stringContaining('not in English'),
    });
  });

  test('makes no database: a wrong name is an error', async () => {
    const missing = join(folder, 'missing', 'x.db');
    const { code, stdout } = await run(['search', 'x', '--db', missing, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ success: false, code: 'not_found' });
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });

  test('stored text is for its owner alone', () => {
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    expect(statSync(database).mode & 0o777).toBe(0o600);
  });
});
