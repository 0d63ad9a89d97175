/**
 * What a command wrote, both streams in the order in which they came: the head and the tail, each of at most
 * `eachEndBytes`. A summary stands at the end, the first error near the beginning.
 */
export class OutputCapture {
  readonly #eachEndBytes: number;
  #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #lostBytes = 0;

  constructor(eachEndBytes: number) {
    this.#eachEndBytes = eachEndBytes;
  }

  add(chunk: Buffer): void {
    const room = this.#eachEndBytes - this.#headBytes;
    if (room > 0) {
      this.#head.push(chunk.subarray(0, room));
      this.#headBytes += Math.min(room, chunk.length);
    }
    if (chunk.length <= room) return;
    const rest = chunk.subarray(Math.max(0, room));
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    while (this.#tailBytes > this.#eachEndBytes) {
      const first = this.#tail[0] as Buffer;
      const surplus = Math.min(first.length, this.#tailBytes - this.#eachEndBytes);
      if (surplus === first.length) this.#tail.shift();
      else this.#tail[0] = first.subarray(surplus);
      this.#tailBytes -= surplus;
      this.#lostBytes += surplus;
    }
  }

  text(): string {
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    if (this.#lostBytes === 0) return Buffer.concat([head, tail]).toString('utf8');
    return `${head.toString('utf8')}\n[… ${this.#lostBytes} bytes left out …]\n${tail.toString('utf8')}`;
  }
}
