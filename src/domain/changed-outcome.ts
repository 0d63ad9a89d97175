import type { AttemptInHistory, AttemptResult, OutcomeChange } from './ports.ts';
import { type EarlierAttempt, type JudgedAttempt, outcomeOf, type RepairBasis } from './repairs.ts';

/** What is known of an attempt after those that came later: the outcome of one run through a history. */
interface Standing {
  repairedBy: number | null;
  isFlaky: boolean;
  /** What it fixed when it was logged, by the failure's id. */
  fixes: Map<number, RepairBasis>;
}

/**
 * What it changes that an attempt had another result than was said: repairs and their links, failures that are open
 * again, flaky marks. The history is run through twice by the rules of repairs.ts, with the result as it was and as it is now, and
 * what differs is the change. So what the change does not touch stays as it is stored, however it came about, and what it touches becomes what
 * it would be had the attempt been logged with the new result. Families do not depend on results. A repair that the caller named is forgotten
 * with a result that cannot repair.
 */
export function changedOutcome(
  history: readonly AttemptInHistory[],
  patternId: number,
  result: AttemptResult,
): OutcomeChange[] {
  const before = standings(history);
  const after = standings(
    history.map((attempt) => (attempt.patternId === patternId ? { ...attempt, result } : attempt)),
  );
  return [...after].flatMap(([id, now]) => differences(id, before.get(id) as Standing, now));
}

function differences(patternId: number, was: Standing, now: Standing): OutcomeChange[] {
  const fixesNoMore = [...was.fixes.keys()].filter((id) => now.fixes.get(id) !== was.fixes.get(id));
  const fixesNow = [...now.fixes].filter(([id, basis]) => was.fixes.get(id) !== basis);
  const marks = {
    ...(now.repairedBy === was.repairedBy ? {} : { repairedBy: now.repairedBy }),
    ...(now.isFlaky === was.isFlaky ? {} : { isFlaky: now.isFlaky }),
  };
  if (fixesNoMore.length + fixesNow.length + Object.keys(marks).length === 0) return [];
  return [
    {
      patternId,
      ...marks,
      fixesNoMore,
      fixesNow: fixesNow.map(([fixed, basis]) => ({ patternId: fixed, basis })),
    },
  ];
}

/** Every attempt meets those before it as it met them when it was logged. */
function standings(history: readonly AttemptInHistory[]): Map<number, Standing> {
  const standing = new Map<number, Standing>();
  const earlier = new Map<number, EarlierAttempt>();
  for (const attempt of history) {
    const familyId = attempt.familyId === 0 ? null : attempt.familyId;
    const outcome = outcomeOf(judged(attempt, earlier), relatedTo(attempt, earlier), familyId);
    for (const { patternId } of outcome.repairs) {
      change(standing, patternId, { repairedBy: attempt.patternId });
      change(earlier, patternId, { repaired: true });
    }
    for (const patternId of outcome.reopens) {
      change(standing, patternId, { repairedBy: null });
      change(earlier, patternId, { repaired: false });
    }
    for (const patternId of outcome.flakyFailures) {
      change(standing, patternId, { isFlaky: true });
      change(earlier, patternId, { errorKind: 'flaky' });
    }
    standing.set(attempt.patternId, {
      repairedBy: null,
      isFlaky: outcome.isFlaky,
      fixes: new Map(outcome.repairs.map(({ patternId, basis }) => [patternId, basis])),
    });
    const errorKind = outcome.isFlaky ? 'flaky' : attempt.givenErrorKind;
    earlier.set(attempt.patternId, {
      ...attempt,
      errorKind,
      repaired: false,
      codeStart: attempt.generatedCode,
      // Which commits a run followed is known while it is recorded, and not kept.
      commit: null,
    });
  }
  return standing;
}

function judged(attempt: AttemptInHistory, earlier: ReadonlyMap<number, EarlierAttempt>): JudgedAttempt {
  const named = attempt.fixesPatternId === null ? undefined : earlier.get(attempt.fixesPatternId);
  return {
    ...attempt,
    errorKind: attempt.givenErrorKind,
    createdAt: { ms: attempt.createdAtMs },
    // What passed cannot be repaired, whoever says so.
    fixesPatternId: named === undefined || named.result === 'pass' ? null : named.patternId,
  };
}

/** An attempt of another project is here for what its caller named alone. */
function relatedTo(
  { sameProject, fixesPatternId }: AttemptInHistory,
  earlier: ReadonlyMap<number, EarlierAttempt>,
): EarlierAttempt[] {
  return [...earlier.values()].filter(({ patternId }) => sameProject || patternId === fixesPatternId);
}

function change<Row>(rows: Map<number, Row>, patternId: number, more: Partial<Row>): void {
  const row = rows.get(patternId);
  if (row !== undefined) rows.set(patternId, { ...row, ...more });
}
