import * as z from 'zod';
import { defined } from '../defined.ts';
import type { FindPatternsResult, FoundPattern } from '../domain/code-patterns.ts';
import { limits } from '../limits.ts';
import { isoTime, telling, threeDigits, threeDigitsEach, threeDigitsIfKnown } from './answer-values.ts';
import { maxTokens, name, projectToRead, query, tags, topK } from './arguments.ts';
import { echoedQuery } from './echoed-query.ts';
import { readScope } from './project-scope.ts';
import { searchAnswer, searchAnswerOf } from './search-answer.ts';
import { defineTool } from './tool.ts';

export const getCodePatterns = defineTool({
  name: 'get_code_patterns',
  title: 'Find code patterns',
  description:
    'Use before writing or changing code, and on an error: attempts at like tasks, what passed first, and for a failure the attempt that repaired it.',
  input: z.object({
    query: query.describe('Task, code or error text'),
    result_filter: z.enum(['pass', 'fail', 'partial']).optional(),
    function_name: name.optional(),
    file_name: name.optional(),
    module_name: name.optional(),
    tags: tags.optional(),
    top_k: topK.default(5),
    detail: z.enum(['brief', 'full']).default('brief'),
    max_tokens: maxTokens.default(limits.answerTokensDefault),
    include_weak: z.boolean().optional(),
    explain: z.boolean().optional(),
    project: projectToRead,
  }),
  output: z.object({
    patterns: z.array(
      z.object({
        id: z.int(),
        function_name: z.string().optional(),
        file_name: z.string().optional(),
        module_name: z.string().optional(),
        input_prompt: z.string().optional(),
        generated_code: z.string().optional(),
        result: z.string().nullable(),
        lesson: z.string().optional(),
        execution_time_ms: z.number().optional(),
        error_message: z.string().optional(),
        error_kind: z.string().optional(),
        error_signature: z.string().optional(),
        tags: z.array(z.string()),
        created_at: z.string().nullable(),
        project: z.string().nullable(),
        vector_id: z.int().optional(),
        score: z.number(),
        similarity: z.number().optional(),
        same_code_ids: z.array(z.int()),
        fixed_by: z.object({ pattern_id: z.int(), diff: z.string(), basis: z.string() }).optional(),
        attempts: z.object({ pass: z.int(), fail: z.int(), partial: z.int() }),
        cut: z.literal(true).optional(),
        why: z.record(z.string(), z.number()).optional(),
      }),
    ),
    count: z.int(),
    query: z.string(),
    ...searchAnswer,
    dead_end: z.object({ failed_attempts: z.int(), note: z.string() }).optional(),
    nearest: z
      .object({
        id: z.int(),
        function_name: z.string().optional(),
        score: z.number(),
        similarity: z.number().optional(),
      })
      .optional(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: true,
  example: { query: 'parse durations such as "1h30m" into seconds', result_filter: 'pass' },
  handler: async (args, context) => {
    const found = await context.services.codePatterns.find(
      defined({
        scope: readScope(args.project, context),
        query: args.query,
        result: args.result_filter,
        functionName: args.function_name,
        fileName: args.file_name,
        moduleName: args.module_name,
        tags: args.tags,
        topK: args.top_k,
        detail: args.detail,
        maxTokens: args.max_tokens,
        includeWeak: args.include_weak ?? false,
        explain: args.explain ?? false,
      }),
    );
    return defined({
      patterns: found.patterns.map(patternHit),
      count: found.patterns.length,
      query: echoedQuery(args.query),
      ...searchAnswerOf(found),
      dead_end: found.deadEnd && {
        failed_attempts: found.deadEnd.failedAttempts,
        note: found.deadEnd.note,
      },
      nearest: found.nearest && nearestPattern(found.nearest),
    });
  },
});

function patternHit(found: FoundPattern) {
  const { record } = found;
  return {
    id: record.patternId,
    result: record.result,
    tags: record.tags,
    created_at: isoTime(record.createdAt),
    project: record.project,
    score: threeDigits(found.score),
    same_code_ids: found.sameCodeIds,
    attempts: found.attempts,
    ...telling({
      function_name: record.functionName,
      file_name: record.fileName,
      module_name: record.moduleName,
      execution_time_ms: record.executionTimeMs,
      error_kind: record.errorKind,
      vector_id: record.vectorId,
      similarity: threeDigitsIfKnown(found.similarity),
      cut: found.cut,
      why: found.why === undefined ? undefined : threeDigitsEach(found.why),
    }),
    ...(found.cut === true ? {} : patternTexts(found)),
  };
}

/** What goes when the budget is used up. */
function patternTexts(found: FoundPattern) {
  const { record, fixedBy } = found;
  return telling({
    input_prompt: record.inputPrompt,
    generated_code: found.shownCode,
    lesson: record.lesson,
    error_message: record.errorMessage,
    error_signature: record.errorSignature,
    fixed_by: fixedBy && { pattern_id: fixedBy.patternId, diff: fixedBy.diff, basis: fixedBy.basis },
  });
}

function nearestPattern(nearest: NonNullable<FindPatternsResult['nearest']>) {
  return {
    id: nearest.patternId,
    score: threeDigits(nearest.score),
    ...telling({
      function_name: nearest.functionName,
      similarity: threeDigitsIfKnown(nearest.similarity),
    }),
  };
}
