import { join } from 'node:path';
import { CodePatterns, type LogAttemptInput } from '../../src/domain/code-patterns.ts';
import { KnownFailures } from '../../src/domain/known-failures.ts';
import { PatternAnalysis } from '../../src/domain/pattern-analysis.ts';
import type { Embedder, Store } from '../../src/domain/ports.ts';
import { openedStore } from '../storage/opened-store.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';
import { now } from './opened-memories.ts';

export interface OpenedPatterns {
  store: Store;
  patterns: CodePatterns;
  knownFailures: KnownFailures;
  analysis: PatternAnalysis;
  /** Lets so much time pass. Each reading of the clock is a minute in itself. */
  wait(ms: number): void;
}

/** The services of the Code Pattern Memory over a new database, with a clock of their own. */
export async function openedPatterns(embedder: Embedder): Promise<OpenedPatterns> {
  const store = await openedStore({ path: join(temporaryFolder(), 'ltmc.db') });
  let clockMs = now;
  const clock = () => (clockMs += 60_000);
  return {
    store,
    patterns: new CodePatterns(store, embedder, clock),
    knownFailures: new KnownFailures(store, embedder),
    analysis: new PatternAnalysis(store, clock),
    wait: (ms) => {
      clockMs += ms;
    },
  };
}

/** A failed attempt at nothing in particular; what matters to a test it says itself. */
export function loggedAttempt(more: Partial<LogAttemptInput>): LogAttemptInput {
  return {
    project: 'shop',
    inputPrompt: 'a task',
    generatedCode: 'some_code()',
    result: 'fail',
    functionName: null,
    fileName: null,
    moduleName: null,
    executionTimeMs: null,
    errorMessage: null,
    errorKind: null,
    lesson: null,
    testCommand: null,
    commit: null,
    tags: [],
    fixesPatternId: null,
    usedPatternIds: [],
    origin: 'agent',
    ...more,
  };
}
