import type { FindPatternsResult, FoundPattern } from '../domain/code-patterns.ts';
import type { ReadScope } from '../domain/ports.ts';
import { formatRef } from '../ids.ts';
import { ageOf } from './age.ts';
import type { Terminal } from './command.ts';
import { rowTime } from './row-time.ts';
import { type Paint, paint } from './terminal-style.ts';
import { columnsOf, cutToWidth, fitWidth, textWidth } from './text-width.ts';
import { threeDigits } from './three-digits.ts';
import { visibleLine, visibleText } from './visible-text.ts';

const codeLinesShown = 8;
const diffLinesShown = 24;

/** The one document of `ltmc patterns --json`. Names are those of get_code_patterns. */
export function patternsJson(query: string, found: FindPatternsResult): Record<string, unknown> {
  const { search, deadEnd, nearest } = found;
  return {
    success: true,
    query,
    confidence: found.confidence,
    mode: search.mode,
    ...(search.reason === undefined ? {} : { mode_reason: search.reason }),
    patterns: found.patterns.map(patternJson),
    count: found.patterns.length,
    ...(deadEnd === undefined
      ? {}
      : { dead_end: { failed_attempts: deadEnd.failedAttempts, note: deadEnd.note } }),
    ...(nearest === undefined
      ? {}
      : {
          nearest: {
            id: nearest.patternId,
            function_name: nearest.functionName,
            score: threeDigits(nearest.score),
          },
        }),
    known_projects: found.knownProjects,
  };
}

function patternJson({
  record,
  shownCode,
  score,
  similarity,
  sameCodeIds,
  fixedBy,
  attempts,
  cut,
}: FoundPattern) {
  return {
    id: record.patternId,
    ref: formatRef('pattern', record.patternId),
    result: record.result,
    function_name: record.functionName,
    file_name: record.fileName,
    module_name: record.moduleName,
    project: record.project,
    tags: record.tags,
    created_at: rowTime(record.createdAt),
    score: threeDigits(score),
    ...(similarity === undefined ? {} : { similarity: threeDigits(similarity) }),
    attempts,
    same_code_ids: sameCodeIds,
    execution_time_ms: record.executionTimeMs,
    error_kind: record.errorKind,
    ...(cut ? { cut } : { input_prompt: record.inputPrompt, generated_code: shownCode }),
    lesson: record.lesson,
    error_message: record.errorMessage,
    error_signature: record.errorSignature,
    ...(fixedBy === undefined
      ? {}
      : { fixed_by: { pattern_id: fixedBy.patternId, basis: fixedBy.basis, diff: fixedBy.diff } }),
  };
}

/** The attempts for a person: a line each, then what the code was, or what repaired it. */
export function printPatterns(
  found: FindPatternsResult,
  scope: ReadScope,
  terminal: Terminal,
  nowMs: number,
): void {
  const style = paint(terminal.colour);
  const columns = columnsOf(terminal.streams.out);
  const { mode, reason } = found.search;
  if (reason !== undefined) {
    terminal.err(`${style.yellow(mode === 'lexical' ? 'By words only' : 'Judged by words')}: ${reason}\n`);
  }
  if (found.patterns.length === 0) printNone(found, terminal, style);
  if (found.knownProjects !== undefined && scope !== 'all') {
    const names = found.knownProjects.map(visibleLine);
    const others =
      names.length === 0 ? 'There are no others.' : `There are: ${names.join(', ')}; all: --project "*"`;
    terminal.err(`The project ${visibleLine(scope.project ?? 'none')} holds nothing. ${others}\n`);
  } else if (found.patterns.length === 0 && scope !== 'all') {
    terminal.err('All projects: --project "*"\n');
  }
  const ages = found.patterns.map(({ record }) => ageOf(record.createdAt.ms, nowMs));
  const widths = {
    age: Math.max(0, ...ages.map(textWidth)),
    ref: Math.max(0, ...found.patterns.map(({ record }) => formatRef('pattern', record.patternId).length)),
  };
  found.patterns.forEach((pattern, index) => {
    if (index > 0) terminal.out('\n');
    terminal.out(`${header(pattern, ages[index]!, widths, columns, style)}\n`);
    for (const line of body(pattern, columns - 2, style)) terminal.out(`  ${line}\n`);
  });
  if (found.deadEnd !== undefined) {
    terminal.out(`\n${style.yellow(visibleLine(found.deadEnd.note))}\n`);
  }
}

