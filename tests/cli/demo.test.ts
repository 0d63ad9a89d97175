import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runLtmc, runProgram, temporaryFolder, userEnvironment } from './run-ltmc.ts';

const project = resolve(import.meta.dirname, '../..');
const folder = temporaryFolder();

test('the demo runs from any folder, tells its story, and leaves nothing behind', async () => {
  const [home, temporary] = ['home', 'tmp'].map((name) => join(folder, name)) as [string, string];
  for (const path of [home, temporary]) mkdirSync(path);
  const environment = userEnvironment(home, { TMPDIR: temporary, TEMP: temporary });
  const { code, stdout, stderr } = await runLtmc(['demo'], { environment, cwd: home });
  expect(stderr).toBe('');
  expect(stdout).toContain('Every step held.');
  expect(stdout).toContain('nothing relevant');
  expect(stdout).toMatch(/median: fail[\s\S]*median: pass[\s\S]*passed[\s\S]*repaired by/);
  expect(stdout).toMatch(/\d+ writes, (\d+) vectors, ids 1 to \1: no gap/);
  expect(stdout).not.toContain('\u001b');
  expect(code).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
  expect(existsSync(join(home, '.local'))).toBe(false);
});

test('the demo fails loudly where an answer is wrong: here without the model', async () => {
  const copy = join(folder, 'copy');
  mkdirSync(copy);
  for (const name of ['dist', 'package.json', 'README.md', 'CHANGELOG.md', 'docs', 'models']) {
    cpSync(join(project, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'), 'junction');
  writeFileSync(join(copy, 'models', 'all-MiniLM-L6-v2.int8.onnx'), 'damaged');
  const home = join(folder, 'home');
  const { code, stdout, stderr } = await runProgram(
    process.execPath,
    [join(copy, 'dist', 'cli.js'), 'demo'],
    {
      environment: userEnvironment(home),
      cwd: home,
    },
  );
  expect(code).toBe(1);
  expect(stdout).not.toContain('Every step held.');
  expect(stderr).toMatch(/^ltmc: The demo failed\. Expected every vector of .+ to be made at once; got /);
});
