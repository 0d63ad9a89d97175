import type { Terminal } from '../command.ts';
import { type Paint, paint } from '../terminal-style.ts';
import { visibleText } from '../visible-text.ts';

/** What the demo tells: numbered steps with short, aligned lines below them. */
export class Story {
  readonly #terminal: Terminal;
  readonly #paint: Paint;
  #steps = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#paint = paint(terminal.colour);
  }

  say(text: string): void {
    this.#terminal.out(`${text}\n`);
  }

  step(title: string): void {
    this.#steps++;
    this.say(`\n${this.#paint.bold(`${this.#steps}. ${title}`)}`);
  }

  row(name: string, ...cells: string[]): void {
    const [last, ...others] = [...cells].reverse();
    const aligned = others.reverse().map((cell) => cell.padEnd(12));
    this.say(`   ${[name.padEnd(24), ...aligned, last].join('  ')}`);
  }

  question(text: string): void {
    this.say(`   ${this.#paint.cyan('?')} ${text}`);
  }

  /** Where an answer comes from, and what it says. */
  answer(source: string, text: string): void {
    this.say(`     ${this.#paint.green(source)}`);
    this.quote(text);
  }

  quote(text: string): void {
    for (const line of visibleText(text).split('\n')) this.say(`     ${this.#paint.dim(`| ${line}`)}`);
  }

  good(text: string): void {
    this.say(`   ${this.#paint.green('ok')} ${text}`);
  }

  end(text: string): void {
    this.say(`\n${this.#paint.bold(text)}`);
  }
}
