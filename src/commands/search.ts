import { limits } from '../limits.ts';
import { type Command, jsonFlag } from './command.ts';
import { wrongUsage } from './parse-arguments.ts';
import { settingFlags } from './setting-flags.ts';

const defaultTopK = 5;

export const searchCommand: Command = {
  name: 'search',
  synopsis: 'QUERY [options]',
  summary: 'what is remembered about something, best first',
  description:
    'Prints the stored texts that answer a query best. By default it sees the project of the working\n' +
    'directory and what belongs to no project; --project "*" sees all.',
  flags: [
    {
      name: 'top-k',
      kind: 'whole number',
      valueName: 'N',
      summary: `how many, 1 to ${limits.topKMax} (default: ${defaultTopK})`,
    },
    ...settingFlags(['project', 'databasePath', 'modelFolder', 'logLevel']),
    jsonFlag,
  ],
  positionals: [{ name: 'QUERY', required: true }],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const query = given.positionals[0]!.trim();
    if (query === '' || query.length > limits.queryCharactersMax) {
      throw wrongUsage(
        searchCommand,
        `Expected QUERY to be a text of 1 to ${limits.queryCharactersMax} characters; got ${query.length}.`,
      );
    }
    const topK = given.numbers.get('top-k') ?? defaultTopK;
    if (topK < 1 || topK > limits.topKMax) {
      throw wrongUsage(searchCommand, `Expected --top-k to be 1 to ${limits.topKMax}; got ${topK}.`);
    }

    const [{ loadConfig, openApp, workingProject }, { findMemories }, { printSearch, searchJson }] =
      await Promise.all([import('../app.ts'), import('./found-memories.ts'), import('./search-output.ts')]);
    const config = await loadConfig(configFlags, environment);
    const app = await openApp(config, { mustExist: true });
    try {
      const { name: project } = workingProject(config);
      const found = await findMemories(app, { query, topK, scope: project === '*' ? 'all' : { project } });
      if (json) terminal.out(`${JSON.stringify(searchJson(found))}\n`);
      else printSearch(found, terminal);
    } finally {
      await app.close();
    }
  },
};
