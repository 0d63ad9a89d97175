import { resolve } from 'node:path';
import type { RestoreReport } from '../domain/whole-database.ts';
import { type Command, jsonFlag, type Terminal } from './command.ts';
import { settingFlags } from './setting-flags.ts';
import { paint } from './terminal-style.ts';
import { visibleLine } from './visible-text.ts';

export const restoreCommand: Command = {
  name: 'restore',
  synopsis: 'FILE [options]',
  summary: 'put a backup in the place of the database',
  description:
    'Checks the backup on a copy, keeps the present database beside itself, and puts the backup in its place,\n' +
    'whole or not at all; servers that have it open go on with the restored one. Refuses where rows would be\n' +
    'lost that the backup does not hold, or where that cannot be told, unless --force is given.',
  flags: [
    { name: 'force', kind: 'switch', summary: 'also where newer rows would be lost' },
    ...settingFlags(['databasePath', 'logLevel']),
    jsonFlag,
  ],
  positionals: [{ name: 'FILE', required: true }],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const backupPath = resolve(given.positionals[0]!);
    const { loadConfig, wholeDatabase } = await import('../app.ts');
    const config = await loadConfig(configFlags, environment);
    const database = await wholeDatabase(config);
    const report = await database.restore(backupPath, { force: given.switches.has('force') });
    if (json) {
      terminal.out(
        `${JSON.stringify({
          success: true,
          database: config.databasePath,
          backup: backupPath,
          rows: report.facts.counts,
          last_vector_id: report.facts.lastVectorId,
          kept: report.keptPath,
          lost: report.lost,
          brought_back: report.broughtBack,
        })}\n`,
      );
      return;
    }
    printRestore(report, config.databasePath, terminal);
  },
};

function printRestore(report: RestoreReport, databasePath: string, terminal: Terminal): void {
  const { bold, yellow } = paint(terminal.colour);
  terminal.out(`${bold('Restored')} ${visibleLine(databasePath)}\n`);
  for (const [table, rows] of Object.entries(report.facts.counts)) terminal.out(`  ${table}: ${rows}\n`);
  if (report.keptPath !== null) terminal.out(`What was there before: ${visibleLine(report.keptPath)}\n`);
  const tell = (title: string, rows: Record<string, number>) => {
    if (Object.keys(rows).length === 0) return;
    const words = Object.entries(rows).map(([table, count]) => `${table}: ${count}`);
    terminal.out(`${yellow(title)} ${words.join(', ')}\n`);
  };
  tell('Rows that the backup does not hold:', report.lost);
  tell('Rows that had been removed and are there again:', report.broughtBack);
}
