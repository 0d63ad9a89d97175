import type { AttemptContext, NewAttempt, RelatedAttempt } from '../../src/domain/ports.ts';

export const now = Date.parse('2026-03-01T12:00:00Z');

/** A passing attempt at `parse_duration` in src/time.py; keys are plain words here. */
export function attempt(more: Partial<NewAttempt> = {}): NewAttempt {
  return {
    project: 'shop',
    functionName: 'parse_duration',
    fileName: 'src/time.py',
    moduleName: null,
    inputPrompt: 'parse durations',
    generatedCode: 'new code',
    result: 'pass',
    executionTimeMs: null,
    errorMessage: null,
    errorKind: null,
    errorSignature: null,
    lesson: null,
    testCommand: null,
    commit: null,
    tags: [],
    usedPatternIds: [],
    fixesPatternId: null,
    origin: 'agent',
    createdAt: { text: '', ms: now },
    codeKey: 'new code',
    promptKey: 'new prompt',
    nameKey: 'parseduration',
    language: 'python',
    searchText: '',
    embeddings: [],
    modelHash: null,
    ...more,
  };
}

/** An earlier failure of the same function in the same file, an hour ago, the first of family 7. */
export function earlier(patternId: number, more: Partial<RelatedAttempt> = {}): RelatedAttempt {
  return {
    patternId,
    sameProject: true,
    familyId: 7,
    fileName: 'src/time.py',
    moduleName: null,
    result: 'fail',
    errorKind: null,
    errorSignature: null,
    testCommand: null,
    commit: null,
    codeKey: 'old code',
    codeStart: 'old code',
    promptKey: 'old prompt',
    nameKey: 'parseduration',
    language: 'python',
    createdAtMs: now - 3_600_000,
    repaired: false,
    promptCosine: 0.8,
    isRepresentative: true,
    familySize: 1,
    ...more,
  };
}

export function context(related: RelatedAttempt[], filesOfName = 1): AttemptContext {
  return { related, filesOfName };
}
