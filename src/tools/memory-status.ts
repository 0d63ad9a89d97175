import * as z from 'zod';
import type { MetricTotals } from '../domain/metrics.ts';
import { latencyBoundsMs } from '../domain/metrics.ts';
import type { PatternOutcomes } from '../domain/pattern-accuracy.ts';
import { programVersion } from '../package-root.ts';
import { telling, threeDigits, threeDigitsIfKnown } from './answer-values.ts';
import { projectToRead } from './arguments.ts';
import { defineTool } from './tool.ts';

export const memoryStatus = defineTool({
  name: 'memory_status',
  title: 'Status',
  description: 'Use when answers are missing or odd: database, project, counts, model, and what is wrong.',
  input: z.object({ project: projectToRead }),
  output: z.object({
    version: z.string(),
    database: z.object({
      path: z.string().optional(),
      schema_version: z.int(),
      journal_mode: z.string(),
      bytes: z.int(),
    }),
    project: z.string().nullable(),
    project_reason: z.string().optional(),
    counts: z.record(z.string(), z.int()),
    next_vector_id: z.int(),
    model: z.object({
      name: z.string(),
      dimensions: z.int(),
      state: z.string(),
      reason: z.string().optional(),
      hash: z.string().optional(),
    }),
    mode: z.string(),
    pending_vectors: z.int(),
    last_backup: z.string().nullable(),
    counters: z.record(z.string(), z.number()),
    problems: z.array(z.string()),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: true,
  example: {},
  handler: async (args, context) => {
    const { status, metrics, patternAccuracy } = context.services;
    const { store, model, mode, problems } = await status.report();
    const totals = await metrics.totals();
    const shown = (text: string) => context.hidePaths?.(text) ?? text;
    return {
      version: programVersion(),
      database: {
        ...telling({ path: context.hidePaths === undefined ? store.databasePath : undefined }),
        schema_version: store.schemaVersion,
        journal_mode: store.journalMode,
        bytes: store.databaseBytes,
      },
      project: args.project?.trim() ?? context.defaultProject,
      ...telling({
        project_reason: args.project === undefined ? context.projectReason : 'the argument of this call',
      }),
      counts: store.counts,
      next_vector_id: store.nextVectorId,
      model: {
        name: model.name,
        dimensions: model.dimensions,
        state: model.state,
        ...telling({
          reason: model.reason === undefined ? undefined : shown(model.reason),
          hash: model.modelHash,
        }),
      },
      mode,
      pending_vectors: store.pendingVectors,
      last_backup: store.lastBackup === null ? null : shown(store.lastBackup),
      counters: countersOf(totals, await patternAccuracy.outcomes(), store.nextVectorId - 1),
      problems: problems.map(shown),
    };
  },
});

/** Of every process that used the database since it was made; this call is counted when it has ended. */
function countersOf(totals: MetricTotals, outcomes: PatternOutcomes, vectorIdsIssued: number) {
  const { all } = totals;
  return {
    calls: all.calls,
    errors: all.errors,
    ...telling({
      call_ms_mean: all.calls === 0 ? undefined : threeDigits(all.totalMs / all.calls),
      call_ms_p95: percentile95Ms(all),
    }),
    texts_embedded: totals.textsEmbedded,
    embedding_ms: Math.round(totals.embeddingMs),
    vector_ids_issued: vectorIdsIssued,
    id_collisions: totals.idCollisions,
    logged_errors: totals.loggedErrors,
    ...telling({
      pattern_success_rate: threeDigitsIfKnown(outcomes.successRate),
      pattern_accuracy: threeDigitsIfKnown(outcomes.retrievalAccuracy),
    }),
  };
}

/** The bound of the histogram that 95 of 100 calls keep; nothing where more than 5 are slower than all bounds. */
function percentile95Ms({ calls, callsWithinMs }: MetricTotals['all']): number | undefined {
  return calls === 0
    ? undefined
    : latencyBoundsMs.find((_, index) => (callsWithinMs[index] ?? 0) >= 0.95 * calls);
}
