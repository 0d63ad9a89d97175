/** The tables of the pages that are made of kept results, and a page with them put in. */
import { type EveryResult, summaryTable } from '../peers/summary-table.ts';
import { type PeerSection, peerTables } from '../peers/tables.ts';
import { readResults } from '../results.ts';

export const pagesWithTables = ['docs/benchmarks.md', 'README.md'];

/** By the name that stands in the page's marks. */
const everyTable: Record<string, () => string> = {
  ...Object.fromEntries(
    Object.keys(peerTables).map((section) => [`peers-${section}`, () => peerTable(section as PeerSection)]),
  ),
  'peers-summary': () =>
    summaryTable({
      quality: rawOf('quality'),
      writes: rawOf('writes'),
      start: rawOf('start'),
      memory: rawOf('memory'),
    }),
};

function peerTable(section: PeerSection): string {
  const { command, machine, measured, raw } = readResults(`peers-${section}`);
  return `${peerTables[section](raw as never)}\n\n\`${command}\`, ${measured}; ${machine}.`;
}

function rawOf<Section extends keyof EveryResult>(section: Section): EveryResult[Section] {
  return readResults<EveryResult[Section]>(`peers-${section}`).raw;
}

/** Writes each table anew between its two marks. */
export function withTables(page: string): string {
  return page.replace(
    /(<!-- table (\S+) -->\n)[\s\S]*?(<!-- end of table -->)/g,
    (_, begin: string, name: string, end: string) => {
      const table = everyTable[name];
      if (table === undefined)
        throw new Error(`Expected a table of ${Object.keys(everyTable)}, got ${name}.`);
      return `${begin}\n${table()}\n\n${end}`;
    },
  );
}
