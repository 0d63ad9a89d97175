import type { App } from '../app.ts';
import type { MemoryRecord } from '../domain/ports.ts';
import { LtmcError } from '../errors.ts';
import { formatRef, type Ref } from '../ids.ts';
import { limits } from '../limits.ts';
import { rowTime } from './row-time.ts';

/** What `ltmc show` prints: the texts of a row, and its other fields by the names of the tools' answers. */
export interface ShownRow {
  ref: string;
  fields: Record<string, unknown>;
  /** Heading and text; what was stored, character for character. */
  texts: [name: string, text: string][];
}

/** Throws `not_found`. */
export async function readRow(app: App, ref: Ref): Promise<ShownRow> {
  const { kind } = ref;
  if (kind === 'memory') return memoryRow(app, ref);
  if (kind === 'chunk') return chunkRow(app, ref);
  if (kind === 'pattern') return patternRow(app, ref);
  if (kind === 'message') return messageRow(app, ref);
  return todoRow(app, ref);
}

async function memoryRow(app: App, ref: Ref): Promise<ShownRow> {
  let content = '';
  let record: MemoryRecord | undefined;
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const item = await app.services.reading.read(ref, { offset, maxTokens: limits.answerTokensMax });
    if (item.kind !== 'memory') break;
    record = item.record;
    content += item.window.parts.content ?? '';
    offset = item.window.nextOffset;
  }
  if (record === undefined) throw notThere(ref);
  return {
    ref: formatRef('memory', record.resourceId),
    fields: {
      file_name: record.fileName,
      resource_type: record.resourceType,
      project: record.project,
      origin: record.origin,
      created_at: rowTime(record.createdAt),
      tags: record.tags,
      metadata: record.metadata,
      archived: record.archived,
      revision: record.revision,
      chunk_count: record.chunks.length,
      revisions: record.revisions.map(({ revision, resourceId: id, createdAt }) => ({
        revision,
        resource_id: id,
        created_at: createdAt,
      })),
    },
    texts: [['content', content]],
  };
}

async function chunkRow(app: App, ref: Ref): Promise<ShownRow> {
  const [chunk] = await app.store.getChunks([ref.id]);
  if (chunk === undefined)
    throw notThere(ref, 'A chunk of an archived memory or of an old revision is not shown.');
  return {
    ref: formatRef('chunk', chunk.chunkId),
    fields: {
      memory: formatRef('memory', chunk.resourceId),
      file_name: chunk.fileName,
      resource_type: chunk.resourceType,
      project: chunk.project,
      origin: chunk.origin,
      created_at: rowTime(chunk.createdAt),
    },
    texts: [['text', chunk.text]],
  };
}

async function patternRow(app: App, ref: Ref): Promise<ShownRow> {
  const record = await app.services.codePatterns.get(ref.id);
  const texts: [string, string | null][] = [
    ['input_prompt', record.inputPrompt],
    ['generated_code', record.generatedCode],
    ['error_message', record.errorMessage],
    ['lesson', record.lesson],
  ];
  return {
    ref: formatRef('pattern', record.patternId),
    fields: {
      result: record.result,
      function_name: record.functionName,
      file_name: record.fileName,
      module_name: record.moduleName,
      project: record.project,
      origin: record.origin,
      created_at: rowTime(record.createdAt),
      tags: record.tags,
      error_kind: record.errorKind,
      error_signature: record.errorSignature,
      test_command: record.testCommand,
      commit: record.commit,
      execution_time_ms: record.executionTimeMs,
      archived: record.archived,
      fixed_by: record.fixedBy === null ? null : formatRef('pattern', record.fixedBy.patternId),
    },
    texts: texts.filter((entry): entry is [string, string] => entry[1] !== null),
  };
}

async function messageRow(app: App, ref: Ref): Promise<ShownRow> {
  const [message] = await app.store.getMessages([ref.id]);
  if (message === undefined) throw notThere(ref);
  return {
    ref: formatRef('message', message.messageId),
    fields: {
      conversation_id: message.conversationId,
      role: message.role,
      agent_name: message.agentName,
      source_tool: message.sourceTool,
      project: message.project,
      origin: message.origin,
      created_at: rowTime(message.createdAt),
      metadata: message.metadata,
      is_query: message.isQuery,
      archived: message.archived,
    },
    texts: [['content', message.content]],
  };
}

async function todoRow(app: App, ref: Ref): Promise<ShownRow> {
  const [todo] = await app.store.getTodos([ref.id]);
  if (todo === undefined) throw notThere(ref);
  return {
    ref: formatRef('todo', todo.todoId),
    fields: {
      priority: todo.priority,
      completed: todo.completed,
      project: todo.project,
      created_at: rowTime(todo.createdAt),
      completed_at: todo.completedAt === null ? null : rowTime(todo.completedAt),
    },
    texts: [
      ['title', todo.title],
      ['description', todo.description],
    ],
  };
}

function notThere({ kind, id }: Ref, hint = 'Take the ref from an answer or from `ltmc list`.'): LtmcError {
  return new LtmcError('not_found', `Expected ${formatRef(kind, id)} to be there; it is not.`, hint);
}
