import type { Readable } from 'node:stream';
import { limits } from '../limits.ts';

/**
 * What a client writes to a hook. A client that does not end its writing is not waited for longer than
 * `limits.hookInputMs`. null: more than `limits.hookInputBytesMax`.
 */
export function readInput(input: Readable): Promise<string | null> {
  return new Promise((settle) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = () => {
      clearTimeout(deadline);
      input.removeAllListeners();
      input.on('error', () => undefined);
      input.destroy();
      settle(bytes > limits.hookInputBytesMax ? null : Buffer.concat(chunks).toString('utf8'));
    };
    const deadline = setTimeout(done, limits.hookInputMs);
    input.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      // Read to its end all the same: a client need not expect that its pipe breaks.
      if (bytes <= limits.hookInputBytesMax) chunks.push(chunk);
      else chunks.length = 0;
    });
    input.on('end', done);
    input.on('error', done);
  });
}