function printNone({ nearest }: FindPatternsResult, terminal: Terminal, style: Paint): void {
  terminal.out('No attempt at this is known.\n');
  if (nearest === undefined) return;
  const name = nearest.functionName === null ? '' : ` ${visibleLine(nearest.functionName)}`;
  const ref = formatRef('pattern', nearest.patternId);
  terminal.out(`${style.dim(`Closest was ${ref}${name}, score ${nearest.score.toFixed(2)}.`)}\n`);
}

/** `✔ pass     3 d  parse_duration · src/parse.ts            0.91  pattern-12` */
function header(
  { record, score }: FoundPattern,
  age: string,
  widths: { age: number; ref: number },
  columns: number,
  style: Paint,
): string {
  const result = fitWidth(`${markOf(record.result)} ${visibleLine(record.result ?? 'unknown')}`, 9);
  const when = fitWidth(age, widths.age, 'right');
  const points = score.toFixed(2);
  const ref = fitWidth(formatRef('pattern', record.patternId), widths.ref, 'right');
  const used = 9 + 1 + widths.age + 2 + 2 + points.length + 2 + widths.ref;
  const what = [record.functionName, record.fileName].filter((name) => name !== null).map(visibleLine);
  const name = fitWidth(what.length === 0 ? '-' : what.join(' · '), Math.max(8, columns - used));
  return `${colourOf(record.result, style)(result)} ${style.dim(when)}  ${style.bold(name)}  ${points}  ${style.dim(ref)}`;
}

function body(
  { record, shownCode, fixedBy, attempts, cut }: FoundPattern,
  width: number,
  style: Paint,
): string[] {
  if (cut) return [style.dim(`ltmc show ${formatRef('pattern', record.patternId)}`)];
  const lines = [style.dim(cutToWidth(visibleLine(record.inputPrompt.trim()), width))];
  const total = attempts.pass + attempts.fail + attempts.partial;
  if (total > 1) {
    lines.push(
      style.dim(
        `${total} attempts: ${attempts.pass} passed, ${attempts.fail} failed, ${attempts.partial} partial`,
      ),
    );
  }
  if (record.lesson !== null) lines.push(cutToWidth(`lesson: ${visibleLine(record.lesson)}`, width));
  const error = record.errorSignature ?? record.errorMessage;
  if (error !== null && record.result !== 'pass') {
    lines.push(style.red(cutToWidth(visibleLine(error.trim()), width)));
  }
  if (fixedBy === undefined)
    return [...lines, ...cutLines(shownCode, codeLinesShown, width).map(bar(style, (line) => line))];
  lines.push(
    style.green(`repaired by ${formatRef('pattern', fixedBy.patternId)} (${visibleLine(fixedBy.basis)})`),
  );
  const painted = (line: string) => {
    if (/^\+(?!\+\+ )/.test(line)) return style.green(line);
    return /^-(?!-- )/.test(line) ? style.red(line) : line;
  };
  return [...lines, ...cutLines(fixedBy.diff, diffLinesShown, width).map(bar(style, painted))];
}

function bar(style: Paint, painted: (line: string) => string): (line: string) => string {
  return (line) => `${style.dim('│')} ${painted(line)}`;
}

function cutLines(text: string, most: number, width: number): string[] {
  const all = visibleText(text.replace(/\s+$/, '')).replaceAll('\t', '    ').split('\n');
  const shown = all.slice(0, most).map((line) => cutToWidth(line, width - 2));
  return all.length > most ? [...shown, `… ${all.length - most} more lines`] : shown;
}

function markOf(result: string | null): string {
  if (result === 'pass') return '✔';
  if (result === 'fail') return '✖';
  return result === 'partial' ? '◐' : '?';
}

function colourOf(result: string | null, style: Paint): (text: string) => string {
  if (result === 'pass') return style.green;
  return result === 'fail' ? style.red : style.yellow;
}
