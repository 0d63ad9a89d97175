import { CodePatterns, type LogAttemptInput } from '../../src/domain/code-patterns.ts';
import { KnownFailures } from '../../src/domain/known-failures.ts';
import type { Embedder, Store } from '../../src/domain/ports.ts';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { median, millisecondsOf, printTable, quantile } from '../measure.ts';
import { Progress } from './progress.ts';
import type { Attempt } from './recorded-attempts.ts';

const project = 'replay';
const repetitions = 60;
/** Of a filled row's words, this share is another attempt's. */
const foreignWordsShare = 0.3;

/**
 * Fills a database with `size` attempts and measures storing and finding in it. A filled attempt is a recorded one
 * with three changes: its function gets a number of its own, three in ten words of its prompt are another
 * attempt's, and its vectors are random, since the model would take an hour. (So the nearest by meaning are of many families, and
 * those of the best fifty always suffice.) What is timed uses the real model.
 */
export async function measureGrown(attempts: readonly Attempt[], size: number, path: string): Promise<void> {
  const store = await openSqliteStore({ path });
  const embedder = new OnnxEmbedder({});
  const { modelHash } = await embedder.embed(['warm up'], { priority: 'query' });
  await fill(store, randomEmbedder(embedder, modelHash), attempts, size);

  const patterns = new CodePatterns(store, embedder, Date.now);
  const knownFailures = new KnownFailures(store, embedder);
  const step = Math.max(1, Math.floor(attempts.length / repetitions));
  const chosen = attempts.filter((_, index) => index % step === 0).slice(0, repetitions);
  const rows: (string | number)[][] = [];
  const texts: Record<string, (attempt: Attempt) => string> = {
    'a line': ({ input_prompt }) => input_prompt.replace(/\s+/g, ' ').slice(0, 100),
    'a prompt': ({ input_prompt }) => input_prompt,
    code: ({ generated_code }) => generated_code,
  };
  await patterns.find({ ...question('warm up'), query: 'warm up' });
  for (const [name, textOf] of Object.entries(texts)) {
    const embedding: number[] = [];
    const finding: number[] = [];
    const findingAtFirst: number[] = [];
    for (const attempt of chosen) {
      const query = `${textOf(attempt)} ${name}`;
      embedding.push(await millisecondsOf(() => embedder.embed([query], { priority: 'query' })));
      // The query's vector is remembered, so this is what finding takes beyond the embedding.
      finding.push(await millisecondsOf(() => patterns.find(question(query))));
      // And what it takes beyond the model's own time where it looks up the words while the model reads the query.
      const before = embedder.status().embeddingMs;
      const wholeMs = await millisecondsOf(() => patterns.find(question(`${query} first`)));
      findingAtFirst.push(wholeMs - (embedder.status().embeddingMs - before));
    }
    rows.push([
      `find by ${name}`,
      median(finding),
      quantile(finding, 0.95),
      median(findingAtFirst),
      median(embedding),
    ]);
  }
  const checking: number[] = [];
  const logging: number[] = [];
  for (const attempt of chosen) {
    const proposal = `${attempt.generated_code}\n`;
    checking.push(
      await millisecondsOf(() =>
        knownFailures.check({ scope: { project }, proposal, topK: 5, tokensMax: 2_000 }),
      ),
    );
    const changed = {
      ...attempt,
      generated_code: `${attempt.generated_code}\nx = 1`,
      input_prompt: `${attempt.input_prompt} once more`,
    };
    logging.push(await millisecondsOf(() => patterns.log(logged(changed))));
  }
  rows.push(['check code, its embedding included', median(checking), quantile(checking, 0.95), '', '']);
  rows.push(['log, its embeddings included', median(logging), quantile(logging, 0.95), '', '']);
  await embedder.close();
  await store.close();
  console.log(`\n${size} attempts, medians of ${repetitions}, ms\n`);
  printTable(['', 'median', '95 %', 'median when first asked', 'embedding beside it'], rows);
}

async function fill(
  store: Store,
  embedder: Embedder,
  attempts: readonly Attempt[],
  size: number,
): Promise<void> {
  const patterns = new CodePatterns(store, embedder, Date.now);
  const progress = new Progress('filled', size);
  for (let n = 0; n < size; n += 1) {
    const attempt = attempts[n % attempts.length] as Attempt;
    const other = attempts[(n * 7919 + 13) % attempts.length] as Attempt;
    await patterns.log(logged(n < attempts.length ? attempt : changedAttempt(attempt, other, n)));
    progress.done(1);
  }
}

function changedAttempt(attempt: Attempt, other: Attempt, n: number): Attempt {
  const name = `${attempt.function_name}_${Math.floor(n / 7)}`;
  const foreign = other.input_prompt.split(/\s+/);
  const words = attempt.input_prompt
    .split(/(\s+)/)
    .map((word, index) =>
      next() < foreignWordsShare && word.trim() !== '' ? (foreign[index % foreign.length] ?? word) : word,
    );
  return {
    ...attempt,
    function_name: name,
    input_prompt: words.join(''),
    generated_code: attempt.generated_code.replaceAll(attempt.function_name, name),
  };
}

function logged(attempt: Attempt): LogAttemptInput {
  return {
    project,
    inputPrompt: attempt.input_prompt,
    generatedCode: attempt.generated_code,
    result: attempt.result,
    functionName: attempt.function_name,
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
    origin: 'import',
  };
}

function question(query: string) {
  return {
    scope: { project },
    query,
    topK: 5,
    detail: 'brief' as const,
    maxTokens: 2_000,
    includeWeak: true,
    explain: false,
  };
}

/** The embedder's tokenizer, and random unit vectors. */
function randomEmbedder(embedder: Embedder, modelHash: string): Embedder {
  return {
    modelName: embedder.modelName,
    dimensions: embedder.dimensions,
    embed: async (texts) => ({ vectors: texts.map(() => unitVector(embedder.dimensions)), modelHash }),
    tokenMap: (text) => embedder.tokenMap(text),
    countTokens: (texts) => embedder.countTokens(texts),
    // No model hash: then no vector is taken over from an attempt with the same text.
    status: () => ({ state: 'ready', textsEmbedded: 0, embeddingMs: 0 }),
    close: async () => {},
  };
}

let state = 20261122;
function next(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

function unitVector(dimensions: number): Float32Array {
  const vector = Float32Array.from({ length: dimensions }, () => next() - 0.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
