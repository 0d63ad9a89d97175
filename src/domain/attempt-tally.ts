import { limits } from '../limits.ts';
import { isAboutCode } from './about-code.ts';
import type { Analysis, GroupBy, OutcomeCounts } from './pattern-analysis.ts';
import type { AttemptFact } from './ports.ts';
import { wilsonInterval } from './wilson-interval.ts';

const namesOf: Record<GroupBy, (fact: AttemptFact) => (string | null)[]> = {
  function: (fact) => [fact.functionName],
  file: (fact) => [fact.fileName],
  module: (fact) => [fact.moduleName],
  tag: (fact) => fact.tags,
};

interface ErrorTally {
  count: number;
  examplePatternId: number;
  /** In each function that had it, the last failure. */
  lastOf: Map<string, { patternId: number; repaired: boolean }>;
}

/** The statistics of attempts that are told one by one, in any order. */
export class AttemptTally {
  readonly #periodOf: (ms: number) => string;
  readonly #groupBy: GroupBy | undefined;
  readonly #all = new OutcomeTally();
  readonly #periods = new Map<string, OutcomeTally>();
  readonly #groups = new Map<string, OutcomeTally>();
  readonly #errors = new Map<string, ErrorTally>();
  readonly #timesMs: number[] = [];
  #environmentCount = 0;
  #flakyCount = 0;

  constructor(periodOf: (ms: number) => string, groupBy: GroupBy | undefined) {
    this.#periodOf = periodOf;
    this.#groupBy = groupBy;
  }

  add(fact: AttemptFact): void {
    if (fact.errorKind === 'environment') this.#environmentCount += 1;
    if (fact.errorKind === 'flaky') this.#flakyCount += 1;
    // A timeout counts: code that never ends is a failure of the code.
    if (!isAboutCode(fact.errorKind)) return;
    this.#all.add(fact);
    tallyOf(this.#periods, this.#periodOf(fact.createdAtMs)).add(fact);
    if (this.#groupBy !== undefined) {
      for (const name of new Set(namesOf[this.#groupBy](fact))) {
        if (name !== null) tallyOf(this.#groups, name).add(fact);
      }
    }
    if (fact.executionTimeMs !== null) this.#timesMs.push(fact.executionTimeMs);
    if (fact.result !== 'pass' && fact.errorSignature !== null) this.#addError(fact, fact.errorSignature);
  }

  analysis(): Omit<Analysis, 'knownProjects'> {
    const counts = this.#all.counts();
    return {
      ...counts,
      successRateInterval: wilsonInterval(counts.pass, counts.total),
      environmentCount: this.#environmentCount,
      flakyCount: this.#flakyCount,
      executionTime: executionTime(this.#timesMs),
      trend: [...this.#periods]
        .map(([period, tally]) => ({ period, ...tally.counts() }))
        .sort((a, b) => (a.period < b.period ? -1 : 1)),
      topErrors: this.#topErrors(),
      ...(this.#groupBy === undefined ? {} : { groups: this.#largestGroups() }),
    };
  }

  #addError({ patternId, functionName, fileName, repaired }: AttemptFact, signature: string): void {
    const error = this.#errors.get(signature) ?? { count: 0, examplePatternId: 0, lastOf: new Map() };
    this.#errors.set(signature, error);
    error.count += 1;
    error.examplePatternId = Math.max(error.examplePatternId, patternId);
    const place = JSON.stringify([functionName, fileName]);
    if ((error.lastOf.get(place)?.patternId ?? 0) < patternId)
      error.lastOf.set(place, { patternId, repaired });
  }

  #topErrors(): Analysis['topErrors'] {
    return [...this.#errors]
      .map(([errorSignature, { count, examplePatternId, lastOf }]) => ({
        errorSignature,
        count,
        examplePatternId,
        fixed: [...lastOf.values()].every(({ repaired }) => repaired),
      }))
      .sort((a, b) => b.count - a.count || b.examplePatternId - a.examplePatternId)
      .slice(0, limits.topErrorsMax);
  }

  #largestGroups(): NonNullable<Analysis['groups']> {
    return [...this.#groups]
      .map(([name, tally]) => ({ name, ...tally.counts() }))
      .sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1))
      .slice(0, limits.analysisGroupsMax);
  }
}

class OutcomeTally {
  #total = 0;
  readonly #byResult = new Map<string | null, number>();

  add({ result }: AttemptFact): void {
    this.#total += 1;
    this.#byResult.set(result, this.#count(result) + 1);
  }

  counts(): OutcomeCounts {
    const [pass, fail, partial] = [this.#count('pass'), this.#count('fail'), this.#count('partial')];
    return {
      total: this.#total,
      pass,
      fail,
      partial,
      successRate: this.#total === 0 ? 0 : pass / this.#total,
    };
  }

  #count(result: string | null): number {
    return this.#byResult.get(result) ?? 0;
  }
}

function tallyOf(tallies: Map<string, OutcomeTally>, name: string): OutcomeTally {
  const tally = tallies.get(name) ?? new OutcomeTally();
  tallies.set(name, tally);
  return tally;
}

function executionTime(timesMs: readonly number[]): Analysis['executionTime'] {
  const times = timesMs.toSorted((a, b) => a - b);
  if (times.length === 0) return { average: 0, median: 0, p95: 0 };
  const middle = times.length / 2;
  const median = ((times[Math.ceil(middle) - 1] as number) + (times[Math.floor(middle)] as number)) / 2;
  return {
    average: times.reduce((sum, time) => sum + time, 0) / times.length,
    median,
    // Nearest rank: the smallest time that at least 95 % of them do not exceed.
    p95: times[Math.ceil(0.95 * times.length) - 1] as number,
  };
}
