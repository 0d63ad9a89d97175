import { toLtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { log, loggedErrors } from '../log.ts';
import type { Embedder, MetricPort } from './ports.ts';

/** Upper bounds of the latency histogram; what is slower is in the count alone. */
export const latencyBoundsMs = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000] as const;

export interface ToolTotals {
  calls: number;
  errors: number;
  totalMs: number;
  /** Calls at most as slow as each of `latencyBoundsMs`, so rising. */
  callsWithinMs: number[];
}

export interface MetricTotals {
  /** By tool, in the order of the alphabet. */
  tools: Map<string, ToolTotals>;
  /** All of them together. */
  all: ToolTotals;
  textsEmbedded: number;
  embeddingMs: number;
  /** Vector ids that were about to be given twice and were refused; anything but 0 is a defect. */
  idCollisions: number;
  loggedErrors: number;
}

/**
 * Counts what the tools and the model do, over every process that uses the database: each adds its own part
 * to the counters there, in batches, never in the path of a call. What was counted before a database is open,
 * or while it cannot be written, is kept and added later.
 */
export class Metrics {
  #pending = new Map<string, number>();
  #port: MetricPort | undefined;
  #embedder: Pick<Embedder, 'status'> | undefined;
  #embeddedSeen = { texts: 0, ms: 0 };
  #errorsSeen = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Writing and reading follow one another, so that nothing is counted twice or not at all. */
  #turn: Promise<unknown> = Promise.resolve();

  /** From now on counts are kept in the database. */
  keepIn(port: MetricPort, embedder: Pick<Embedder, 'status'>): void {
    this.#port = port;
    this.#embedder = embedder;
    this.#embeddedSeen = { texts: 0, ms: 0 };
  }

  /** One call of a tool that there is. `errorCode` is the code of its refusal or failure. */
  recordCall(tool: string, durationMs: number, errorCode?: string): void {
    this.#add(`calls:${tool}`, 1);
    this.#add(`call_ms:${tool}`, durationMs);
    const bound = latencyBoundsMs.find((boundMs) => durationMs <= boundMs);
    if (bound !== undefined) this.#add(`call_ms_le_${bound}:${tool}`, 1);
    if (errorCode !== undefined) this.#add(`errors:${tool}`, 1);
    if (errorCode === 'vector_id_collision') this.#add('id_collisions', 1);
    this.#writeSoon();
  }

  /** What every process counted so far, this one's newest included. */
  totals(): Promise<MetricTotals> {
    return this.#afterTurn(async () => {
      const stored = (await this.#port?.counters()) ?? new Map<string, number>();
      this.#takeGauges();
      for (const [name, amount] of this.#pending) stored.set(name, (stored.get(name) ?? 0) + amount);
      return totalsOf(stored);
    });
  }

  /** Adds what is pending to the database. Failing is no error: it stays pending. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#afterTurn(async () => {
      this.#takeGauges();
      const port = this.#port;
      if (port === undefined || this.#pending.size === 0) return;
      const taken = this.#pending;
      this.#pending = new Map();
      try {
        await port.addToCounters(taken);
      } catch (thrown) {
        for (const [name, amount] of taken) this.#add(name, amount);
        log.warn('The counters could not be written.', { code: toLtmcError(thrown).code });
      }
    });
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => void this.flush(), limits.counterWriteMs).unref();
  }

  #afterTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** What others count since the process began, as an amount since it was last looked at. */
  #takeGauges(): void {
    const errors = loggedErrors();
    this.#add('logged_errors', errors - this.#errorsSeen);
    this.#errorsSeen = errors;
    const status = this.#embedder?.status();
    if (status === undefined) return;
    this.#add('texts_embedded', status.textsEmbedded - this.#embeddedSeen.texts);
    this.#add('embedding_ms', status.embeddingMs - this.#embeddedSeen.ms);
    this.#embeddedSeen = { texts: status.textsEmbedded, ms: status.embeddingMs };
  }

  #add(name: string, amount: number): void {
    if (amount !== 0) this.#pending.set(name, (this.#pending.get(name) ?? 0) + amount);
  }
}

function totalsOf(counters: ReadonlyMap<string, number>): MetricTotals {
  const named = (name: string) => counters.get(name) ?? 0;
  const tools = new Map<string, ToolTotals>();
  for (const counter of [...counters.keys()].sort()) {
    if (!counter.startsWith('calls:')) continue;
    const tool = counter.slice('calls:'.length);
    let within = 0;
    tools.set(tool, {
      calls: named(counter),
      errors: named(`errors:${tool}`),
      totalMs: named(`call_ms:${tool}`),
      callsWithinMs: latencyBoundsMs.map((boundMs) => {
        within += named(`call_ms_le_${boundMs}:${tool}`);
        return within;
      }),
    });
  }
  return {
    tools,
    all: sum([...tools.values()]),
    textsEmbedded: named('texts_embedded'),
    embeddingMs: named('embedding_ms'),
    idCollisions: named('id_collisions'),
    loggedErrors: named('logged_errors'),
  };
}

function sum(parts: readonly ToolTotals[]): ToolTotals {
  const total = (of: (part: ToolTotals) => number) => parts.reduce((amount, part) => amount + of(part), 0);
  return {
    calls: total((part) => part.calls),
    errors: total((part) => part.errors),
    totalMs: total((part) => part.totalMs),
    callsWithinMs: latencyBoundsMs.map((_, index) => total((part) => part.callsWithinMs[index] ?? 0)),
  };
}
