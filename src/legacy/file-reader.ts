import { closeSync, openSync, readSync, statSync } from 'node:fs';

const windowBytes = 1 << 16;

/** Reads a plain file from its beginning or at any place, a window at a time; past its end it throws. */
export class FileReader {
  readonly size: number;
  readonly #handle: number;
  #window = Buffer.alloc(0);
  #windowAt = 0;
  #position = 0;

  constructor(path: string, bytesMax: number) {
    const stats = statSync(path);
    if (!stats.isFile()) throw new Error('it is no plain file');
    if (stats.size > bytesMax) throw new Error(`it has ${stats.size} bytes, more than ${bytesMax}`);
    this.size = stats.size;
    this.#handle = openSync(path, 'r');
  }

  get position(): number {
    return this.#position;
  }

  byte(): number {
    return this.bytes(1)[0] as number;
  }

  bytes(count: number): Buffer {
    const bytes = this.at(this.#position, count);
    this.#position += count;
    return bytes;
  }

  skip(count: number): void {
    if (this.#position + count > this.size) throw new Error('it is cut off');
    this.#position += count;
  }

  /** `count` bytes at a place; they are good until the next call. */
  at(offset: number, count: number): Buffer {
    if (offset + count > this.size) throw new Error('it is cut off');
    if (offset < this.#windowAt || offset + count > this.#windowAt + this.#window.length) {
      const wanted = Math.min(this.size - offset, Math.max(count, windowBytes));
      const window = Buffer.allocUnsafe(wanted);
      let read = 0;
      while (read < count) {
        const more = readSync(this.#handle, window, read, wanted - read, offset + read);
        if (more === 0) throw new Error('it is cut off');
        read += more;
      }
      this.#window = window.subarray(0, read);
      this.#windowAt = offset;
    }
    return this.#window.subarray(offset - this.#windowAt, offset - this.#windowAt + count);
  }

  close(): void {
    closeSync(this.#handle);
  }
}
