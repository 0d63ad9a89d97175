import { join } from 'node:path';
import { afterAll } from 'vitest';
import {
  CodePatterns,
  type FindPatternsInput,
  type LogAttemptInput,
} from '../../src/domain/code-patterns.ts';
import type { Embedder, PatternRecord, Store } from '../../src/domain/ports.ts';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { realWorker } from '../embedding/worker-files.ts';
import { openedStore } from '../storage/opened-store.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';
import { now } from './opened-memories.ts';

// Loading the model takes longer than most of these tests.
const sharedEmbedder = new OnnxEmbedder({ workerFile: realWorker });
afterAll(() => sharedEmbedder.close());

export async function opened(
  embedder: Embedder = sharedEmbedder,
): Promise<{ patterns: CodePatterns; store: Store; embedder: Embedder }> {
  const store = await openedStore({ path: join(temporaryFolder(), 'ltmc.db') });
  let clockMs = now;
  return { patterns: new CodePatterns(store, embedder, () => (clockMs += 60_000)), store, embedder };
}

export async function recordOf(store: Store, patternId: number): Promise<PatternRecord> {
  return (await store.getPatterns([patternId]))[0]!;
}

export function attempt(more: Partial<LogAttemptInput> = {}): LogAttemptInput {
  return {
    project: 'shop',
    inputPrompt: 'Parse durations such as "1h30m" into seconds',
    generatedCode: 'def parse_duration(text):\n    return int(text)\n',
    result: 'fail',
    functionName: 'parse_duration',
    fileName: 'src/times.py',
    moduleName: null,
    executionTimeMs: 12,
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

export function ask(query: string, more: Partial<FindPatternsInput> = {}): FindPatternsInput {
  return {
    scope: { project: 'shop' },
    query,
    topK: 5,
    detail: 'brief',
    maxTokens: 2_000,
    includeWeak: false,
    explain: false,
    ...more,
  };
}

export const error = [
  'Traceback (most recent call last):',
  '  File "/home/ann/shop/src/times.py", line 2, in parse_duration',
  "ValueError: invalid literal for int() with base 10: '1h30m'",
].join('\n');
export const repairedCode =
  'import re\n\ndef parse_duration(text):\n    parts = re.findall(r"(\\d+)([hms])", text)\n    return sum(int(n) * {"h": 3600, "m": 60, "s": 1}[u] for n, u in parts)\n';

export const others: Partial<LogAttemptInput>[] = [
  {
    inputPrompt: 'Render the cart as an HTML table',
    functionName: 'render_cart',
    fileName: 'src/cart.py',
    generatedCode:
      'def render_cart(cart):\n    return "<table>" + "".join(f"<tr><td>{i}</td></tr>" for i in cart) + "</table>"',
    result: 'pass',
  },
  {
    inputPrompt: 'Retry a request with growing pauses',
    functionName: 'fetch_with_retry',
    fileName: 'src/http.py',
    generatedCode:
      'def fetch_with_retry(url):\n    for pause in (1, 2, 4):\n        try:\n            return get(url)\n        except OSError:\n            sleep(pause)',
    result: 'pass',
  },
];
