import { median, tableText } from '../measure.ts';
import type { MemorySample } from './memory.ts';
import type { Samples } from './rounds.ts';
import type { QualityResults, StartResults, WritesResults } from './tables.ts';

export interface EveryResult {
  quality: QualityResults;
  writes: WritesResults;
  start: StartResults;
  memory: Samples<MemorySample>;
}

/** The most telling figures, won and lost, a column a server. */
export function summaryTable({ quality, writes, start, memory }: EveryResult): string {
  const servers = Object.keys(memory);
  const code = (server: string) => quality.nl2code?.find(({ arm }) => arm === server);
  const row = (what: string, of: (server: string) => string | undefined) => [
    what,
    ...servers.map((server) => of(server) ?? ''),
  ];
  const middle = <Sample>(samples: readonly Sample[] = [], of: (sample: Sample) => number) =>
    String(Math.round(median(samples.map(of))));
  return tableText(
    ['', ...servers],
    [
      row('the right code among five hits for a task in plain words', (server) =>
        percent(code(server)?.recallAt5),
      ),
      row('questions about other matters that are answered with nothing', (server) => {
        const arm = code(server);
        return arm === undefined ? undefined : `${arm.silent} of ${arm.unanswerable}`;
      }),
      row(`writes of two processes that are there afterwards, of ${2 * writes.writes}`, (server) =>
        middle(writes.twoProcesses[server], ({ kept }) => kept),
      ),
      row('process start to the list of tools, ms', (server) =>
        middle(start.started[server], ({ listedMs }) => listedMs),
      ),
      row('memory once used, MB', (server) => middle(memory[server], ({ used }) => used.residentMegabytes)),
    ],
  );
}

function percent(share: number | undefined): string | undefined {
  return share === undefined ? undefined : `${(100 * share).toFixed(0)} %`;
}
