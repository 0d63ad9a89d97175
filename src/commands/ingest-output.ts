import type { TakenFile } from '../domain/ingestion.ts';
import { formatRef } from '../ids.ts';
import type { IngestReport } from '../ingest/ingest-paths.ts';
import type { Terminal } from './command.ts';
import { paint } from './terminal-style.ts';
import { visibleLine } from './visible-text.ts';

const outcomes = ['stored', 'changed', 'renamed', 'unchanged'] as const satisfies TakenFile['outcome'][];

/** The one document of `ltmc ingest --json`. Unchanged files are counted, not listed. */
export function ingestJson(report: IngestReport, pendingVectors: number): Record<string, unknown> {
  const listed = (outcome: TakenFile['outcome']) =>
    report.files
      .filter((file) => file.outcome === outcome)
      .map((file) => ({
        ref: formatRef('memory', file.resourceId),
        file_name: file.fileName,
        renamed_from: file.renamedFrom,
      }));
  return {
    success: true,
    counts: counts(report),
    stored: listed('stored'),
    changed: listed('changed'),
    renamed: listed('renamed'),
    archived: report.archived.map(({ resourceId, fileName }) => ({
      ref: formatRef('memory', resourceId),
      file_name: fileName,
    })),
    skipped: report.skipped.map(({ path, reason }) => ({ path, reason })),
    masked: report.files.flatMap(({ fileName, masked }) =>
      masked.map(({ kind, count }) => ({ file_name: fileName, kind, count })),
    ),
    pending_vectors: pendingVectors,
  };
}

export function printIngest(report: IngestReport, pendingVectors: number, terminal: Terminal): void {
  const { bold, dim, yellow } = paint(terminal.colour);
  for (const { path, reason } of report.skipped)
    terminal.out(`${dim('skipped')}  ${visibleLine(path)}: ${visibleLine(reason)}\n`);
  for (const { fileName, masked } of report.files) {
    for (const { kind, count } of masked) {
      terminal.out(
        `${yellow('masked')}   ${visibleLine(fileName)}: ${count} of the kind ${visibleLine(kind)}\n`,
      );
    }
  }
  for (const { fileName, renamedFrom } of report.files) {
    if (renamedFrom !== undefined)
      terminal.out(`${dim('renamed')}  ${visibleLine(renamedFrom)} -> ${visibleLine(fileName)}\n`);
  }
  for (const { fileName } of report.archived) terminal.out(`${dim('archived')} ${visibleLine(fileName)}\n`);
  const parts = Object.entries(counts(report)).map(([name, count]) => `${count} ${name}`);
  terminal.out(`${bold(parts.join(', '))}\n`);
  if (pendingVectors > 0) {
    terminal.err(
      `${pendingVectors} vectors are still pending; until they are there, those texts are found by word.\n`,
    );
  }
}

function counts({ files, archived, skipped, ignoredCount }: IngestReport): Record<string, number> {
  const byOutcome = outcomes.map((outcome): [string, number] => [
    outcome,
    files.filter((file) => file.outcome === outcome).length,
  ]);
  return {
    ...Object.fromEntries(byOutcome),
    archived: archived.length,
    skipped: skipped.length,
    ignored: ignoredCount,
  };
}
