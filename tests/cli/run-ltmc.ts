import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

/** The built command. */
export const program = resolve(import.meta.dirname, '../../dist/cli.js');

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A temporary folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ltmc-cli-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The environment of a user whose home is `home`, without any setting of the one who runs the tests. */
export function userEnvironment(home: string, more: Record<string, string> = {}): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, LOCALAPPDATA: home, APPDATA: home, ...more };
}

/** Runs `ltmc` as a process of its own, without a terminal, until it ends. stdin is `input`, then closed. */
export function runLtmc(
  words: string[],
  options: { environment: Record<string, string>; cwd: string; input?: string },
): Promise<Ran> {
  return runProgram(process.execPath, [program, ...words], options);
}

export function runProgram(
  command: string,
  words: string[],
  options: { environment: Record<string, string>; cwd: string; input?: string },
): Promise<Ran> {
  return new Promise((settle, fail) => {
    const child = spawn(command, words, { cwd: options.cwd, env: options.environment });
    const ran: Ran = { code: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (data: string) => {
      ran.stdout += data;
    });
    child.stderr.setEncoding('utf8').on('data', (data: string) => {
      ran.stderr += data;
    });
    child.on('error', fail);
    child.on('close', (code) => settle({ ...ran, code }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}
