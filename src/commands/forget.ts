import type { RowCounts } from '../domain/removals.ts';
import { LtmcError } from '../errors.ts';
import { formatRef, type Ref } from '../ids.ts';
import { type Command, jsonFlag, type Terminal } from './command.ts';
import { settingFlags } from './setting-flags.ts';
import { refFrom } from './show.ts';
import { paint } from './terminal-style.ts';
import { visibleLine } from './visible-text.ts';

export const forgetCommand: Command = {
  name: 'forget',
  synopsis: 'REF... [options]',
  summary: 'remove for good',
  description:
    'Removes what is stored under the refs, with its revisions, vectors, links and words, and overwrites\n' +
    'what that leaves in the database and its write-ahead log. Asks first on a terminal; without one it\n' +
    'needs --yes. Backups beside the database still hold it: they are named, and yours to delete.',
  flags: [
    { name: 'yes', kind: 'switch', summary: 'do not ask' },
    { name: 'dry-run', kind: 'switch', summary: 'say what would go, and remove nothing' },
    ...settingFlags(['databasePath', 'logLevel']),
    jsonFlag,
  ],
  positionals: [{ name: 'REF', required: true, many: true }],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const refs = given.positionals.map((word) => refFrom(forgetCommand, word));
    const [{ loadConfig, openApp }, { backupsBeside }] = await Promise.all([
      import('../app.ts'),
      import('./backups-beside.ts'),
    ]);
    const config = await loadConfig(configFlags, environment);
    const app = await openApp(config, { mustExist: true });
    try {
      const { removals } = app.services;
      const preview = await removals.preview(refs);
      const backups = backupsBeside(config.databasePath);
      const report = (counts: RowCounts, isDone: boolean) => {
        if (json) terminal.out(`${JSON.stringify(forgetJson(refs, counts, backups, isDone))}\n`);
        else printRemoval(refs, counts, backups, isDone, terminal);
      };
      if (given.switches.has('dry-run')) return report(preview, false);
      if (!given.switches.has('yes')) {
        if (json || !process.stdin.isTTY) throw notAsked();
        printRemoval(refs, preview, [], false, terminal);
        const { askYesNo } = await import('./ask-yes-no.ts');
        if (!(await askYesNo('Remove this for good?', process.stdin, process.stderr))) {
          return terminal.err('Nothing was removed.\n');
        }
      }
      report(await removals.remove(refs), true);
    } finally {
      await app.close();
    }
  },
};

function notAsked(): LtmcError {
  return new LtmcError(
    'wrong_usage',
    'Expected --yes where nobody can be asked; nothing was removed.',
    'See what would go with --dry-run, then give --yes.',
  );
}

function forgetJson(refs: readonly Ref[], counts: RowCounts, backups: readonly string[], isDone: boolean) {
  return {
    success: true,
    refs: refs.map(({ kind, id }) => formatRef(kind, id)),
    dry_run: !isDone,
    deleted: counts,
    backups,
  };
}

function printRemoval(
  refs: readonly Ref[],
  counts: RowCounts,
  backups: readonly string[],
  isDone: boolean,
  terminal: Terminal,
): void {
  const { bold, yellow } = paint(terminal.colour);
  const names = refs.map(({ kind, id }) => formatRef(kind, id)).join(', ');
  terminal.out(`${bold(isDone ? 'Removed' : 'Would go')}: ${names}\n`);
  for (const [table, rows] of Object.entries(counts)) terminal.out(`  ${table}: ${rows}\n`);
  if (backups.length === 0) return;
  terminal.out(`${yellow('Backups that may still hold it')}; delete them if it must be gone:\n`);
  for (const path of backups) terminal.out(`  ${visibleLine(path)}\n`);
}
