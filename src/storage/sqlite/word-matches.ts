export type ScoredRow = [id: number, score: number];

/** The rows that a search by word found, with their scores. */
export class WordMatches {
  readonly #rows: readonly ScoredRow[];
  /** Made when a score is asked for: filling it for thousands of rows takes as long as selecting the best. */
  #scores: ReadonlyMap<number, number> | null = null;

  constructor(rows: readonly ScoredRow[]) {
    this.#rows = rows;
  }

  /** Larger is better; undefined where no word matches. */
  scoreOf(id: number): number | undefined {
    this.#scores ??= new Map(this.#rows);
    return this.#scores.get(id);
  }

  /** The ids, best first and of equals the older first, in batches: nothing is ordered that is not asked for. */
  *bestFirst(batchRows: number): Generator<number[]> {
    for (let from = 0, until = batchRows; from < this.#rows.length; from = until, until *= 2) {
      yield this.#best(until)
        .slice(from, until)
        .map(([id]) => id);
    }
  }

  #best(count: number): ScoredRow[] {
    let rows = [...this.#rows];
    if (count < rows.length) {
      // Numbers alone are sorted several times faster than rows are.
      const scores = Float64Array.from(rows, ([, score]) => score).sort();
      const smallest = scores[scores.length - count] as number;
      rows = rows.filter(([, score]) => score >= smallest);
    }
    return rows.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }
}
