import { writeSync } from 'node:fs';

/** Says `ready` and waits until the test says go; ends with the test, whatever this process is doing then. */
export async function barrier(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.stdin.once('data', () => resolve());
  process.stdin.once('end', () => process.exit(1));
  say('ready');
  await promise;
}

/** Writes a line that is out when this returns, so that an acknowledgement precedes whatever comes next. */
export function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** The last word: the answer as JSON. */
export function answer(value: unknown): never {
  say(JSON.stringify(value));
  process.exit(0);
}
