import { formatRef } from '../ids.ts';
import type { RecordedAttempt } from '../record/record-attempt.ts';
import { visibleLine } from './visible-text.ts';

/** What became of a recorded run, in one line for a person: what was logged, and where task and code come from. */
export function recordedLine(recorded: RecordedAttempt): string {
  if (recorded.kind === 'rerun') {
    const ref = formatRef('pattern', recorded.patternId);
    return `ltmc: a rerun: the same code with the same result (${recorded.result}) is ${ref}; not logged again\n`;
  }
  const { result, errorKind, promptSource, state, logged } = recorded;
  const kind = errorKind === null ? '' : `, ${errorKind}`;
  const files = `${state.files.length} ${state.files.length === 1 ? 'file' : 'files'}${state.isCut ? ', cut' : ''}`;
  const parts = [
    `recorded ${formatRef('pattern', logged.patternId)} (${result}${kind})`,
    ...(logged.fixes === undefined ? [] : [`repairs ${formatRef('pattern', logged.fixes)}`]),
    `task: ${promptSource}`,
    `code: ${visibleLine(state.source)} (${files})`,
    ...(logged.masked.length === 0 ? [] : [`masked: ${logged.masked.map(({ kind }) => kind).join(', ')}`]),
    ...(logged.pendingVectors === 0 ? [] : [`pending vectors: ${logged.pendingVectors}`]),
  ];
  return `ltmc: ${parts.join('; ')}\n`;
}
