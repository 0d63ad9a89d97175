import { type Command, jsonFlag } from './command.ts';
import { settingFlags } from './setting-flags.ts';
import { snakeCaseKeys } from './snake-case-keys.ts';
import { visibleLine } from './visible-text.ts';

export const rollbackCommand: Command = {
  name: 'rollback',
  synopsis: '[DB] [options]',
  summary: 'undo a migration: put its backup back',
  description:
    "Puts the newest backup that a migration made back in the database's place, byte for byte with its side\n" +
    'files, after checking it on a copy. Stop the programs that use the database first. Refuses where something\n' +
    'written since would be lost; with --force that newer database is kept beside it.',
  flags: [
    { name: 'force', kind: 'switch', summary: 'also where newer writes are taken away' },
    ...settingFlags(['databasePath', 'logLevel']),
    jsonFlag,
  ],
  positionals: [{ name: 'DB', required: false }],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const { loadConfig, rollback } = await import('../app.ts');
    const [named] = given.positionals;
    if (named !== undefined) configFlags.values.databasePath = named;
    const config = await loadConfig(configFlags, environment);
    const report = await rollback(config, { force: given.switches.has('force') });
    if (json) {
      // The names of tables are no keys of ours.
      const { rows, ...others } = report;
      const document = { success: true, ...(snakeCaseKeys(others) as object), rows };
      return terminal.out(`${JSON.stringify(document)}\n`);
    }
    const files = report.files
      .map(({ suffix, bytes }) => `${suffix || 'database'} ${bytes} bytes`)
      .join(', ');
    terminal.out(
      report.outcome === 'already_rolled_back'
        ? `${visibleLine(report.database)} is the backup, byte for byte: nothing to do.\n`
        : `${visibleLine(report.database)} is again what it was before the migration (${files}).\n`,
    );
    terminal.out(`  from ${visibleLine(report.backup)}, which stays\n`);
    if (report.replaced !== null)
      terminal.out(`  the newer database is kept as ${visibleLine(report.replaced)}\n`);
  },
};
