import { homedir } from 'node:os';
import { programVersion } from '../package-root.ts';
import { defaultDatabasePath } from '../user-folders.ts';
import type { Command, Flag } from './command.ts';

/** Understood by every command, and answered before the others are looked at. */
const helpFlag: Flag = { name: 'help', kind: 'switch', summary: 'what this command does' };

/** The overview: what `ltmc` alone shows on a terminal. */
export function overview(commands: readonly Command[]): string {
  return [
    `ltmc ${programVersion()}: long-term memory for coding agents, over MCP.`,
    '',
    'Usage: ltmc COMMAND [options]',
    '',
    ...columns(commands.map(({ name, synopsis, summary }) => [`${name} ${synopsis}`, summary])),
    '',
    'A client starts it as `ltmc` alone: without a terminal that is `ltmc serve`.',
    `What is stored lies in ${defaultDatabasePath(process.platform, process.env, homedir())}; --db FILE names another.`,
    'ltmc COMMAND --help says more; ltmc --version prints the version.',
    '',
  ].join('\n');
}

/** The help of one command, made from its own flags, so that it cannot name one that is not there. */
export function commandHelp(command: Command): string {
  const flags = [...command.flags, helpFlag].map(({ name, valueName, summary }): [string, string] => [
    valueName === undefined ? `--${name}` : `--${name} ${valueName}`,
    summary,
  ]);
  return [usageLine(command), '', command.description, '', ...columns(flags), ''].join('\n');
}

/** `Usage: ltmc search QUERY [options]` */
export function usageLine({ name, synopsis }: Command): string {
  return `Usage: ltmc ${name} ${synopsis}`.trimEnd();
}

function columns(rows: readonly [left: string, right: string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
