import * as z from 'zod';
import type { RowCounts } from '../domain/removals.ts';
import { LtmcError } from '../errors.ts';
import { formatRef, type Ref } from '../ids.ts';
import { limits } from '../limits.ts';
import { name, projectToWrite, rowId } from './arguments.ts';
import { refOf } from './named-row.ts';
import { projectToWriteTo } from './project-scope.ts';
import { type CallContext, defineTool } from './tool.ts';

export const deleteMemory = defineTool({
  name: 'delete_memory',
  title: 'Remove for good',
  description:
    'Use when the user wants something gone for good: an item, or all of one file_name. To hide it, use update_memory with archived: true.',
  input: z.object({
    resource_id: rowId.optional(),
    ref: name.optional(),
    file_name: name.optional(),
    confirm: z.boolean().optional().describe('The user agreed'),
    project: projectToWrite,
  }),
  output: z.object({
    deleted: z.record(z.string(), z.int()),
    refs: z.array(z.string()),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
  access: 'admin',
  core: true,
  example: { ref: 'memory-7', confirm: true },
  handler: async (args, context) => {
    const refs = await refsOf(args, context);
    const { removals } = context.services;
    if (args.confirm !== true) {
      assertAgreed(refs, await removals.preview(refs), context);
    }
    return { deleted: await removals.remove(refs), refs: refs.map(({ kind, id }) => formatRef(kind, id)) };
  },
});

async function refsOf(
  args: {
    resource_id?: number | undefined;
    ref?: string | undefined;
    file_name?: string | undefined;
    project?: string | undefined;
  },
  context: CallContext,
): Promise<Ref[]> {
  const { file_name: fileName } = args;
  if (fileName === undefined) return [refOf(args.resource_id, args.ref, ['file_name'])];
  if (args.resource_id !== undefined || args.ref !== undefined) {
    throw new LtmcError(
      'invalid_argument',
      'Expected one of resource_id, ref and file_name, got file_name and another.',
      'file_name removes every memory of that name in the project.',
    );
  }
  const project = projectToWriteTo(args.project, context);
  const ids = await context.services.catalog.named(project, fileName);
  if (ids.length > 0) return ids.map((id) => ({ kind: 'memory', id }));
  throw new LtmcError(
    'not_found',
    `Expected file_name to name memories of ${project === null ? 'no project' : `the project ${JSON.stringify(project)}`}; there are none.`,
    'list_memories shows names and projects. Name the project they are in; ids work across projects.',
  );
}

/** Throws unless the user, who is asked where the client can, says yes. */
function assertAgreed(refs: readonly Ref[], counts: RowCounts, { caller }: CallContext): void {
  const named = refs.slice(0, limits.removalRefsNamedMax).map(({ kind, id }) => formatRef(kind, id));
  const others = refs.length > named.length ? ` and ${refs.length - named.length} more` : '';
  const rows = Object.entries(counts).map(([table, count]) => `${table}: ${count}`);
  const what = `${named.join(', ')}${others} (rows: ${rows.join(', ')})`;
  const agreed = caller.userAgrees(`Remove ${what} from LTMC for good?`);
  if (agreed === true) return;
  if (agreed === false) {
    throw new LtmcError('declined', 'The user said no; nothing was removed.', 'Leave it as it is.');
  }
  throw new LtmcError(
    'not_confirmed',
    `Expected confirm: true to remove ${what} for good; nothing was removed.`,
    'Ask the user. Then call again with confirm: true. To hide it instead: update_memory with archived: true.',
  );
}
