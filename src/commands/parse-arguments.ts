import { parseArgs } from 'node:util';
import { LtmcError } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import type { Arguments, Command } from './command.ts';
import { usageLine } from './help-text.ts';

/** The words after a command's name, held against its flags. Throws `wrong_usage`, naming what is wrong. */
export function parseArguments(command: Command, words: readonly string[]): Arguments {
  const { flags } = command;
  const known = new Map(flags.map((flag) => [flag.name, flag]));
  const { tokens } = parseArgs({
    args: [...words],
    // Not strict: its own messages name no neighbours. Everything it would refuse is refused below.
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      flags.map(({ name, kind }) => [name, { type: kind === 'switch' ? 'boolean' : 'string' } as const]),
    ),
  });

  const parsed = {
    positionals: [] as string[],
    switches: new Set<string>(),
    texts: new Map<string, string>(),
    numbers: new Map<string, number>(),
    beforeTerminator: null as number | null,
  };
  for (const token of tokens) {
    if (token.kind === 'positional') parsed.positionals.push(token.value);
    if (token.kind === 'option-terminator') parsed.beforeTerminator ??= parsed.positionals.length;
    if (token.kind !== 'option') continue;
    const flag = known.get(token.name);
    if (flag === undefined) throw unknownFlag(command, token.rawName);
    if (flag.kind === 'switch') {
      if (token.value !== undefined) {
        throw wrongUsage(
          command,
          `Expected no value after ${token.rawName}; got ${JSON.stringify(token.value)}.`,
        );
      }
      parsed.switches.add(flag.name);
      continue;
    }
    const isNextFlag = token.inlineValue === false && /^-./.test(token.value);
    if (token.value === undefined || token.value === '' || isNextFlag) {
      throw wrongUsage(command, `Expected a value after ${token.rawName}: ${flag.valueName}.`);
    }
    if (flag.kind === 'text') parsed.texts.set(flag.name, token.value);
    else parsed.numbers.set(flag.name, wholeNumber(command, token.rawName, token.value));
  }
  checkPositionals(command, parsed.positionals);
  return parsed;
}

/** `wrong_usage` whose hint is the command's usage line, unless a better one is given. */
export function wrongUsage(command: Command, message: string, hint?: string): LtmcError {
  return new LtmcError('wrong_usage', message, hint ?? usageLine(command));
}

function unknownFlag(command: Command, given: string): LtmcError {
  const names = command.flags.map(({ name }) => name);
  const nearest = nearestName(given.replace(/^-+/, ''), names);
  return wrongUsage(
    command,
    `Expected a flag of \`ltmc ${command.name}\`; got ${given}.`,
    nearest === undefined ? `Run: ltmc ${command.name} --help` : `Did you mean --${nearest}?`,
  );
}

function wholeNumber(command: Command, flag: string, given: string): number {
  const number = Number(given);
  if (!/^\d+$/.test(given) || !Number.isSafeInteger(number)) {
    throw wrongUsage(command, `Expected a whole number after ${flag}; got ${JSON.stringify(given)}.`);
  }
  return number;
}

function checkPositionals(command: Command, given: readonly string[]): void {
  const missing = command.positionals.slice(given.length).find(({ required }) => required);
  if (missing !== undefined) throw wrongUsage(command, `Expected ${missing.name}; got nothing.`);
  if (command.positionals.at(-1)?.many) return;
  const extra = given[command.positionals.length];
  if (extra === undefined) return;
  const first = command.positionals[0];
  throw wrongUsage(
    command,
    `Expected nothing more than ${first === undefined ? `\`ltmc ${command.name}\`` : first.name}; got ${JSON.stringify(extra)} too.`,
    first === undefined ? undefined : `Put quotes around ${first.name} when it has spaces.`,
  );
}
