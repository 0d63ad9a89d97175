import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

const bufferBytes = 1024 * 1024;

/** A new file that its owner alone may read, written in large pieces. */
export class BufferedFile {
  readonly #file: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'wx', 0o600);
  }

  write(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.byteLength;
    if (this.#waitingBytes >= bufferBytes) this.#flush();
  }

  /** On disk when it returns. */
  finish(): void {
    this.#flush();
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#waiting);
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(this.#file, bytes, at);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}

/** Writes a whole new file under an unfinished name; what is there by half after an error is the caller's to remove. */
export function writeFileWith(path: string, write: (file: BufferedFile) => void): void {
  const file = new BufferedFile(path);
  try {
    write(file);
    file.finish();
  } finally {
    file.close();
  }
}
