import { homedir } from 'node:os';
import { LtmcError } from '../errors.ts';
import type { IngestReport } from '../ingest/ingest-paths.ts';
import { limits } from '../limits.ts';
import { type Command, jsonFlag } from './command.ts';
import { settingFlags } from './setting-flags.ts';

export const ingestCommand: Command = {
  name: 'ingest',
  synopsis: 'PATH... [options]',
  summary: 'store files and folders, and keep them in step',
  description:
    'Stores text files, each under its path relative to the git root, in the project of that repository.\n' +
    'Run it again at any time: an unchanged file is left alone, a changed one supersedes its earlier\n' +
    'version, a renamed one keeps its memory, and one that is gone is archived. Heeds .gitignore, follows no\n' +
    'symbolic link, and never stores files of keys and credentials. What is left out is named.',
  flags: [
    ...settingFlags(['project', 'databasePath', 'modelFolder', 'embeddingWorkers', 'logLevel']),
    jsonFlag,
  ],
  positionals: [{ name: 'PATH', required: true, many: true }],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const [{ loadConfig, openApp }, { ingestTarget }, { ingestPaths }, output, { ProgressBar }] =
      await Promise.all([
        import('../app.ts'),
        import('../ingest/ingest-target.ts'),
        import('../ingest/ingest-paths.ts'),
        import('./ingest-output.ts'),
        import('./progress-bar.ts'),
      ]);
    const config = await loadConfig(configFlags, environment);
    if (config.project === '*') {
      throw new LtmcError(
        'invalid_argument',
        'Expected the project of ingest to be one project; got "*".',
        'Leave it out: each path is stored in the project of its own repository.',
      );
    }
    const surroundings = { home: homedir(), platform: process.platform, environment };
    // All of them are looked at before anything is stored.
    const targets = given.positionals.map((path) => ingestTarget(path, surroundings));

    const stop = new AbortController();
    const onInterrupt = () => stop.abort();
    // Once: a second Ctrl-C ends the process at once, and loses nothing either.
    process.once('SIGINT', onInterrupt);
    const app = await openApp(config, { fillPendingVectors: true });
    const bar = new ProgressBar(process.stderr);
    let report: IngestReport;
    try {
      report = await ingestPaths(targets, app.services.ingestion, {
        ...(config.project === null ? {} : { project: config.project }),
        signal: stop.signal,
        onProgress: ({ done, total, fileName }) => bar.show(done, total, fileName),
      });
      const pending = report.files.some(({ pendingVectors }) => pendingVectors > 0);
      if (pending && !stop.signal.aborted) {
        const { pendingVectors: total } = await app.store.status();
        if (total >= limits.bulkLoadTextsMin)
          terminal.err('Every text is stored. Vectors follow; Ctrl-C leaves them to the server.\n');
        let filled = 0;
        const onFilled = (count: number) => {
          filled += count;
          bar.show(filled, total, 'vectors');
        };
        const stopped = new Promise<void>((settle) => {
          stop.signal.addEventListener('abort', () => settle());
        });
        await Promise.race([app.vectorsFilled(onFilled), stopped]);
      }
      bar.end();
      if (!report.isComplete) throw interrupted(report);
      const { pendingVectors } = await app.store.status();
      if (json) terminal.out(`${JSON.stringify(output.ingestJson(report, pendingVectors))}\n`);
      else output.printIngest(report, pendingVectors, terminal);
    } finally {
      bar.end();
      process.off('SIGINT', onInterrupt);
      await app.close();
    }
  },
};

function interrupted({ files, foundCount }: IngestReport): LtmcError {
  return new LtmcError(
    'interrupted',
    `Stopped after ${files.length} of ${foundCount} files; what was stored is kept.`,
    'Run it again: it goes on where it was.',
  );
}
