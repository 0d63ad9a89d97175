import type { Analysis, GroupBy, OutcomeCounts } from '../domain/pattern-analysis.ts';
import type { ReadScope } from '../domain/ports.ts';
import { formatRef } from '../ids.ts';
import type { Terminal } from './command.ts';
import { rateBar, sparkLine } from './rate-drawing.ts';
import { paint } from './terminal-style.ts';
import { columnsOf, cutToWidth, fitWidth, textWidth } from './text-width.ts';
import { threeDigits } from './three-digits.ts';
import { visibleLine } from './visible-text.ts';

const barColumns = 24;
const nameColumnsMax = 40;

/** The one document of `ltmc analyze --json`. Names are those of analyze_code_patterns. */
export function analysisJson(analysis: Analysis, days: number): Record<string, unknown> {
  const { total, ...counts } = countsJson(analysis);
  return {
    success: true,
    time_range_days: days,
    total_patterns: total,
    ...counts,
    success_rate_interval: analysis.successRateInterval.map(threeDigits),
    environment_count: analysis.environmentCount,
    flaky_count: analysis.flakyCount,
    avg_execution_time: threeDigits(analysis.executionTime.average),
    median_execution_time: threeDigits(analysis.executionTime.median),
    p95_execution_time: threeDigits(analysis.executionTime.p95),
    trend: analysis.trend.map((part) => ({ period: part.period, ...countsJson(part) })),
    top_errors: analysis.topErrors.map((error) => ({
      error_signature: error.errorSignature,
      count: error.count,
      example_pattern_id: error.examplePatternId,
      fixed: error.fixed,
    })),
    ...(analysis.groups === undefined
      ? {}
      : { groups: analysis.groups.map((group) => ({ name: group.name, ...countsJson(group) })) }),
    known_projects: analysis.knownProjects,
  };
}

function countsJson({ total, pass, fail, partial, successRate }: OutcomeCounts) {
  return {
    total,
    pass_count: pass,
    fail_count: fail,
    partial_count: partial,
    success_rate: threeDigits(successRate),
  };
}

/** The same for a person: the rate as a bar with its interval, the trend as a line, then the tables. */
export function printAnalysis(
  analysis: Analysis,
  shown: { days: number; scope: ReadScope; groupBy: GroupBy | undefined; nowMs: number },
  terminal: Terminal,
): void {
  const { bold, dim, green, red } = paint(terminal.colour);
  const columns = columnsOf(terminal.streams.out);
  const line = (text: string) => terminal.out(`${text}\n`);
  const window = shown.days === 1 ? 'the last day' : `the last ${shown.days} days`;
  const apart = [
    ...(analysis.environmentCount > 0 ? [`${analysis.environmentCount} of the environment`] : []),
    ...(analysis.flakyCount > 0 ? [`${analysis.flakyCount} flaky`] : []),
  ];
  if (analysis.total === 0) {
    line(`No code attempts in ${window}.`);
    if (apart.length > 0) line(dim(`Counted apart: ${apart.join(', ')}`));
    const others = analysis.knownProjects?.map(visibleLine) ?? [];
    if (others.length > 0) terminal.err(`There are projects: ${others.join(', ')}; all: --project "*"\n`);
    return;
  }
  const [low, high] = analysis.successRateInterval;
  line(bold(`${analysis.total} code ${analysis.total === 1 ? 'attempt' : 'attempts'} in ${window}`));
  line(
    `  ${green(`✔ ${analysis.pass} passed`)}   ${red(`✖ ${analysis.fail} failed`)}   ◐ ${analysis.partial} partial`,
  );
  if (apart.length > 0) line(dim(`  counted apart: ${apart.join(', ')}`));
  line('');
  const bar = rateBar(analysis.successRate, [low, high], barColumns);
  line(
    `  success   ${bar} ${percent(analysis.successRate)} ${dim(`(${percent(low)} to ${percent(high)}, 95 %)`)}`,
  );
  const spark = sparkLine(analysis.trend, shown.days, shown.nowMs, columns - 24);
  line(`  trend     ${spark.text} ${dim(`by ${spark.unit}, oldest first`)}`);
  const { average, median, p95 } = analysis.executionTime;
  if (p95 > 0) {
    line(`  duration  ${time(average)} on average, median ${time(median)}, 95 % within ${time(p95)}`);
  }
  if (analysis.topErrors.length > 0) {
    line(`\n${bold('Most frequent errors')}`);
    const countWidth = Math.max(...analysis.topErrors.map(({ count }) => `${count}×`.length));
    for (const { errorSignature, count, examplePatternId, fixed } of analysis.topErrors) {
      const state = fixed ? green(fitWidth('fixed since', 11)) : red(fitWidth('open', 11));
      const ref = formatRef('pattern', examplePatternId);
      const room = Math.max(16, columns - countWidth - 11 - ref.length - 8);
      line(
        `  ${fitWidth(`${count}×`, countWidth, 'right')}  ${state}  ${fitWidth(visibleLine(errorSignature), room)}  ${dim(ref)}`,
      );
    }
  }
  if (analysis.groups !== undefined) printGroups(analysis.groups, shown.groupBy!, columns, terminal);
}

function printGroups(
  groups: NonNullable<Analysis['groups']>,
  groupBy: GroupBy,
  columns: number,
  terminal: Terminal,
): void {
  const { bold, dim } = paint(terminal.colour);
  terminal.out(`\n${bold(`By ${groupBy}`)}\n`);
  if (groups.length === 0) {
    terminal.out(`  ${dim(`no attempt names a ${groupBy}`)}\n`);
    return;
  }
  const names = groups.map(({ name }) =>
    cutToWidth(visibleLine(name), Math.min(nameColumnsMax, columns - 36)),
  );
  const width = Math.max(...names.map(textWidth));
  const totalWidth = Math.max(...groups.map(({ total }) => String(total).length));
  groups.forEach(({ total, pass, successRate }, index) => {
    const counts = `${String(pass).padStart(totalWidth)} of ${String(total).padStart(totalWidth)}`;
    terminal.out(
      `  ${fitWidth(names[index]!, width)}  ${rateBar(successRate, null, 10)}  ${percent(successRate).padStart(5)}  ${dim(`${counts} passed`)}\n`,
    );
  });
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function time(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}
