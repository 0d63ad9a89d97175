import * as z from 'zod';
import { defined } from '../defined.ts';
import type { KnownFailure } from '../domain/known-failures.ts';
import { limits } from '../limits.ts';
import { isoTime, telling } from './answer-values.ts';
import { name, projectToRead, topK } from './arguments.ts';
import { boundedText } from './bounded-text.ts';
import { readScope } from './project-scope.ts';
import { searchAnswer, searchModeOf } from './search-answer.ts';
import { defineTool } from './tool.ts';

export const checkKnownFailures = defineTool({
  name: 'check_known_failures',
  title: 'Check for known failures',
  description:
    'Use before applying code or a plan. same_code failed before, undoes_repair takes a repair back; same_task is information: like tasks where attempts failed.',
  input: z.object({
    proposal: boundedText({ bytesMax: limits.codeBytesMax }).describe('Code or plan'),
    function_name: name.optional(),
    file_name: name.optional(),
    module_name: name.optional(),
    top_k: topK.default(5),
    project: projectToRead,
  }),
  output: z.object({
    warnings: z.array(
      z.object({
        pattern_id: z.int(),
        match: z.string(),
        lesson: z.string().optional(),
        error_message: z.string().optional(),
        error_signature: z.string().optional(),
        failed_times: z.int(),
        last_failed_at: z.string().nullable(),
        fixed_by: z.object({ pattern_id: z.int(), basis: z.string() }).optional(),
        cut: z.literal(true).optional(),
      }),
    ),
    count: z.int(),
    mode: searchAnswer.mode,
    mode_reason: searchAnswer.mode_reason,
    known_projects: searchAnswer.known_projects,
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: true,
  example: { proposal: 'def parse_duration(text):\n    return int(text)', function_name: 'parse_duration' },
  handler: async (args, context) => {
    const { failures, search, knownProjects } = await context.services.knownFailures.check(
      defined({
        scope: readScope(args.project, context),
        proposal: args.proposal,
        functionName: args.function_name,
        fileName: args.file_name,
        moduleName: args.module_name,
        topK: args.top_k,
        tokensMax: limits.listTextTokensMax,
      }),
    );
    return {
      warnings: failures.map(warning),
      count: failures.length,
      ...(search === undefined ? {} : searchModeOf(search)),
      ...defined({ known_projects: knownProjects }),
    };
  },
});

function warning({ match, record, failedTimes, fixedBy, isCut }: KnownFailure) {
  return {
    pattern_id: record.patternId,
    match,
    ...telling({
      lesson: isCut ? undefined : record.lesson,
      error_message: isCut ? undefined : record.errorMessage,
      error_signature: isCut ? undefined : record.errorSignature,
    }),
    failed_times: failedTimes,
    last_failed_at: isoTime(record.createdAt),
    ...defined({
      fixed_by: fixedBy && { pattern_id: fixedBy.patternId, basis: fixedBy.basis },
      cut: isCut ? (true as const) : undefined,
    }),
  };
}
