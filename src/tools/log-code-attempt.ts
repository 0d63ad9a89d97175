import * as z from 'zod';
import { defined } from '../defined.ts';
import { limits } from '../limits.ts';
import { telling, threeDigitsIfKnown } from './answer-values.ts';
import { name, patternIds, projectToWrite, rowId, tags } from './arguments.ts';
import { boundedText } from './bounded-text.ts';
import { createdAt } from './created-at.ts';
import { projectToWriteTo } from './project-scope.ts';
import { defineTool } from './tool.ts';
import { writeAnswer, writeAnswerOf } from './write-answer.ts';

export const logCodeAttempt = defineTool({
  name: 'log_code_attempt',
  title: 'Log a code attempt',
  description:
    'Use after each test run, passed or failed: the changed function, its result, the error and a lesson. The next attempt starts from it.',
  input: z.object({
    input_prompt: boundedText({ bytesMax: limits.promptBytesMax }).describe('The task'),
    generated_code: boundedText({ bytesMax: limits.codeBytesMax }),
    result: z.enum(['pass', 'fail', 'partial']),
    function_name: name.optional(),
    file_name: name.optional(),
    module_name: name.optional(),
    execution_time_ms: z.number().min(0).max(limits.executionTimeMsMax).optional(),
    // Never refused for its length: the domain keeps the head and the tail.
    error_message: boundedText('unbounded').optional(),
    tags: tags.optional(),
    lesson: boundedText({ charactersMax: limits.lessonCharactersMax })
      .optional()
      .describe('One sentence: why it failed, or what made it pass'),
    error_kind: z.enum(['code', 'environment', 'timeout', 'flaky']).optional(),
    test_command: name.optional(),
    commit: name.optional(),
    fixes_pattern_id: rowId.optional(),
    used_pattern_ids: patternIds.optional(),
    created_at: createdAt,
    project: projectToWrite,
  }),
  output: z.object({
    pattern_id: z.int(),
    vector_id: z.int(),
    message: z.string(),
    linked: z.array(
      z.object({
        pattern_id: z.int(),
        context_type: z.string(),
        similarity_score: z.number().optional(),
        basis: z.string().optional(),
      }),
    ),
    fixes: z.int().optional(),
    ...writeAnswer,
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  access: 'write',
  core: true,
  example: {
    input_prompt: 'Parse durations such as "1h30m" into seconds',
    generated_code: 'def parse_duration(text):\n    return int(text)',
    result: 'fail',
    function_name: 'parse_duration',
    error_message: "ValueError: invalid literal for int() with base 10: '1h30m'",
    lesson: 'int() cannot read units; split the text into number and unit first.',
  },
  handler: async (args, context) => {
    const logged = await context.services.codePatterns.log(
      defined({
        project: projectToWriteTo(args.project, context),
        inputPrompt: args.input_prompt,
        generatedCode: args.generated_code,
        result: args.result,
        functionName: args.function_name ?? null,
        fileName: args.file_name ?? null,
        moduleName: args.module_name ?? null,
        executionTimeMs: args.execution_time_ms ?? null,
        errorMessage: args.error_message ?? null,
        errorKind: args.error_kind ?? null,
        lesson: args.lesson ?? null,
        testCommand: args.test_command ?? null,
        commit: args.commit ?? null,
        tags: args.tags ?? [],
        fixesPatternId: args.fixes_pattern_id ?? null,
        usedPatternIds: args.used_pattern_ids ?? [],
        origin: 'agent' as const,
        createdAt: args.created_at,
      }),
    );
    return defined({
      pattern_id: logged.patternId,
      vector_id: logged.vectorId,
      message: `Code pattern stored with result: ${args.result}`,
      linked: logged.linked.map((link) => ({
        pattern_id: link.patternId,
        context_type: link.contextType,
        ...telling({
          similarity_score: threeDigitsIfKnown(link.similarityScore),
          basis: link.basis,
        }),
      })),
      fixes: logged.fixes,
      ...writeAnswerOf(logged),
    });
  },
});
