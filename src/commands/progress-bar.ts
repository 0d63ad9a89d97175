import { visibleLine } from './visible-text.ts';

const barCharacters = 20;
const drawEveryMs = 80;

/** A line on a terminal that is drawn over again; without a terminal it draws nothing. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  #drawnAtMs = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** `what` is the name of what is being done now. */
  show(done: number, total: number, what: string): void {
    const now = performance.now();
    if (!this.#stream.isTTY || now - this.#drawnAtMs < drawEveryMs) return;
    this.#drawnAtMs = now;
    this.#isDrawn = true;
    const filled = total === 0 ? barCharacters : Math.floor((done / total) * barCharacters);
    const bar = '█'.repeat(filled) + '░'.repeat(barCharacters - filled);
    const line = `${bar} ${done}/${total} ${visibleLine(what)}`;
    const width = Math.max(20, (this.#stream.columns || 80) - 1);
    this.#stream.write(`\r\u001b[K${[...line].slice(0, width).join('')}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isDrawn) this.#stream.write('\r\u001b[K');
    this.#isDrawn = false;
  }
}
