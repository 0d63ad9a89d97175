import { limits } from '../limits.ts';
import type { Arguments, Command, Flag } from './command.ts';
import { wrongUsage } from './parse-arguments.ts';

const defaultTopK = 5;

/** How many answers a look-up prints. */
export const topKFlag: Flag = {
  name: 'top-k',
  kind: 'whole number',
  valueName: 'N',
  summary: `how many, 1 to ${limits.topKMax} (default: ${defaultTopK})`,
};

/** What a look-up is asked, and for how many answers. Throws `wrong_usage` in the name of its command. */
export function askedQuery(command: Command, given: Arguments): { query: string; topK: number } {
  const query = given.positionals[0]!.trim();
  if (query === '' || query.length > limits.queryCharactersMax) {
    throw wrongUsage(
      command,
      `Expected QUERY to be a text of 1 to ${limits.queryCharactersMax} characters; got ${query.length}.`,
    );
  }
  const topK = given.numbers.get('top-k') ?? defaultTopK;
  if (topK < 1 || topK > limits.topKMax) {
    throw wrongUsage(command, `Expected --top-k to be 1 to ${limits.topKMax}; got ${topK}.`);
  }
  return { query, topK };
}
