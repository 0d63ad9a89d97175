/**
 * Words that say of any attempt that it was made, how it was tested, what came of it and why: whoever asks about a failure
 * uses them, whatever the task. In the prompts and the code that are searched they tell nothing about a task either, and
 * where few prompts hold one of them it would weigh most. Found on recorded reflections (docs/code-pattern-memory.md).
 */
export const attemptStopWords: ReadonlySet<string> = new Set(
  `implementation implementations implement implements implemented implementing attempt attempts attempted approach
  approaches solution solutions code function functions method methods logic program
  correct correctly incorrect incorrectly wrong wrongly proper properly improper improperly
  fail fails failed failing failure failures broken bug bugs buggy
  test tests tested testing unit case cases expect expects expected unexpected actual actually
  output outputs result results resulting return returns returned returning
  cause causes caused causing lead leads leading led due reason issue issues problem problems error errors
  fix fixes fixed fixing change changed modify modified instead need needs needed require requires required
  ensure consider considers considering account accounts handle handles handled handling`.split(/\s+/),
);
