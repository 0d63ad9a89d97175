import type { Command } from './command.ts';
import { findCommand } from './find-command.ts';
import { commandHelp, overview } from './help-text.ts';

/** `all` is a function because this command is one of them. */
export function helpCommand(all: () => readonly Command[]): Command {
  return {
    name: 'help',
    synopsis: '[COMMAND]',
    summary: 'this list, or what one command does',
    description: 'Prints the list of commands, or the help of one.',
    flags: [],
    positionals: [{ name: 'COMMAND', required: false }],
    async run({ arguments: { positionals }, terminal }) {
      const [name] = positionals;
      terminal.out(name === undefined ? overview(all()) : commandHelp(findCommand(all(), name)));
    },
  };
}
