import type { Command } from './command.ts';
import { demoCommand } from './demo.ts';
import { helpCommand } from './help.ts';
import { searchCommand } from './search.ts';
import { serveCommand } from './serve.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  serveCommand,
  demoCommand,
  searchCommand,
  helpCommand(() => commands),
];
