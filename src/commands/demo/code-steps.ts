import type { Answer, ClientSession } from './client-session.ts';
import { type Attempt, runAttempt } from './code-attempts.ts';
import { expectAnswer } from './expect-answer.ts';
import type { Story } from './story.ts';
import type { VectorIdRange } from './vector-ids.ts';

const codeQuery = 'find the value in the centre of an array of numbers';

export interface LoggedAttempt {
  patternId: number;
  vectorIds: VectorIdRange;
}

/** Runs an attempt, logs what happened, and shows it. */
export async function logAttempt(
  session: ClientSession,
  story: Story,
  attempt: Attempt,
): Promise<LoggedAttempt> {
  const { test, expected, ...fields } = attempt;
  const outcome = await runAttempt(attempt);
  expectAnswer(outcome.result === expected, `${attempt.function_name} to ${expected} its test`, outcome);
  const logged = await session.call('log_code_attempt', { ...fields, ...outcome, test_command: test });
  const status = await session.call('memory_status', {});
  const vectorIds = { first: logged.vector_id as number, last: (status.next_vector_id as number) - 1 };
  const repaired = logged.fixes === undefined ? '' : `, repairs pattern ${logged.fixes}`;
  story.row(
    `${attempt.function_name}: ${outcome.result}`,
    `pattern ${logged.pattern_id}`,
    `vector ids ${vectorIds.first} to ${vectorIds.last}${repaired}`,
  );
  if (outcome.error_message !== undefined) story.quote(outcome.error_message.replace(/\n+/g, ' '));
  return { patternId: logged.pattern_id as number, vectorIds };
}

/** What passed has to come first, and the failure has to bring its repair. */
export async function askForPattern(
  session: ClientSession,
  story: Story,
  expected: { passedId: number; failedId: number },
): Promise<void> {
  const found = await session.call('get_code_patterns', { query: codeQuery, top_k: 2 });
  story.question(codeQuery);
  const [first, second] = found.patterns as Answer[];
  const isPassFirst = first?.id === expected.passedId && first.result === 'pass';
  expectAnswer(isPassFirst, `pattern ${expected.passedId}, which passed, to come first`, found);
  story.answer(`pattern ${first!.id}, passed`, String(first!.generated_code));

  const repair = second?.fixed_by as Answer | undefined;
  const isRepaired = second?.id === expected.failedId && repair?.pattern_id === expected.passedId;
  expectAnswer(isRepaired, `pattern ${expected.failedId} to come second, with its repair`, found);
  story.answer(
    `pattern ${second!.id}, failed; repaired by pattern ${expected.passedId}`,
    String(repair!.diff),
  );
  story.quote(`lesson: ${second!.lesson}`);
}

/** The patterns as an agent gets them, for the comparison after the restart. */
export function patternAnswer(session: ClientSession): Promise<Answer> {
  return session.call('get_code_patterns', { query: codeQuery });
}
