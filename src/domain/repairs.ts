import { limits } from '../limits.ts';
import { isAboutCode } from './about-code.ts';
import { coversTests } from './covered-tests.ts';
import { testsOfSignature } from './error-signature.ts';
import type { NewAttempt, RelatedAttempt } from './ports.ts';
import { isTreeChange } from './tree-change.ts';

/**
 * How it is known that two attempts are about the same failure, best first:
 * - `explicit`: the passing attempt names the failure by its id;
 * - `same_function`: the same file and function;
 * - `same_task`: the same family;
 * - `same_test`: the same test command, and the passing attempt speaks of a test that failed, or both are recorded runs of it:
 *   where the whole command passes, what failed in it before passes too;
 * - `same_error`: the repaired failure was this one again, by its signature.
 */
export type RepairBasis = 'explicit' | 'same_function' | 'same_task' | 'same_test' | 'same_error';

/** What the rules look at of the attempt whose outcome says something. */
export type JudgedAttempt = Pick<
  NewAttempt,
  | 'fixesPatternId'
  | 'errorSignature'
  | 'codeKey'
  | 'nameKey'
  | 'fileName'
  | 'testCommand'
  | 'earlierCommits'
  | 'inputPrompt'
  | 'generatedCode'
  | 'lesson'
> & { result: string | null; errorKind: string | null; createdAt: { ms: number | null } };

/** What they look at of the attempts before it. */
export type EarlierAttempt = Pick<
  RelatedAttempt,
  | 'patternId'
  | 'sameProject'
  | 'familyId'
  | 'fileName'
  | 'result'
  | 'errorKind'
  | 'errorSignature'
  | 'testCommand'
  | 'commit'
  | 'codeKey'
  | 'codeStart'
  | 'nameKey'
  | 'createdAtMs'
  | 'repaired'
>;

export interface Repair {
  patternId: number;
  basis: RepairBasis;
}

/** What an attempt says about those before it and about itself. */
export interface Outcome extends Flakiness {
  repairs: Repair[];
  /** Repaired failures that this failure shows to be there again. */
  reopens: number[];
}

/** `familyId` is the attempt's; null for a new family. */
export function outcomeOf(
  attempt: JudgedAttempt,
  related: readonly EarlierAttempt[],
  familyId: number | null,
): Outcome {
  const repair = repairedFailure(attempt, related, familyId);
  const reopens = reopenedFailures(attempt, related, familyId);
  return {
    repairs: repair === null ? [] : [repair, ...repairedAlike(repair, attempt, related, familyId)],
    reopens,
    ...outcomesOfSameCode(attempt, related, familyId, reopens),
  };
}

/**
 * The failure, whole or in part, that a new attempt repaired: the newest one not repaired yet that is about the same thing, whose
 * code differs, and which is at most a day old. Not a repair: an attempt that did not pass, a failure of the
 * environment, the same code with another result (that one is flaky), a recorded run of other tests, and one of another branch. What `fixes_pattern_id` says counts
 * without further conditions. `familyId` is the new attempt's; null for a new family.
 */
export function repairedFailure(
  attempt: JudgedAttempt,
  related: readonly EarlierAttempt[],
  familyId: number | null,
): Repair | null {
  if (attempt.result !== 'pass') return null;
  if (attempt.fixesPatternId !== null) return { patternId: attempt.fixesPatternId, basis: 'explicit' };
  if (!isAboutCode(attempt.errorKind)) return null;
  let newest: (Repair & { codeKey: string }) | null = null;
  for (const failure of related) {
    if (!isFailureOfCode(failure) || failure.repaired || !isRecent(attempt, failure)) continue;
    if (ranOtherTests(attempt, failure) || isElsewhere(attempt, failure)) continue;
    const basis = commonGround(attempt, failure, familyId);
    if (basis === null || (newest !== null && newest.patternId > failure.patternId)) continue;
    newest = { patternId: failure.patternId, basis, codeKey: failure.codeKey };
  }
  if (newest === null || newest.codeKey === attempt.codeKey) return null;
  return { patternId: newest.patternId, basis: newest.basis };
}

/**
 * Older failures, not repaired, that were the same failure as the one just repaired: the same signature and
 * about the same thing, however old; the newest of them. Without them a failure that was met twice would stay open for ever.
 */
export function repairedAlike(
  repaired: Repair,
  attempt: JudgedAttempt,
  related: readonly EarlierAttempt[],
  familyId: number | null,
): Repair[] {
  const signature =
    related.find((failure) => failure.patternId === repaired.patternId)?.errorSignature ?? null;
  if (signature === null) return [];
  return related
    .filter(
      (failure) =>
        failure.patternId < repaired.patternId &&
        failure.errorSignature === signature &&
        isFailureOfCode(failure) &&
        !failure.repaired &&
        failure.codeKey !== attempt.codeKey &&
        !ranOtherTests(attempt, failure) &&
        !isElsewhere(attempt, failure) &&
        commonGround(attempt, failure, familyId) !== null,
    )
    .sort((a, b) => b.patternId - a.patternId)
    .slice(0, limits.linkedPatternsMax)
    .map(({ patternId }) => ({ patternId, basis: 'same_error' }));
}

/** What the same code with another result says; see outcomesOfSameCode. */
export interface Flakiness {
  /** The new failure is flaky. */
  isFlaky: boolean;
  /** Earlier failures that are. */
  flakyFailures: number[];
}

