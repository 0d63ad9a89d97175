import * as z from 'zod';
import { defined } from '../defined.ts';
import type { OutcomeCounts } from '../domain/pattern-analysis.ts';
import { limits } from '../limits.ts';
import { threeDigits } from './answer-values.ts';
import { name, projectToRead, tags } from './arguments.ts';
import { readScope } from './project-scope.ts';
import { defineTool } from './tool.ts';

const outcomes = {
  total: z.int(),
  pass_count: z.int(),
  fail_count: z.int(),
  partial_count: z.int(),
  success_rate: z.number(),
};

export const analyzeCodePatterns = defineTool({
  name: 'analyze_code_patterns',
  title: 'Success rates of code attempts',
  description:
    'Use to see how attempts went: success rate with its interval, trend, and the most frequent errors.',
  input: z.object({
    function_name: name.optional(),
    file_name: name.optional(),
    module_name: name.optional(),
    tags: tags.optional(),
    time_range_days: z.int().min(1).max(limits.maxAgeDaysMax).default(30),
    group_by: z.enum(['function', 'file', 'module', 'tag']).optional(),
    project: projectToRead,
  }),
  output: z.object({
    total_patterns: z.int(),
    pass_count: z.int(),
    fail_count: z.int(),
    partial_count: z.int(),
    success_rate: z.number(),
    success_rate_interval: z.array(z.number()),
    environment_count: z.int(),
    flaky_count: z.int(),
    avg_execution_time: z.number(),
    median_execution_time: z.number(),
    p95_execution_time: z.number(),
    trend: z.array(z.object({ period: z.string(), ...outcomes })),
    top_errors: z.array(
      z.object({
        error_signature: z.string(),
        count: z.int(),
        example_pattern_id: z.int(),
        fixed: z.boolean(),
      }),
    ),
    groups: z.array(z.object({ name: z.string(), ...outcomes })).optional(),
    known_projects: z.array(z.string()).optional(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: false,
  example: { time_range_days: 7, group_by: 'function' },
  handler: async (args, context) => {
    const analysis = await context.services.patternAnalysis.analyze(
      defined({
        scope: readScope(args.project, context),
        functionName: args.function_name,
        fileName: args.file_name,
        moduleName: args.module_name,
        tags: args.tags,
        timeRangeDays: args.time_range_days,
        groupBy: args.group_by,
      }),
    );
    const { total: total_patterns, ...counts } = countsOf(analysis);
    return defined({
      total_patterns,
      ...counts,
      success_rate_interval: analysis.successRateInterval.map(threeDigits),
      environment_count: analysis.environmentCount,
      flaky_count: analysis.flakyCount,
      avg_execution_time: threeDigits(analysis.executionTime.average),
      median_execution_time: threeDigits(analysis.executionTime.median),
      p95_execution_time: threeDigits(analysis.executionTime.p95),
      trend: analysis.trend.map(({ period, ...each }) => ({ period, ...countsOf(each) })),
      top_errors: analysis.topErrors.map((error) => ({
        error_signature: error.errorSignature,
        count: error.count,
        example_pattern_id: error.examplePatternId,
        fixed: error.fixed,
      })),
      groups: analysis.groups?.map(({ name: group, ...each }) => ({ name: group, ...countsOf(each) })),
      known_projects: analysis.knownProjects,
    });
  },
});

function countsOf(counts: OutcomeCounts) {
  return {
    total: counts.total,
    pass_count: counts.pass,
    fail_count: counts.fail,
    partial_count: counts.partial,
    success_rate: threeDigits(counts.successRate),
  };
}
