import { limits } from '../limits.ts';
import type { Clock } from './clock.ts';
import { projectsInstead } from './known-projects.ts';
import type { AttemptFact, PatternFilters, Store } from './ports.ts';
import { wilsonInterval } from './wilson-interval.ts';

export type GroupBy = 'function' | 'file' | 'module' | 'tag';

export interface AnalysisInput extends PatternFilters {
  /** The window: so many days back from now, to the millisecond. */
  timeRangeDays: number;
  groupBy?: GroupBy;
}

/** Attempts by outcome. What the environment or chance decided is counted apart and is in no rate. */
export interface OutcomeCounts {
  total: number;
  pass: number;
  fail: number;
  partial: number;
  /** pass / total; 0 for none. */
  successRate: number;
}

export interface Analysis extends OutcomeCounts {
  /** 95 % Wilson interval of the success rate; [0, 1] for no attempts. */
  successRateInterval: [low: number, high: number];
  environmentCount: number;
  flakyCount: number;
  /** Milliseconds over the counted attempts that have one; 0 for none. */
  executionTime: { average: number; median: number; p95: number };
  /** By UTC day, in a longer window by week (its Monday); only periods with attempts. */
  trend: (OutcomeCounts & { period: string })[];
  /** The most frequent first; `fixed`: wherever it was met, its last occurrence was repaired. */
  topErrors: { errorSignature: string; count: number; examplePatternId: number; fixed: boolean }[];
  groups?: (OutcomeCounts & { name: string })[];
  /** Given when the scope's project is unknown: what projects there are. */
  knownProjects?: string[];
}

const dayMs = 86_400_000;
/** A longer window's trend is by week. */
const dailyTrendDaysMax = 31;

/** Success rates and trends of code attempts. */
export class PatternAnalysis {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async analyze({ timeRangeDays, groupBy, ...filters }: AnalysisInput): Promise<Analysis> {
    const facts = await this.#store.attemptFacts(filters, this.#clock() - timeRangeDays * dayMs);
    const knownProjects = await projectsInstead(this.#store, filters.scope, []);
    return {
      ...analysisOf(facts, timeRangeDays, groupBy),
      ...(knownProjects === undefined ? {} : { knownProjects }),
    };
  }
}

/** The statistics of these attempts, which are in the order in which they were logged. */
export function analysisOf(
  facts: readonly AttemptFact[],
  timeRangeDays: number,
  groupBy: GroupBy | undefined,
): Analysis {
  const counted = facts.filter((fact) => !isApart(fact));
  const counts = countOutcomes(counted);
  const periodOf = timeRangeDays <= dailyTrendDaysMax ? dayOf : weekOf;
  return {
    ...counts,
    successRateInterval: wilsonInterval(counts.pass, counts.total),
    environmentCount: facts.filter((fact) => fact.errorKind === 'environment').length,
    flakyCount: facts.filter((fact) => fact.errorKind === 'flaky').length,
    executionTime: executionTime(counted),
    trend: grouped(counted, (fact) => [periodOf(fact.createdAtMs)])
      .map(([period, members]) => ({ period, ...countOutcomes(members) }))
      .sort((a, b) => (a.period < b.period ? -1 : 1)),
    topErrors: topErrors(counted),
    ...(groupBy === undefined ? {} : { groups: groupsBy(counted, groupBy) }),
  };
}

/** A timeout counts: code that never ends is a failure of the code. */
function isApart({ errorKind }: AttemptFact): boolean {
  return errorKind === 'environment' || errorKind === 'flaky';
}

function countOutcomes(facts: readonly AttemptFact[]): OutcomeCounts {
  const count = (result: string) => facts.filter((fact) => fact.result === result).length;
  const [pass, fail, partial] = [count('pass'), count('fail'), count('partial')];
  const total = facts.length;
  return { total, pass, fail, partial, successRate: total === 0 ? 0 : pass / total };
}

function executionTime(facts: readonly AttemptFact[]): Analysis['executionTime'] {
  const times = facts.flatMap((fact) => fact.executionTimeMs ?? []).sort((a, b) => a - b);
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

function topErrors(facts: readonly AttemptFact[]): Analysis['topErrors'] {
  const failures = facts.filter((fact) => fact.result !== 'pass' && fact.errorSignature !== null);
  return grouped(failures, (fact) => [fact.errorSignature as string])
    .map(([errorSignature, members]) => ({
      errorSignature,
      count: members.length,
      examplePatternId: members.at(-1)?.patternId as number,
      fixed: isFixed(members),
    }))
    .sort((a, b) => b.count - a.count || b.examplePatternId - a.examplePatternId)
    .slice(0, limits.topErrorsMax);
}

/** `members`: failures of one signature, oldest first. In each function that had it, the last of them was repaired. */
function isFixed(members: readonly AttemptFact[]): boolean {
  const lastOf = new Map(
    members.map((member) => [JSON.stringify([member.functionName, member.fileName]), member]),
  );
  return [...lastOf.values()].every((member) => member.repaired);
}

function groupsBy(facts: readonly AttemptFact[], groupBy: GroupBy): NonNullable<Analysis['groups']> {
  const nameOf: Record<GroupBy, (fact: AttemptFact) => (string | null)[]> = {
    function: (fact) => [fact.functionName],
    file: (fact) => [fact.fileName],
    module: (fact) => [fact.moduleName],
    tag: (fact) => fact.tags,
  };
  return grouped(facts, (fact) => nameOf[groupBy](fact).filter((name) => name !== null))
    .map(([name, members]) => ({ name, ...countOutcomes(members) }))
    .sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1))
    .slice(0, limits.analysisGroupsMax);
}

function grouped(
  facts: readonly AttemptFact[],
  keysOf: (fact: AttemptFact) => string[],
): [key: string, members: AttemptFact[]][] {
  const groups = new Map<string, AttemptFact[]>();
  for (const fact of facts) {
    for (const key of new Set(keysOf(fact))) {
      const members = groups.get(key);
      if (members === undefined) groups.set(key, [fact]);
      else members.push(fact);
    }
  }
  return [...groups];
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The Monday of the week, in UTC. 1 January 1970 was a Thursday. */
function weekOf(ms: number): string {
  const day = Math.floor(ms / dayMs);
  return dayOf((day - ((((day + 3) % 7) + 7) % 7)) * dayMs);
}
