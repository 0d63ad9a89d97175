import * as z from 'zod';
import type { MemoryView } from '../domain/memories.ts';
import type { PatternRecord } from '../domain/ports.ts';
import { LtmcError } from '../errors.ts';
import { formatRef, parseRef, type Ref } from '../ids.ts';
import { limits } from '../limits.ts';
import { given, isoTime, telling } from './answer-values.ts';
import { maxTokens, name, projectToRead, rowId } from './arguments.ts';
import { defineTool, type ToolContext } from './tool.ts';

export const getMemory = defineTool({
  name: 'get_memory',
  title: 'Read one item',
  description:
    'Use to read one item whole: a memory by resource_id, or any by ref (memory-7, chunk-9, pattern-12). Go on at next_offset.',
  input: z.object({
    resource_id: rowId.optional(),
    ref: name.optional(),
    offset: z.int().min(0).default(0),
    max_tokens: maxTokens.default(limits.getMemoryTokensDefault),
    project: projectToRead,
  }),
  output: z.object({
    ref: z.string(),
    project: z.string().nullable(),
    created_at: z.string().nullable(),
    tags: z.array(z.string()),
    archived: z.literal(true).optional(),
    file_name: z.string().optional(),
    // a memory
    resource_id: z.int().optional(),
    content: z.string().optional(),
    offset: z.int().optional(),
    next_offset: z.int().optional(),
    total_characters: z.int().optional(),
    resource_type: z.string().optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
    origin: z.string().optional(),
    revision: z.int().optional(),
    revisions: z
      .array(z.object({ revision: z.int(), resource_id: z.int(), created_at: z.string() }))
      .optional(),
    // a code attempt
    pattern_id: z.int().optional(),
    function_name: z.string().optional(),
    module_name: z.string().optional(),
    input_prompt: z.string().optional(),
    generated_code: z.string().optional(),
    result: z.string().optional(),
    lesson: z.string().optional(),
    execution_time_ms: z.number().optional(),
    error_message: z.string().optional(),
    error_kind: z.string().optional(),
    error_signature: z.string().optional(),
    test_command: z.string().optional(),
    commit: z.string().optional(),
    vector_id: z.int().optional(),
    fixed_by: z.object({ pattern_id: z.int(), basis: z.string() }).optional(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: true,
  example: { ref: 'memory-7' },
  handler: async (args, context) => {
    const ref = refOf(args.resource_id, args.ref);
    if (ref.kind === 'pattern') return attempt(await context.services.codePatterns.get(ref.id));
    const view = await context.services.memories.get({
      resourceId: await resourceIdOf(ref, context),
      offset: args.offset,
      maxTokens: args.max_tokens,
    });
    return memory(view);
  },
});

function refOf(resourceId: number | undefined, refText: string | undefined): Ref {
  const byId: Ref | undefined = resourceId === undefined ? undefined : { kind: 'memory', id: resourceId };
  const byRef = refText === undefined ? undefined : parseRef(refText);
  if (
    byId !== undefined &&
    byRef !== undefined &&
    formatRef(byId.kind, byId.id) !== formatRef(byRef.kind, byRef.id)
  ) {
    throw new LtmcError(
      'invalid_argument',
      `Expected resource_id and ref to name one item, got ${byId.id} and ${formatRef(byRef.kind, byRef.id)}.`,
      'Give one of the two.',
    );
  }
  const ref = byRef ?? byId;
  if (ref !== undefined) return ref;
  throw new LtmcError(
    'invalid_argument',
    'Expected resource_id or ref, got neither.',
    'Give one of the two.',
  );
}

async function resourceIdOf(ref: Ref, context: ToolContext): Promise<number> {
  if (ref.kind === 'memory') return ref.id;
  if (ref.kind === 'chunk') return context.services.memories.resourceIdOfChunk(ref.id);
  throw new LtmcError(
    'not_found',
    `Expected a memory, chunk or pattern, got ${formatRef(ref.kind, ref.id)}, which this tool cannot read.`,
    'Use a ref that begins with memory-, chunk- or pattern-.',
  );
}

function memory({ record, ...view }: MemoryView) {
  return {
    ref: formatRef('memory', record.resourceId),
    resource_id: record.resourceId,
    content: view.content,
    offset: view.offset,
    total_characters: view.totalCharacters,
    tags: record.tags,
    project: record.project,
    created_at: isoTime(record.createdAt),
    revision: record.revision,
    revisions: record.revisions.map((revision) => ({
      revision: revision.revision,
      resource_id: revision.resourceId,
      created_at: revision.createdAt,
    })),
    ...telling({
      next_offset: view.nextOffset,
      file_name: record.fileName,
      resource_type: record.resourceType,
      metadata: record.metadata,
      origin: record.origin,
      archived: archivedOf(record),
    }),
  };
}

function attempt(record: PatternRecord) {
  return {
    ref: formatRef('pattern', record.patternId),
    pattern_id: record.patternId,
    input_prompt: record.inputPrompt,
    generated_code: record.generatedCode,
    tags: record.tags,
    project: record.project,
    created_at: isoTime(record.createdAt),
    ...telling({
      result: record.result,
      function_name: record.functionName,
      file_name: record.fileName,
      module_name: record.moduleName,
      lesson: record.lesson,
      execution_time_ms: record.executionTimeMs,
      error_message: record.errorMessage,
      error_kind: record.errorKind,
      error_signature: record.errorSignature,
      test_command: record.testCommand,
      commit: record.commit,
      origin: record.origin,
      vector_id: record.vectorId,
      archived: archivedOf(record),
      fixed_by:
        record.fixedBy && given({ pattern_id: record.fixedBy.patternId, basis: record.fixedBy.basis }),
    }),
  };
}

/** Said only where it is so. */
function archivedOf(record: { archived: boolean }): true | undefined {
  return record.archived ? true : undefined;
}
