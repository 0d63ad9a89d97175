import type Sqlite from 'better-sqlite3';

export interface IntegrityProblems {
  /** Of the file itself: pages, rows, indexes. */
  file: string[];
  /** Of the full-text tables alone, which can be built again from the rows. */
  fullText: string[];
}

const problemsMax = 100;

/** What SQLite finds wrong with a database, at most the first 100 problems. Throws where it cannot be read at all. */
export function integrityProblems(connection: Sqlite.Database): IntegrityProblems {
  const lines = connection.pragma(`integrity_check(${problemsMax})`) as { integrity_check: string }[];
  const problems: IntegrityProblems = { file: [], fullText: [] };
  for (const { integrity_check: line } of lines) {
    if (line === 'ok') continue;
    (/\bFTS5\b/i.test(line) ? problems.fullText : problems.file).push(line);
  }
  return problems;
}
