import type { ArchivedFile, Ingestion, IngestRun, TakenFile } from '../domain/ingestion.ts';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { IngestTarget } from './ingest-target.ts';
import { readTextFile } from './read-text-file.ts';
import { resourceTypeOf } from './resource-type.ts';
import type { SkippedPath, Walked } from './walk-files.ts';

export interface IngestOptions {
  /** The project that was named; absent: each path's own. */
  project?: string;
  /** Ends the run after the file that is under way. */
  signal: AbortSignal;
  onProgress(progress: { done: number; total: number; fileName: string }): void;
}

export interface IngestReport {
  files: (TakenFile & { fileName: string })[];
  archived: ArchivedFile[];
  skipped: SkippedPath[];
  ignoredCount: number;
  /** How many files were found and not ignored or skipped by name. */
  foundCount: number;
  /** False: it was broken off. */
  isComplete: boolean;
}

/** Stores what is below the paths, one after the other. What was done stays done whatever happens after it. */
export async function ingestPaths(
  targets: readonly IngestTarget[],
  ingestion: Ingestion,
  options: IngestOptions,
): Promise<IngestReport> {
  const report: IngestReport = {
    files: [],
    archived: [],
    skipped: [],
    ignoredCount: 0,
    foundCount: 0,
    isComplete: false,
  };
  const walks: { target: IngestTarget; walked: Walked }[] = [];
  for (const target of targets) {
    const walked = await target.walk();
    walks.push({ target, walked });
    report.skipped.push(...walked.skipped);
    report.ignoredCount += walked.ignoredCount;
    report.foundCount += walked.files.length;
  }
  let done = 0;
  for (const { target, walked } of walks) {
    const run = await beginRun(target, walked, ingestion, options.project);
    for (const path of walked.files) {
      if (options.signal.aborted) return report;
      options.onProgress({ done, total: report.foundCount, fileName: target.fileNameOf(path) });
      await takeFile(path, target, run, report);
      done++;
    }
    if (options.signal.aborted) return report;
    report.archived.push(...(await run.archiveVanished()));
  }
  report.isComplete = true;
  return report;
}

function beginRun(
  target: IngestTarget,
  walked: Walked,
  ingestion: Ingestion,
  project: string | undefined,
): Promise<IngestRun> {
  const whole = target.fileNameOf(target.path);
  const below = whole === '' ? '' : `${whole}/`;
  const unreadable = walked.skipped
    .filter(({ isUnreadable }) => isUnreadable)
    .map(({ path }) => `${target.fileNameOf(path)}/`);
  return ingestion.begin({
    project: project ?? target.ownProject,
    source: target.ownProject,
    fileNames: walked.files.map((path) => target.fileNameOf(path)),
    isCovered: (name) =>
      (target.isFolder ? name.startsWith(below) : name === whole) &&
      !unreadable.some((folder) => name.startsWith(folder)),
  });
}

async function takeFile(
  path: string,
  target: IngestTarget,
  run: IngestRun,
  report: IngestReport,
): Promise<void> {
  const fileName = target.fileNameOf(path);
  if (fileName.length > limits.nameCharactersMax) {
    report.skipped.push({ path, reason: `its name is longer than ${limits.nameCharactersMax} characters` });
    return;
  }
  const read = await readTextFile(path);
  if ('reason' in read) {
    if (read.isUnreadable) run.keep(fileName);
    report.skipped.push({ path, ...read });
    return;
  }
  try {
    const file = { fileName, content: read.content, resourceType: resourceTypeOf(fileName) };
    report.files.push({ fileName, ...(await run.take(file)) });
  } catch (thrown) {
    // A file name with half of a surrogate pair, say. The database's errors end the run.
    if (
      !(thrown instanceof LtmcError) ||
      (thrown.code !== 'invalid_argument' && thrown.code !== 'too_large')
    ) {
      throw thrown;
    }
    report.skipped.push({ path, reason: thrown.message });
  }
}
