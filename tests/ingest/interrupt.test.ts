import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { program } from '../cli/run-ltmc.ts';
import { type Json, newWorkspace, type Workspace } from './ingest-run.ts';

const fileCount = 400;

/** Starts an ingest and sends it a signal as soon as the first memory can be seen. */
async function stopped(
  work: Workspace,
  signal: NodeJS.Signals,
): Promise<{ code: number | null; stdout: string }> {
  const child = spawn(process.execPath, [program, 'ingest', '.', '--json'], {
    cwd: work.repository,
    env: work.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    stdout += data;
  });
  const ended = new Promise<number | null>((settle) => child.once('close', (code) => settle(code)));
  for (let seen = 0; seen === 0 && child.exitCode === null; ) {
    const { code, stdout: listed } = await work.ltmc('list', '--json');
    if (code === 0) seen = (JSON.parse(listed) as Json).count;
  }
  child.kill(signal);
  return { code: await ended, stdout };
}

test.each<NodeJS.Signals>(['SIGINT', 'SIGKILL'])(
  '%s in the middle loses nothing; the next run goes on where it was',
  async (signal) => {
    const work = newWorkspace();
    for (let i = 0; i < fileCount; i++) {
      work.write(`notes/${i}.md`, `Note ${i}: the answer of round ${i} is ${i * 7}.\n`.repeat(5));
    }
    const { code, stdout } = await stopped(work, signal);
    const { count: before } = await work.json('list', '--limit', '1000');
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(fileCount);
    if (signal === 'SIGINT') {
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ success: false, code: 'interrupted' });
      expect(JSON.parse(stdout).error).toContain(`Stopped after ${before} of ${fileCount} files`);
    }
    const { counts, pending_vectors } = await work.ingest('.');
    expect(counts).toMatchObject({ stored: fileCount - before, unchanged: before, archived: 0 });
    expect(pending_vectors).toBe(0);
    expect(await work.names()).toHaveLength(fileCount);
  },
);
