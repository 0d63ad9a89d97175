import { resolve } from 'node:path';
import { defined } from '../defined.ts';
import { type Command, jsonFlag } from './command.ts';
import { settingFlags } from './setting-flags.ts';

export const migrateCommand: Command = {
  name: 'migrate',
  synopsis: '[DB] [options]',
  summary: 'bring a database of the Python LTMC over',
  description:
    'Makes a byte-for-byte backup beside the database, builds the new one from a copy, holds every row against\n' +
    'the old one, and puts it in place in one step. Until then the database stays as it was, and a run that is\n' +
    'stopped at any moment does no harm. `ltmc rollback` undoes it. Running it twice is the same as once.\n' +
    'Without DB: the database of the settings.',
  flags: [
    {
      name: 'index',
      kind: 'text',
      valueName: 'FILE',
      summary: "the old vector index, for the comparison (default: faiss_index in the database's folder)",
    },
    {
      name: 'timezone',
      kind: 'text',
      valueName: 'ZONE',
      summary: 'of old times that name none, such as Europe/Berlin (default: that of this machine)',
    },
    {
      name: 'to',
      kind: 'text',
      valueName: 'FILE',
      summary: 'write the new database here and leave the old one as it is',
    },
    { name: 'rechunk', kind: 'switch', summary: 'cut texts anew where the whole text is known' },
    { name: 'dry-run', kind: 'switch', summary: 'do everything but the exchange, on copies' },
    ...settingFlags(['databasePath', 'modelFolder', 'embeddingWorkers', 'logLevel']),
    jsonFlag,
  ],
  positionals: [{ name: 'DB', required: false }],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const [{ loadConfig, migrate }, output, { ProgressBar }] = await Promise.all([
      import('../app.ts'),
      import('./migrate-output.ts'),
      import('./progress-bar.ts'),
    ]);
    const [named] = given.positionals;
    if (named !== undefined) configFlags.values.databasePath = named;
    const config = await loadConfig(configFlags, environment);
    const bar = new ProgressBar(process.stderr);
    const fileFlag = (flag: string) => {
      const file = given.texts.get(flag);
      return file === undefined ? undefined : resolve(file);
    };
    const [to, indexFile, timezone] = [fileFlag('to'), fileFlag('index'), given.texts.get('timezone')];
    try {
      const result = await migrate(config, {
        ...defined({ to, indexFile, timezone }),
        rechunk: given.switches.has('rechunk'),
        dryRun: given.switches.has('dry-run'),
        onNote: (text) => terminal.err(`${text}\n`),
        onProgress: (done, total) => bar.show(done, total, 'texts embedded'),
      });
      bar.end();
      if (json) terminal.out(`${JSON.stringify(output.migrationJson(result))}\n`);
      else output.printMigration(result, terminal);
    } finally {
      bar.end();
    }
  },
};
