import * as z from 'zod';
import { programVersion } from '../package-root.ts';
import { telling } from './answer-values.ts';
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
      path: z.string(),
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
    const { store, model, mode, problems } = await context.services.status.report();
    const calls = context.counters?.report();
    return {
      version: programVersion(),
      database: {
        path: store.databasePath,
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
        ...telling({ reason: model.reason, hash: model.modelHash }),
      },
      mode,
      pending_vectors: store.pendingVectors,
      last_backup: store.lastBackup,
      counters: {
        ...(calls && {
          calls: calls.calls,
          errors: calls.errors,
          call_ms_mean: Math.round(calls.meanMs),
          call_ms_max: Math.round(calls.slowestMs),
        }),
        texts_embedded: model.textsEmbedded,
        embedding_ms: Math.round(model.embeddingMs),
      },
      problems,
    };
  },
});
