import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { attemptSearchText } from './attempt-text.ts';
import { codeKey, nameKey, promptKey } from './code-identity.ts';
import { languageOf } from './code-language.ts';
import type { LogAttemptInput } from './code-patterns.ts';
import { errorSignature } from './error-signature.ts';
import { FieldMasks } from './field-masks.ts';
import type { MaskedSecret } from './memories.ts';
import type { NewAttempt, Timestamp } from './ports.ts';
import { withoutMiddle } from './text-ends.ts';

/** An attempt as it will be stored, but for its vectors. */
export type PreparedAttempt = Omit<NewAttempt, 'embeddings' | 'modelHash'>;

/**
 * Checks the texts, masks their secrets and derives what is stored beside them. Throws `invalid_argument` for
 * text that is not well formed and for a repair by an attempt that did not pass.
 */
export function prepareAttempt(
  input: LogAttemptInput,
  maskKey: Uint8Array,
  now: Timestamp,
): { attempt: PreparedAttempt; masked: MaskedSecret[] } {
  if (input.fixesPatternId !== null && input.result !== 'pass') {
    throw new LtmcError(
      'invalid_argument',
      `Expected result "pass" together with fixes_pattern_id, got "${input.result}".`,
      'An attempt that did not pass repairs nothing: leave fixes_pattern_id out, or name the attempt in used_pattern_ids.',
    );
  }
  const masks = new FieldMasks(maskKey);
  const inputPrompt = masks.take('input_prompt', input.inputPrompt);
  const generatedCode = masks.take('generated_code', input.generatedCode);
  const errorMessage = keptError(masks, input.errorMessage);
  const functionName = masks.takeOptional('function_name', input.functionName);
  const fileName = masks.takeOptional('file_name', input.fileName);
  const lesson = masks.takeOptional('lesson', input.lesson);
  const signature = errorSignature(errorMessage);
  const attempt: PreparedAttempt = {
    project: input.project,
    functionName,
    fileName,
    moduleName: masks.takeOptional('module_name', input.moduleName),
    inputPrompt,
    generatedCode,
    result: input.result,
    executionTimeMs: input.executionTimeMs,
    errorMessage,
    errorKind: input.errorKind,
    errorSignature: signature,
    lesson,
    testCommand: masks.takeOptional('test_command', input.testCommand),
    commit: masks.takeOptional('commit', input.commit),
    ...(input.earlierCommits === undefined ? {} : { earlierCommits: input.earlierCommits }),
    tags: input.tags.map((tag) => masks.take('tags', tag)),
    usedPatternIds: [...new Set(input.usedPatternIds)],
    fixesPatternId: input.fixesPatternId,
    origin: input.origin,
    createdAt: input.createdAt ?? now,
    codeKey: codeKey(generatedCode),
    promptKey: promptKey(inputPrompt),
    nameKey: nameKey(functionName),
    language: fileName === null ? null : languageOf(fileName),
    searchText: attemptSearchText({
      inputPrompt,
      generatedCode,
      functionName,
      lesson,
      errorMessage,
      errorSignature: signature,
    }),
  };
  return { attempt, masked: masks.masked };
}

/** Head and tail of a long error. It is cut once more after masking: a cut must not split a secret. */
function keptError(masks: FieldMasks, errorMessage: string | null): string | null {
  if (errorMessage === null || errorMessage.trim() === '') return null;
  const read = withoutMiddle(errorMessage, limits.errorReadBytesMax, limits.errorReadBytesMax / 2);
  return withoutMiddle(masks.take('error_message', read), limits.errorBytesMax, limits.errorKeptBytesEachEnd);
}
