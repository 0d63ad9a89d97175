import type { MigrateResult, MigrationReport } from '../app.ts';
import type { Terminal } from './command.ts';
import { snakeCaseKeys } from './snake-case-keys.ts';
import { paint } from './terminal-style.ts';
import { visibleLine } from './visible-text.ts';

/** The one document of `ltmc migrate --json`. */
export function migrationJson(result: MigrateResult): Record<string, unknown> {
  return { success: true, ...(snakeCaseKeys(result) as Record<string, unknown>) };
}

export function printMigration(result: MigrateResult, terminal: Terminal): void {
  const { bold } = paint(terminal.colour);
  if (result.outcome === 'already_migrated') {
    terminal.out(`${visibleLine(result.database)} was moved over already: nothing to do.\n`);
    return;
  }
  const headings = {
    migrated: `${visibleLine(result.database)} was moved over.`,
    dry_run: `${visibleLine(result.database)} can be moved over. Nothing was changed: this was a trial on copies.`,
    written_to: `${visibleLine(result.result ?? '')} was written; ${visibleLine(result.database)} is as it was.`,
  };
  terminal.out(`${bold(headings[result.outcome])}\n`);
  for (const [title, lines] of sections(result)) {
    if (lines.length === 0) continue;
    terminal.out(`\n${bold(title)}\n`);
    for (const text of lines) terminal.out(`  ${text}\n`);
  }
  if (result.outcome === 'migrated') {
    terminal.out(`\nBack again: ltmc rollback ${JSON.stringify(visibleLine(result.database))}\n`);
  }
}

function sections(report: MigrationReport): [title: string, lines: string[]][] {
  return [
    ['Rows, every value compared', rowLines(report)],
    ['Vector ids', vectorIdLines(report)],
    ['Held against the old vectors', comparisonLines(report)],
    ['Texts of resources', wholeTextLines(report)],
    ['Times', timeLines(report)],
    ['Found in the old rows, and kept as it is', damageLines(report)],
    ['Set aside in MigrationQuarantine', asideLines(report)],
    ['Files', fileLines(report)],
  ];
}

function rowLines({ tables, integrity }: MigrationReport): string[] {
  const width = Math.max(...tables.map(({ table }) => table.length));
  return [
    ...tables.map((table) => {
      const kept = `${table.rowsKept} of ${table.rowsBefore}`;
      const renamed = table.newName === table.table ? '' : `, now ${visibleLine(table.newName)}`;
      return `${visibleLine(table.table).padEnd(width)}  ${kept}, ${table.same ? 'equal' : 'DIFFERENT'}${renamed}`;
    }),
    `integrity ${integrity.isWhole ? 'ok' : 'FAILED'}, ${integrity.foreignKeyViolations} broken references`,
  ];
}

function vectorIdLines({ vectorIds, textsEmbedded, embeddingMs, source }: MigrationReport): string[] {
  const { numbered, lowestBefore, highestBefore, last, further, longChunks } = vectorIds;
  const before = lowestBefore === null ? '' : ` (before: ${lowestBefore} to ${highestBefore})`;
  return [
    `chunks and attempts: 1 to ${numbered}${before}; the map is in VectorIdMap`,
    `further vectors to ${last}: ${further.code} of code, ${further.messages} of messages, ${further.todos} of todos, ` +
      `${further.newChunks} of texts cut anew, ${further.rest} for the rest of ${longChunks} long chunks`,
    `${textsEmbedded} texts embedded anew in ${seconds(embeddingMs)}`,
    ...(source.sequenceRows > 0 ? [`${source.sequenceRows} rows of the old sequence are now one`] : []),
    ...(vectorIds.pendingVectors > 0
      ? [`${vectorIds.pendingVectors} vectors are pending: ${vectorIds.modelProblem ?? ''}`]
      : []),
  ];
}

function comparisonLines({ oldVectors, queries }: MigrationReport): string[] {
  const lines: string[] = [];
  if ('problem' in oldVectors) lines.push(`no old vectors were compared: ${oldVectors.problem}`);
  else {
    lines.push(
      `${oldVectors.agreeing} of ${oldVectors.compared} agree (${oldVectors.format} file with ${oldVectors.vectors} vectors for ` +
        `${oldVectors.chunks} chunks; median cosine ${oldVectors.medianCosine?.toFixed(4) ?? 'none'})`,
    );
  }
  const { before, after } = queries;
  if (after !== null) {
    const was =
      before === null
        ? ''
        : `; with the old vectors ${percent(before.recallAt5)} (${before.latencyMs.toFixed(1)} ms for the comparison alone)`;
    lines.push(
      `${after.asked} questions: the right chunk among the first 5 in ${percent(after.recallAt5)} (${after.latencyMs.toFixed(1)} ms)${was}`,
    );
  }
  return lines;
}

function wholeTextLines({ wholeTexts }: MigrationReport): string[] {
  const { withoutChunks, recovered, known, rechunked } = wholeTexts;
  const lost = withoutChunks.filter((id) => !recovered.includes(id));
  return [
    ...(recovered.length > 0 ? [`recovered from the log of HTTP calls: memory ${named(recovered)}`] : []),
    ...(lost.length > 0 ? [`the old server lost the text of memory ${named(lost)}; its row is kept`] : []),
    ...(rechunked.length > 0 ? [`cut anew: memory ${named(rechunked)}`] : []),
    ...(known.length > rechunked.length ? [`--rechunk can cut anew: memory ${named(known)}`] : []),
  ];
}

function timeLines({ times }: MigrationReport): string[] {
  return [
    `${times.read} read, ${times.zoneless} of them without a zone and taken as ${visibleLine(times.zone)}`,
    ...(times.unreadable > 0
      ? [
          `${times.unreadable} cannot be read and stay as text: ${times.examples
            .slice(0, 3)
            .map(({ table, id, text }) => `${table} ${id} ${visibleLine(JSON.stringify(text))}`)
            .join(', ')}`,
        ]
      : []),
  ];
}

function damageLines({ damage }: MigrationReport): string[] {
  return damage.map(({ count, what, examples }) => `${count} ${what} (id ${named(examples)})`);
}

function asideLines({ quarantined, leftOut, extraColumns }: MigrationReport): string[] {
  return [
    ...quarantined.map(({ table, count, reason }) => `${count} of ${visibleLine(table)}: ${reason}`),
    ...leftOut.map(
      ({ type, name }) => `the ${type} ${visibleLine(name)} is not taken over; its text is kept`,
    ),
    ...extraColumns
      .filter(({ column, newName }) => column !== newName)
      .map(({ table, column, newName }) => `${table}.${visibleLine(column)} is now ${visibleLine(newName)}`),
  ];
}

function fileLines({ backup, source, totalMs }: MigrationReport): string[] {
  return [
    ...(backup === null
      ? []
      : backup.files.map(
          ({ suffix, bytes, sha256 }) =>
            `backup ${visibleLine(backup.path)}${suffix}: ${bytes} bytes, SHA-256 ${sha256}`,
        )),
    `journal mode before: ${source.journalMode}; all of it took ${seconds(totalMs)}`,
  ];
}

function named(ids: readonly string[]): string {
  return ids.length > 10 ? `${ids.slice(0, 10).join(', ')}, …` : ids.join(', ');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
