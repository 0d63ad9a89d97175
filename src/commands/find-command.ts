import { LtmcError } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import type { Command } from './command.ts';

/** Throws `wrong_usage` with the nearest command's name. */
export function findCommand(commands: readonly Command[], name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const names = commands.map((candidate) => candidate.name);
  const nearest = nearestName(name, names);
  throw new LtmcError(
    'wrong_usage',
    `Expected a command (${names.join(', ')}); got ${JSON.stringify(name)}.`,
    nearest === undefined ? 'Run: ltmc help' : `Did you mean: ltmc ${nearest}`,
  );
}
