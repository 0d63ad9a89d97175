import { resolve } from 'node:path';
import type { ExportReport } from '../transfer/export-database.ts';
import { type Command, jsonFlag, type Terminal } from './command.ts';
import { settingFlags } from './setting-flags.ts';
import { paint } from './terminal-style.ts';
import { visibleLine } from './visible-text.ts';

export const exportCommand: Command = {
  name: 'export',
  synopsis: 'FILE [options]',
  summary: 'write every row as JSON Lines, or the vectors as a FAISS index',
  description:
    'Writes the database as it is at one moment to FILE: a line a row, of every table, archived rows and\n' +
    'vectors too. `ltmc import FILE` reads it. Stored text leaves the database with it: the file can be read\n' +
    'by its owner alone. With --faiss it is an IndexIDMap over an IndexFlatIP whose ids are vector ids.',
  flags: [
    { name: 'faiss', kind: 'switch', summary: 'only the vectors, as a FAISS index' },
    { name: 'force', kind: 'switch', summary: 'replace FILE where it is there' },
    ...settingFlags(['databasePath', 'logLevel']),
    jsonFlag,
  ],
  positionals: [{ name: 'FILE', required: true }],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const targetPath = resolve(given.positionals[0]!);
    const [{ loadConfig, transfer }, { exportDatabase }, { ProgressBar }, { programVersion }] =
      await Promise.all([
        import('../app.ts'),
        import('../transfer/export-database.ts'),
        import('./progress-bar.ts'),
        import('../package-root.ts'),
      ]);
    const config = await loadConfig(configFlags, environment);
    const bar = new ProgressBar(process.stderr);
    let report: ExportReport;
    try {
      report = exportDatabase(await transfer(config), {
        targetPath,
        force: given.switches.has('force'),
        faiss: given.switches.has('faiss'),
        programVersion: programVersion(),
        nowMs: Date.now(),
        onRow: (done, total, table) => bar.show(done, total, table),
      });
    } finally {
      bar.end();
    }
    if (json) {
      terminal.out(
        `${JSON.stringify({
          success: true,
          database: config.databasePath,
          file: targetPath,
          rows: report.rows,
          left_out: report.leftOut,
          ...(given.switches.has('faiss') ? { model_hashes: report.modelHashes } : {}),
        })}\n`,
      );
    } else printExport(report, targetPath, terminal);
  },
};

function printExport(report: ExportReport, targetPath: string, terminal: Terminal): void {
  const { bold, yellow } = paint(terminal.colour);
  terminal.out(`${bold('Exported')} to ${visibleLine(targetPath)}\n`);
  for (const [table, rows] of Object.entries(report.rows)) {
    if (rows > 0) terminal.out(`  ${table}: ${rows}\n`);
  }
  for (const [table, rows] of Object.entries(report.leftOut)) {
    terminal.out(`${yellow('Left out')}: ${visibleLine(table)}, ${rows} rows; it is no table of LTMC\n`);
  }
  if (report.modelHashes.length > 1) {
    terminal.err(
      `The vectors are from ${report.modelHashes.length} model files; those of one cannot be compared with those of another.\n`,
    );
  }
}
