import { LtmcError } from '../errors.ts';
import { parseRef, type Ref } from '../ids.ts';
import { type Command, jsonFlag, type Terminal } from './command.ts';
import { wrongUsage } from './parse-arguments.ts';
import { settingFlags } from './setting-flags.ts';
import type { ShownRow } from './shown-row.ts';
import { paint } from './terminal-style.ts';
import { visibleLine, visibleText } from './visible-text.ts';

export const showCommand: Command = {
  name: 'show',
  synopsis: 'REF [options]',
  summary: 'one stored item whole',
  description:
    'Prints what is stored under a ref: memory-7, chunk-9, pattern-12, message-3 or todo-4. Control\n' +
    'characters in stored text are shown, not sent; --json gives the text as it is.',
  flags: [...settingFlags(['databasePath', 'modelFolder', 'logLevel']), jsonFlag],
  positionals: [{ name: 'REF', required: true }],
  async run({ arguments: { positionals }, configFlags, environment, terminal, json }) {
    const ref = refFrom(showCommand, positionals[0]!);
    const [{ loadConfig, openApp }, { readRow }] = await Promise.all([
      import('../app.ts'),
      import('./shown-row.ts'),
    ]);
    const config = await loadConfig(configFlags, environment);
    const app = await openApp(config, { mustExist: true });
    try {
      const row = await readRow(app, ref);
      if (json) {
        const texts = Object.fromEntries(row.texts);
        terminal.out(`${JSON.stringify({ success: true, ref: row.ref, ...row.fields, ...texts })}\n`);
      } else {
        printRow(row, terminal);
      }
    } finally {
      await app.close();
    }
  },
};

/** A ref on a command line; anything else is wrong usage. */
export function refFrom(command: Command, word: string): Ref {
  try {
    return parseRef(word);
  } catch (thrown) {
    if (thrown instanceof LtmcError) throw wrongUsage(command, thrown.message);
    throw thrown;
  }
}

function printRow(row: ShownRow, terminal: Terminal): void {
  const { bold, dim } = paint(terminal.colour);
  terminal.out(`${bold(row.ref)}\n`);
  for (const [name, value] of Object.entries(row.fields)) {
    if (value === null || value === false || (Array.isArray(value) && value.length === 0)) continue;
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    terminal.out(`${dim(`${name}:`)} ${visibleLine(text)}\n`);
  }
  for (const [name, text] of row.texts) {
    if (text === '') continue;
    terminal.out(`\n${dim(`${name}:`)}\n${visibleText(text.replace(/\n$/, ''))}\n`);
  }
}
