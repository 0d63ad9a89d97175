import * as z from 'zod';
import { defined } from '../defined.ts';
import { LtmcError } from '../errors.ts';
import { formatRef } from '../ids.ts';
import { limits } from '../limits.ts';
import { metadata, name, projectToWrite, rowId, tags } from './arguments.ts';
import { boundedText } from './bounded-text.ts';
import { refOf } from './named-row.ts';
import { defineTool } from './tool.ts';
import { writeAnswer, writeAnswerOf } from './write-answer.ts';

export const updateMemory = defineTool({
  name: 'update_memory',
  title: 'Change a memory',
  description:
    'Use when a memory is wrong or outdated: new content is a new revision, archived: true takes it out of the answers. For a pattern: its result or lesson.',
  input: z.object({
    resource_id: rowId.optional(),
    ref: name.optional(),
    content: boundedText({ bytesMax: limits.contentBytesMaxTool }).optional(),
    tags: tags.optional(),
    add_tags: tags.optional(),
    remove_tags: tags.optional(),
    metadata: metadata.optional(),
    archived: z.boolean().optional(),
    result: z.enum(['pass', 'fail', 'partial']).optional(),
    lesson: boundedText({ charactersMax: limits.lessonCharactersMax }).optional(),
    project: projectToWrite,
  }),
  output: z.object({
    ref: z.string(),
    resource_id: z.int().optional(),
    pattern_id: z.int().optional(),
    chunk_count: z.int().optional(),
    revision: z.int().optional(),
    ...writeAnswer,
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  access: 'write',
  core: true,
  example: { resource_id: 7, content: 'Releases go out on Wednesdays.', add_tags: ['release'] },
  handler: async ({ resource_id, ref: refText, project: _project, ...changes }, context) => {
    const ref = refOf(resource_id, refText);
    if (Object.values(changes).every((change) => change === undefined)) throw nothingToChange();
    const updated = await context.services.updates.update(
      defined({
        ref,
        content: changes.content,
        tags: changes.tags,
        addTags: changes.add_tags,
        removeTags: changes.remove_tags,
        metadata: changes.metadata,
        archived: changes.archived,
        result: changes.result,
        lesson: changes.lesson,
      }),
    );
    return {
      ref: formatRef(ref.kind, ref.id),
      ...(ref.kind === 'memory' ? { resource_id: ref.id } : { pattern_id: ref.id }),
      ...defined({ chunk_count: updated.chunkCount, revision: updated.revision }),
      ...writeAnswerOf(updated),
    };
  },
});

function nothingToChange(): LtmcError {
  return new LtmcError(
    'invalid_argument',
    'Expected something to change, got nothing but which item it is.',
    'Give content, tags, add_tags, remove_tags, metadata or archived; for a pattern also result or lesson.',
  );
}
