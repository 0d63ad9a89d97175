import * as z from 'zod';
import { defined } from '../defined.ts';
import type { MessageRecord, PatternRecord, TodoRecord } from '../domain/ports.ts';
import type { PatternText, ReadItem } from '../domain/reading.ts';
import type { TextWindow } from '../domain/text-window.ts';
import { formatRef, formatRevisionRef, parseRevisionRef } from '../ids.ts';
import { limits } from '../limits.ts';
import { isoTime, telling } from './answer-values.ts';
import { maxTokens, name, projectToRead, rowId } from './arguments.ts';
import { refOf } from './named-row.ts';
import { defineTool } from './tool.ts';

export const getMemory = defineTool({
  name: 'get_memory',
  title: 'Read one item',
  description:
    'Use to read one item whole: a memory by resource_id, or any by ref (memory-7, its earlier text memory-7@1, chunk-9, message-3, todo-4, pattern-12). Go on at next_offset.',
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
    offset: z.int(),
    next_offset: z.int().optional(),
    total_characters: z.int(),
    tags: z.array(z.string()).optional(),
    archived: z.literal(true).optional(),
    file_name: z.string().optional(),
    origin: z.string().optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
    // a memory or a message
    content: z.string().optional(),
    // a memory
    resource_id: z.int().optional(),
    resource_type: z.string().optional(),
    revision: z.int().optional(),
    revisions: z
      .array(z.object({ revision: z.int(), resource_id: z.int(), ref: z.string(), created_at: z.string() }))
      .optional(),
    // a message
    message_id: z.int().optional(),
    conversation_id: z.string().optional(),
    role: z.string().optional(),
    agent_name: z.string().optional(),
    source_tool: z.string().optional(),
    is_query: z.literal(true).optional(),
    // a todo
    todo_id: z.int().optional(),
    title: z.string().optional(),
    description: z.string().optional(),
    priority: z.string().optional(),
    completed: z.boolean().optional(),
    completed_at: z.string().nullable().optional(),
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
    const named = args.ref === undefined ? undefined : parseRevisionRef(args.ref);
    const ref = refOf(args.resource_id, named && formatRef(named.kind, named.id));
    const item = await context.services.reading.read(
      { ...ref, ...defined({ revision: named?.revision }) },
      {
        offset: args.offset,
        maxTokens: args.max_tokens,
      },
    );
    const { record, window } = item;
    return {
      project: record.project,
      created_at: isoTime(record.createdAt),
      offset: window.offset,
      ...defined({ next_offset: window.nextOffset }),
      total_characters: window.totalCharacters,
      ...fieldsOf(item),
    };
  },
});

function fieldsOf(item: ReadItem) {
  switch (item.kind) {
    case 'memory':
      return memory(item);
    case 'message':
      return message(item.record, item.window);
    case 'todo':
      return todo(item.record, item.window);
    case 'pattern':
      return attempt(item.record, item.window);
  }
}

function memory({ record, window }: ReadItem & { kind: 'memory' }) {
  return {
    ref: formatRef('memory', record.resourceId),
    resource_id: record.resourceId,
    content: window.parts.content ?? '',
    tags: record.tags,
    revision: record.revision,
    revisions: record.revisions.map((revision) => ({
      revision: revision.revision,
      resource_id: revision.resourceId,
      ref: formatRevisionRef(revision.resourceId, revision.revision),
      created_at: revision.createdAt,
    })),
    ...telling({
      file_name: record.fileName,
      resource_type: record.resourceType,
      metadata: record.metadata,
      origin: record.origin,
      archived: archivedOf(record),
    }),
  };
}

function message(record: MessageRecord, window: TextWindow<'content'>) {
  return {
    ref: formatRef('message', record.messageId),
    message_id: record.messageId,
    content: window.parts.content ?? '',
    ...telling({
      conversation_id: record.conversationId,
      role: record.role,
      agent_name: record.agentName,
      source_tool: record.sourceTool,
      metadata: record.metadata,
      origin: record.origin,
      is_query: record.isQuery ? (true as const) : undefined,
      archived: archivedOf(record),
    }),
  };
}

function todo(record: TodoRecord, window: TextWindow<'title' | 'description'>) {
  return {
    ref: formatRef('todo', record.todoId),
    todo_id: record.todoId,
    ...defined({ title: window.parts.title, description: window.parts.description }),
    ...telling({ priority: record.priority }),
    completed: record.completed,
    completed_at: record.completedAt === null ? null : isoTime(record.completedAt),
  };
}

function attempt(record: PatternRecord, window: TextWindow<PatternText>) {
  const { parts } = window;
  return {
    ref: formatRef('pattern', record.patternId),
    pattern_id: record.patternId,
    ...defined({
      input_prompt: parts.inputPrompt,
      generated_code: parts.generatedCode,
      lesson: parts.lesson,
      error_message: parts.errorMessage,
    }),
    tags: record.tags,
    ...telling({
      result: record.result,
      function_name: record.functionName,
      file_name: record.fileName,
      module_name: record.moduleName,
      execution_time_ms: record.executionTimeMs,
      error_kind: record.errorKind,
      error_signature: record.errorSignature,
      test_command: record.testCommand,
      commit: record.commit,
      origin: record.origin,
      vector_id: record.vectorId,
      archived: archivedOf(record),
      fixed_by: record.fixedBy && { pattern_id: record.fixedBy.patternId, basis: record.fixedBy.basis },
    }),
  };
}

/** Said only where it is so. */
function archivedOf(record: { archived: boolean }): true | undefined {
  return record.archived ? true : undefined;
}
