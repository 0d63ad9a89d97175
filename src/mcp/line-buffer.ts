const newline = 0x0a;

/**
 * Cuts a stream of bytes into lines. Parts of a line are kept apart until its end comes: joining them at each
 * arrival would take time with the square of its length, and a caller may send megabytes in one line.
 */
export class LineBuffer {
  readonly #lineBytesMax: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** The lines that end in this chunk, without their ends. Throws when one is longer than the bound. */
  *take(chunk: Buffer): Generator<string> {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      this.#keep(chunk.subarray(from, end));
      const line = Buffer.concat(this.#parts).toString('utf8');
      this.clear();
      from = end + 1;
      yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
    this.#keep(chunk.subarray(from));
  }

  clear(): void {
    this.#parts = [];
    this.#bytes = 0;
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#lineBytesMax) {
      this.clear();
      throw new RangeError(`Expected lines of at most ${this.#lineBytesMax} bytes, got a longer one.`);
    }
    if (part.length > 0) this.#parts.push(part);
  }
}
