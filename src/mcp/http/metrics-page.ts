import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { latencyBoundsMs, type MetricTotals, type ToolTotals } from '../../domain/metrics.ts';
import type { Services } from '../../domain/services.ts';

/**
 * The counters of the database for Prometheus, so they cover every process that uses it and outlast a
 * restart. A registry a page: the numbers live in the database, not in here.
 */
export async function metricsPage(
  services: Pick<Services, 'metrics' | 'patternAccuracy' | 'status'>,
  server: { version: string; sessions: number },
): Promise<{ contentType: string; text: string }> {
  const registry = new Registry();
  const totals = await services.metrics.totals();
  const { store } = await services.status.report();
  const counter = (name: string, help: string, value: number) =>
    new Counter({ name, help, registers: [registry] }).inc(value);
  // Prometheus knows no null: what is not known has no line.
  const gauge = (name: string, help: string, value: number | null) => {
    if (value !== null) new Gauge({ name, help, registers: [registry] }).set(value);
  };

  new Gauge({
    name: 'ltmc_build_info',
    help: 'Always 1; the label is the version.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: server.version }, 1);
  addToolMetrics(registry, totals);
  counter('ltmc_embeddings_total', 'Texts embedded.', totals.textsEmbedded);
  counter('ltmc_embedding_seconds_total', 'Time the model took for them.', totals.embeddingMs / 1000);
  counter('ltmc_vector_ids_issued_total', 'Vector ids given; they are never reused.', store.nextVectorId - 1);
  counter(
    'ltmc_vector_id_collisions_total',
    'Vector ids that were about to be given twice; 0.',
    totals.idCollisions,
  );
  counter('ltmc_logged_errors_total', 'Errors logged.', totals.loggedErrors);
  gauge('ltmc_pending_vectors', 'Texts that are stored and not embedded yet.', store.pendingVectors);
  gauge('ltmc_database_bytes', 'Size of the database with its write-ahead log.', store.databaseBytes);
  gauge('ltmc_http_sessions', 'Open sessions of clients before 2026-07-28.', server.sessions);
  await addPatternMetrics(registry, services.patternAccuracy, gauge);
  return { contentType: registry.contentType, text: await registry.metrics() };
}

function addToolMetrics(registry: Registry, totals: MetricTotals): void {
  const shared = { labelNames: ['tool'], registers: [registry] };
  const calls = new Counter({ name: 'ltmc_tool_calls_total', help: 'Calls of each tool.', ...shared });
  const errors = new Counter({
    name: 'ltmc_tool_errors_total',
    help: 'Calls that were refused or failed.',
    ...shared,
  });
  const durations = new StoredHistogram(registry);
  for (const [tool, of] of totals.tools) {
    calls.inc({ tool }, of.calls);
    errors.inc({ tool }, of.errors);
    durations.put(tool, of);
  }
}

async function addPatternMetrics(
  registry: Registry,
  accuracy: Services['patternAccuracy'],
  gauge: (name: string, help: string, value: number | null) => void,
): Promise<void> {
  const { all, informed, successRate, retrievalAccuracy } = await accuracy.outcomes();
  const attempts = new Gauge({
    name: 'ltmc_pattern_attempts',
    help: 'Code attempts, failures of the environment and flaky ones left out; informed ones named what they started from.',
    labelNames: ['result', 'informed'],
    registers: [registry],
  });
  for (const result of ['pass', 'fail', 'partial'] as const) {
    attempts.set({ result, informed: 'true' }, informed[result]);
    attempts.set({ result, informed: 'false' }, all[result] - informed[result]);
  }
  gauge('ltmc_pattern_success_ratio', 'Share of all attempts that passed.', successRate);
  gauge(
    'ltmc_pattern_retrieval_accuracy_ratio',
    'Share of the informed attempts that passed.',
    retrievalAccuracy,
  );
  gauge(
    'ltmc_pattern_self_retrieval_ratio',
    'Share of the newest attempts whose family is found by their own prompt.',
    await accuracy.selfRetrieval(),
  );
}

const latency = {
  name: 'ltmc_tool_call_duration_seconds',
  help: 'How long calls of each tool took.',
  labelNames: ['tool'],
};

/** A histogram whose observations were counted elsewhere. */
class StoredHistogram extends Histogram {
  readonly #tools = new Map<string, ToolTotals>();

  constructor(registry: Registry) {
    super({ ...latency, buckets: latencyBoundsMs.map(seconds), registers: [registry] });
  }

  put(tool: string, totals: ToolTotals): void {
    this.#tools.set(tool, totals);
  }

  /** What the registry asks for. */
  async getForPromString() {
    const values = [...this.#tools].flatMap(([tool, { calls, totalMs, callsWithinMs }]) => [
      ...latencyBoundsMs.map((boundMs, index) =>
        sample('bucket', { le: seconds(boundMs), tool }, callsWithinMs[index] ?? 0),
      ),
      sample('bucket', { le: '+Inf', tool }, calls),
      sample('sum', { tool }, totalMs / 1000),
      sample('count', { tool }, calls),
    ]);
    return { name: latency.name, help: latency.help, type: 'histogram', values };
  }
}

function sample(kind: string, labels: Record<string, string | number>, value: number) {
  return { metricName: `${latency.name}_${kind}`, labels, value };
}

function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}
