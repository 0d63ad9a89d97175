import { resolve } from 'node:path';
import type { ImportReport, RowSource } from '../domain/transfer.ts';
import { type Command, jsonFlag, type Terminal } from './command.ts';
import { settingFlags } from './setting-flags.ts';
import { paint } from './terminal-style.ts';
import { visibleLine } from './visible-text.ts';

export const importCommand: Command = {
  name: 'import',
  synopsis: 'FILE [options]',
  summary: 'read what `ltmc export` wrote',
  description:
    'Into an empty database every row comes back as it was, with its id. Into one that is used, rows with the\n' +
    'same content are left alone, the others get new ids and what refers to them follows; --json lists old and\n' +
    'new ids. Run again it changes nothing. All of it or nothing is written; other writers wait meanwhile.\n' +
    'Texts are taken as they are: nothing is masked.',
  flags: [
    { name: 'dry-run', kind: 'switch', summary: 'say what would come in, and keep nothing' },
    ...settingFlags(['databasePath', 'logLevel']),
    jsonFlag,
  ],
  positionals: [{ name: 'FILE', required: true }],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const [{ loadConfig, transfer }, { ExportFile }, { ProgressBar }] = await Promise.all([
      import('../app.ts'),
      import('../transfer/read-export.ts'),
      import('./progress-bar.ts'),
    ]);
    const config = await loadConfig(configFlags, environment);
    const file = new ExportFile(resolve(given.positionals[0]!));
    const dryRun = given.switches.has('dry-run');
    const bar = new ProgressBar(process.stderr);
    let report: ImportReport;
    try {
      report = (await transfer(config)).importRows(
        watched(file, (done, total, table) => bar.show(done, total, table)),
        { dryRun },
      );
    } finally {
      bar.end();
    }
    if (json) {
      terminal.out(`${JSON.stringify(importJson(report, config.databasePath, dryRun))}\n`);
    } else printImport(report, dryRun, terminal);
  },
};

function watched(file: RowSource, show: (done: number, total: number, table: string) => void): RowSource {
  const total = Object.values(file.header.rows).reduce((sum, count) => sum + count, 0);
  return {
    header: file.header,
    *rows() {
      let done = 0;
      for (const row of file.rows()) {
        show(++done, total, row.table);
        yield row;
      }
    },
  };
}

function importJson(report: ImportReport, database: string, dryRun: boolean): Record<string, unknown> {
  const idOf = (id: bigint) => (Number.isSafeInteger(Number(id)) ? Number(id) : String(id));
  return {
    success: true,
    database,
    dry_run: dryRun,
    mode: report.mode,
    imported: report.imported,
    equal: report.equal,
    not_taken: report.notTaken,
    dangling: report.dangling,
    unknown_columns: report.unknownColumns,
    vectors_made_pending: report.vectorsMadePending,
    map: Object.fromEntries(
      Object.entries(report.map).map(([kind, pairs]) => [
        kind,
        pairs.map(([from, to]) => [idOf(from), idOf(to)]),
      ]),
    ),
  };
}

function printImport(report: ImportReport, dryRun: boolean, terminal: Terminal): void {
  const { bold, dim, yellow } = paint(terminal.colour);
  const rows = (counts: Record<string, number>) =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([table, count]) => `${visibleLine(table)}: ${count}`)
      .join(', ') || 'nothing';
  terminal.out(`${bold(dryRun ? 'Would be imported' : 'Imported')}: ${rows(report.imported)}\n`);
  if (report.mode === 'exact') {
    terminal.out(`${dim('The database was empty: every row has the id that it had.')}\n`);
  } else {
    terminal.out(`There already: ${rows(report.equal)}\n`);
    if (Object.values(report.imported).some((count) => count > 0)) {
      terminal.out(`${dim('Rows have new ids; --json lists old and new.')}\n`);
    }
  }
  const tell = (title: string, counts: Record<string, number>) => {
    if (Object.keys(counts).length > 0) terminal.out(`${yellow(title)}: ${rows(counts)}\n`);
  };
  tell('Not taken over, as it belongs to the other database alone', report.notTaken);
  tell('Left out, as what it refers to is not in the file', report.dangling);
  if (report.unknownColumns.length > 0) {
    const names = report.unknownColumns.map(visibleLine);
    terminal.out(`${yellow('Columns that are unknown here')}: ${names.join(', ')}\n`);
  }
  if (report.vectorsMadePending > 0) {
    terminal.out(`${report.vectorsMadePending} vectors do not fit this model; they are embedded anew.\n`);
  }
}
