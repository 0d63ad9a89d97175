import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import type { DoctorReport } from '../doctor/run-doctor.ts';
import { programVersion } from '../package-root.ts';
import { type Command, jsonFlag, type Terminal } from './command.ts';
import { settingFlags } from './setting-flags.ts';
import { paint } from './terminal-style.ts';
import { visibleLine } from './visible-text.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  synopsis: '[options]',
  summary: 'look for what is wrong, and mend what can be mended',
  description:
    'Looks at the database (its file, references, vector ids, vectors, full text, families, links, likely\n' +
    'secrets), the model, the files and the disk, and the clients that start LTMC. Changes nothing. With\n' +
    '--repair what can be made again from the rows is mended, after a backup. Ends with 1 while something is\n' +
    'wrong; a notice alone is no fault.',
  flags: [
    { name: 'repair', kind: 'switch', summary: 'mend what can be made again from the rows, after a backup' },
    ...settingFlags(['databasePath', 'modelFolder', 'logLevel']),
    jsonFlag,
  ],
  positionals: [],
  async run({ arguments: given, configFlags, environment, terminal, json, exitWith }) {
    const [{ loadConfig, databaseDoctor, openEmbedder }, { runDoctor }, { freeBytes }, { isRunning }] =
      await Promise.all([
        import('../app.ts'),
        import('../doctor/run-doctor.ts'),
        import('../doctor/check-folder.ts'),
        import('../is-running.ts'),
      ]);
    const config = await loadConfig(configFlags, environment);
    const { platform } = process;
    const look = (path: string) => statSync(path, { throwIfNoEntry: false });
    const embedder = await openEmbedder(config);
    try {
      const report = await runDoctor(
        {
          database: await databaseDoctor(config),
          embedder,
          folder: { platform, userId: process.getuid?.(), freeBytes, isRunning },
          clients: {
            surroundings: {
              platform,
              environment,
              home: homedir(),
              isFolder: (path) => look(path)?.isDirectory() === true,
              hasText: (path) => (look(path)?.size ?? 0) > 0,
            },
            isFile: (path) => look(path)?.isFile() === true,
          },
        },
        { repair: given.switches.has('repair') },
      );
      if (json) terminal.out(`${JSON.stringify(doctorJson(report, config.databasePath))}\n`);
      else printReport(report, config.databasePath, terminal);
      if (!report.isHealthy) exitWith(1);
    } finally {
      await embedder.close();
    }
  },
};

function doctorJson(report: DoctorReport, database: string): Record<string, unknown> {
  return {
    success: true,
    healthy: report.isHealthy,
    database,
    versions: {
      ltmc: programVersion(),
      node: process.versions.node,
      schema: report.schemaVersion,
      journal_mode: report.journalMode,
      model: report.modelHash,
    },
    findings: report.findings,
    ...(report.repair === null ? {} : { repaired: report.repair.repairs, backup: report.repair.backupPath }),
  };
}

function printReport(report: DoctorReport, database: string, terminal: Terminal): void {
  const { bold, dim, green, red, yellow } = paint(terminal.colour);
  terminal.out(
    `${dim(`ltmc ${programVersion()}, Node ${process.versions.node}, ${visibleLine(database)}`)}\n`,
  );
  if (report.repair !== null) {
    for (const { code, count, message } of report.repair.repairs) {
      terminal.out(`${green('mended')}   ${code}: ${count} ${visibleLine(message)}\n`);
    }
    if (report.repair.repairs.length === 0) terminal.out('There was nothing to mend.\n');
    if (report.repair.backupPath !== null)
      terminal.out(`What was there before: ${visibleLine(report.repair.backupPath)}\n`);
  }
  for (const { code, level, count, message, hint } of report.findings) {
    const mark = level === 'problem' ? red('problem') : yellow('notice ');
    terminal.out(`${mark}  ${code}: ${count} ${visibleLine(message)}\n         ${dim(visibleLine(hint))}\n`);
  }
  terminal.out(report.isHealthy ? `${bold('Healthy.')}\n` : `${bold('Something is wrong.')}\n`);
}
