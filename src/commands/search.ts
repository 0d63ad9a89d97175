import { askedQuery, topKFlag } from './asked-query.ts';
import { type Command, jsonFlag } from './command.ts';
import { settingFlags } from './setting-flags.ts';

export const searchCommand: Command = {
  name: 'search',
  synopsis: 'QUERY [options]',
  summary: 'what is remembered about something, best first',
  description:
    'Prints the stored texts that answer a query best. By default it sees the project of the working\n' +
    'directory and what belongs to no project; --project "*" sees all.',
  flags: [topKFlag, ...settingFlags(['project', 'databasePath', 'modelFolder', 'logLevel']), jsonFlag],
  positionals: [{ name: 'QUERY', required: true }],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const { query, topK } = askedQuery(searchCommand, given);

    const [{ loadConfig, openApp, workingScope }, { findMemories }, { printSearch, searchJson }] =
      await Promise.all([import('../app.ts'), import('./found-memories.ts'), import('./search-output.ts')]);
    const config = await loadConfig(configFlags, environment);
    const app = await openApp(config, { mustExist: true });
    try {
      const found = await findMemories(app, { query, topK, scope: workingScope(config) });
      if (json) terminal.out(`${JSON.stringify(searchJson(found))}\n`);
      else printSearch(found, terminal);
    } finally {
      await app.close();
    }
  },
};
