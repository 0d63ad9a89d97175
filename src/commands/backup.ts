import { resolve } from 'node:path';
import { type Command, jsonFlag } from './command.ts';
import { settingFlags } from './setting-flags.ts';
import { paint } from './terminal-style.ts';
import { visibleLine } from './visible-text.ts';

export const backupCommand: Command = {
  name: 'backup',
  synopsis: 'FILE [options]',
  summary: 'write a checked copy of the database',
  description:
    'Writes the database as it is at one moment to FILE, while servers go on working with it. The copy is\n' +
    'looked through before it gets its name, and can be read by its owner alone. `ltmc restore FILE` puts it\n' +
    'back.',
  flags: [
    { name: 'force', kind: 'switch', summary: 'replace FILE where it is there' },
    ...settingFlags(['databasePath', 'logLevel']),
    jsonFlag,
  ],
  positionals: [{ name: 'FILE', required: true }],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const targetPath = resolve(given.positionals[0]!);
    const { loadConfig, wholeDatabase } = await import('../app.ts');
    const config = await loadConfig(configFlags, environment);
    const database = await wholeDatabase(config);
    const facts = await database.backUp(targetPath, { force: given.switches.has('force') });
    if (json) {
      const { counts, schemaVersion, lastVectorId } = facts;
      terminal.out(
        `${JSON.stringify({
          success: true,
          database: config.databasePath,
          backup: targetPath,
          schema_version: schemaVersion,
          last_vector_id: lastVectorId,
          rows: counts,
        })}\n`,
      );
      return;
    }
    const { bold } = paint(terminal.colour);
    terminal.out(`${bold('Backed up')} to ${visibleLine(targetPath)}\n`);
    for (const [table, rows] of Object.entries(facts.counts)) terminal.out(`  ${table}: ${rows}\n`);
  },
};
