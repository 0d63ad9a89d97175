import { structuredPatch } from 'diff';
import { limits } from '../limits.ts';

/**
 * What turns `before` into `after`, as a unified diff of at most `limits.diffLinesMax` lines: less context
 * where it would be longer, then cut, with a last line that says how many lines more there are. '' when the
 * texts are equal.
 */
export function unifiedDiff(before: string, after: string, names: { before: string; after: string }): string {
  if (before === after) return '';
  const header = [`--- ${names.before}`, `+++ ${names.after}`];
  let lines: string[] = [];
  for (const context of [3, 1, 0]) {
    lines = [...header, ...(hunkLines(before, after, context) ?? replacementLines(before, after))];
    if (lines.length <= limits.diffLinesMax) return lines.join('\n');
  }
  const kept = lines.slice(0, limits.diffLinesMax - 1);
  return [...kept, `… ${lines.length - kept.length} more lines`].join('\n');
}

/** undefined: the texts have so little in common that comparing them takes too long to be worth it. */
function hunkLines(before: string, after: string, context: number): string[] | undefined {
  const patch = structuredPatch('', '', withLineEnd(before), withLineEnd(after), undefined, undefined, {
    context,
    maxEditLength: limits.diffEditsMax,
    stripTrailingCr: true,
  });
  return patch?.hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines,
  ]);
}

/** Whether the last line ends is no difference that a reader of code attempts wants to see. */
function withLineEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function replacementLines(before: string, after: string): string[] {
  const [removed, added] = [before.split('\n'), after.split('\n')];
  return [
    `@@ -1,${removed.length} +1,${added.length} @@`,
    ...added.map((line) => `+${line}`),
    ...removed.map((line) => `-${line}`),
  ];
}