/**
 * The same code about the same thing that passes and fails is flaky: the failures say nothing about the code.
 * Not where other tests were run, nor what the caller himself gave a kind. `reopens`: a failure that shows a repair to be
 * undone is that failure again, and not flaky.
 */
export function outcomesOfSameCode(
  attempt: JudgedAttempt,
  related: readonly EarlierAttempt[],
  familyId: number | null,
  reopens: readonly number[],
): Flakiness {
  const same = related.filter(
    (earlier) =>
      earlier.sameProject &&
      earlier.codeKey === attempt.codeKey &&
      !testsDiffer(attempt, earlier) &&
      commonGround(attempt, earlier, familyId) !== null,
  );
  if (attempt.result === 'pass') {
    if (attempt.errorKind !== null) return { isFlaky: false, flakyFailures: [] };
    const failures = same.filter(({ result, errorKind }) => result !== 'pass' && errorKind === null);
    return { isFlaky: false, flakyFailures: failures.map(({ patternId }) => patternId) };
  }
  const passed = same.some(({ result }) => result === 'pass');
  return { isFlaky: passed && attempt.errorKind === null && reopens.length === 0, flakyFailures: [] };
}

function testsDiffer(attempt: JudgedAttempt, earlier: EarlierAttempt): boolean {
  const [one, other] = [attempt.testCommand?.trim(), earlier.testCommand?.trim()];
  return one !== undefined && other !== undefined && one !== other;
}

/**
 * A recorded run is about a whole working tree: one that ran other tests says nothing about those that failed, unless
 * both are said to be about one function.
 */
function ranOtherTests(attempt: JudgedAttempt, failure: EarlierAttempt): boolean {
  const { testCommand, errorSignature } = failure;
  if (attempt.testCommand === null || testCommand === null) return false;
  if (!isTreeChange(failure.codeStart) || !isTreeChange(attempt.generatedCode)) return false;
  if (attempt.nameKey !== null && attempt.nameKey === failure.nameKey) return false;
  return !coversTests(attempt.testCommand, { testCommand, errorSignature });
}

/** On another branch: that the same tests pass without what was done there repairs nothing of it. */
function isElsewhere({ earlierCommits }: JudgedAttempt, { commit }: EarlierAttempt): boolean {
  if (earlierCommits === undefined || commit === null || earlierCommits.has(commit)) return false;
  // A client may name a commit in short; a branch's name in its place tells nothing.
  return /^[0-9a-f]+$/.test(commit) && ![...earlierCommits].some((whole) => whole.startsWith(commit));
}

/** Repaired failures that a new failure with the same signature shows to be there again. */
export function reopenedFailures(
  attempt: JudgedAttempt,
  related: readonly EarlierAttempt[],
  familyId: number | null,
): number[] {
  if (!hasFailed(attempt.result) || attempt.errorSignature === null || !isAboutCode(attempt.errorKind))
    return [];
  return related
    .filter(
      (failure) =>
        isFailureOfCode(failure) &&
        failure.repaired &&
        failure.errorSignature === attempt.errorSignature &&
        commonGround(attempt, failure, familyId) !== null,
    )
    .map((failure) => failure.patternId);
}

/** Passing in part is failing too: what makes the rest of the tests pass repairs it. */
function isFailureOfCode(earlier: EarlierAttempt): boolean {
  return earlier.sameProject && hasFailed(earlier.result) && isAboutCode(earlier.errorKind);
}

/** A migrated row's result may be anything, and then it is neither. */
function hasFailed(result: string | null): boolean {
  return result === 'fail' || result === 'partial';
}

/** Attempts without a readable time repair nothing unasked. */
function isRecent(attempt: JudgedAttempt, failure: EarlierAttempt): boolean {
  if (attempt.createdAt.ms === null || failure.createdAtMs === null) return false;
  const ageMs = attempt.createdAt.ms - failure.createdAtMs;
  return ageMs >= 0 && ageMs <= limits.repairMsMax;
}

function commonGround(
  attempt: JudgedAttempt,
  failure: EarlierAttempt,
  familyId: number | null,
): RepairBasis | null {
  const sameName = attempt.nameKey !== null && attempt.nameKey === failure.nameKey;
  if (sameName && sameFile(attempt.fileName, failure.fileName)) return 'same_function';
  if (familyId !== null && familyId === failure.familyId) return 'same_task';
  if (attempt.testCommand === null || attempt.testCommand.trim() !== failure.testCommand?.trim()) return null;
  if (isTreeChange(failure.codeStart) && isTreeChange(attempt.generatedCode)) return 'same_test';
  const ownTests = testsOfSignature(attempt.errorSignature);
  const said = [attempt.testCommand, attempt.inputPrompt, attempt.generatedCode, attempt.lesson ?? ''];
  const shared = testsOfSignature(failure.errorSignature).some(
    (test) => ownTests.includes(test) || said.some((text) => text.includes(shortTestName(test))),
  );
  return shared ? 'same_test' : null;
}

/** `tests/test_a.py::test_b[1]` → `test_b`; `suite > adds an item` → `adds an item`. */
function shortTestName(test: string): string {
  const last = test.split(/::| > /).at(-1) ?? test;
  const bracket = last.indexOf('[');
  return bracket > 0 ? last.slice(0, bracket) : last;
}

/** Both have a file name, and it is the same but for its spelling (`./a.py`, `src\a.py`). */
export function sameFile(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && plainPath(one) === plainPath(other);
}

function plainPath(path: string): string {
  const slashes = path.replaceAll('\\', '/');
  return slashes.startsWith('./') ? slashes.slice(2) : slashes;
}
