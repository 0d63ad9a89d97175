import { defined } from '../defined.ts';
import { limits } from '../limits.ts';
import { AttemptTally } from './attempt-tally.ts';
import type { Clock } from './clock.ts';
import { projectsInstead } from './known-projects.ts';
import type { AttemptFact, PatternFilters, Store } from './ports.ts';

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

  /** Reads the attempts of the window page by page, so that what is held at a time does not grow with them. */
  async analyze({ timeRangeDays, groupBy, ...filters }: AnalysisInput): Promise<Analysis> {
    const tally = new AttemptTally(timeRangeDays <= dailyTrendDaysMax ? dayOf : weekOf, groupBy);
    const sinceMs = this.#clock() - timeRangeDays * dayMs;
    let after: AttemptFact | null = null;
    do {
      const page = await this.#store.attemptFacts(filters, sinceMs, { after, limit: limits.factsPerPage });
      for (const fact of page) tally.add(fact);
      after = page.length < limits.factsPerPage ? null : (page.at(-1) ?? null);
    } while (after !== null);
    const knownProjects = await projectsInstead(this.#store, filters.scope, []);
    return { ...tally.analysis(), ...defined({ knownProjects }) };
  }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The Monday of the week, in UTC. 1 January 1970 was a Thursday. */
function weekOf(ms: number): string {
  const day = Math.floor(ms / dayMs);
  return dayOf((day - ((((day + 3) % 7) + 7) % 7)) * dayMs);
}
