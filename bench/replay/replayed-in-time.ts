import { codeKey } from '../../src/domain/code-identity.ts';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { median, printTable, quantile } from '../measure.ts';
import type { StdioServer } from '../stdio-server.ts';
import { logAttempt } from './log-attempt.ts';
import type { Progress } from './progress.ts';
import type { Attempt } from './recorded-attempts.ts';

/** What an answer to a failure may hold. */
const answerTokensMax = 1_500;

interface Moment {
  attempt: Attempt;
  /** A failure with the same code was logged before. */
  repeats: boolean;
  warned: ReadonlySet<string>;
  /** Of a failure: an attempt at its task passed before, and the answer holds the code of one. */
  passedBefore: boolean;
  answerHoldsPass: boolean;
  answerText: string;
  checkMs: number;
  logMs: number;
  askMs: number;
}

/**
 * Replays the attempts in their order through the server: each is checked first, a failure is asked about, then it
 * is logged. So only earlier attempts are visible. Returns the id that each attempt got.
 */
export async function replayInTime(
  server: StdioServer,
  attempts: readonly Attempt[],
  project: string,
  progress: Progress,
): Promise<{ patternIds: number[]; moments: Moment[] }> {
  const patternIds: number[] = [];
  const moments: Moment[] = [];
  const taskOf = new Map<number, Attempt>();
  const failedCodes = new Set<string>();
  const passedTasks = new Set<string>();
  for (const attempt of attempts) {
    const key = codeKey(attempt.generated_code);
    const [check, checkMs] = await timed(() =>
      server.call('check_known_failures', {
        project,
        proposal: attempt.generated_code,
        function_name: attempt.function_name,
      }),
    );
    const warnings = check.warnings as { match: string }[];
    let answer: Record<string, unknown> = { patterns: [] };
    let askMs = Number.NaN;
    if (attempt.result === 'fail') {
      [answer, askMs] = await timed(() =>
        server.call('get_code_patterns', {
          project,
          query: attempt.input_prompt,
          max_tokens: answerTokensMax,
        }),
      );
    }
    const shown = answer.patterns as { id: number; result: string; generated_code?: string }[];
    const [patternId, logMs] = await timed(() => logAttempt(server, attempt, project));
    moments.push({
      attempt,
      repeats: attempt.result === 'fail' && failedCodes.has(key),
      warned: new Set(warnings.map(({ match }) => match)),
      passedBefore: passedTasks.has(attempt.task),
      answerHoldsPass: shown.some(
        ({ id, result, generated_code }) =>
          result === 'pass' && generated_code !== undefined && taskOf.get(id)?.task === attempt.task,
      ),
      answerText: JSON.stringify(answer),
      checkMs,
      logMs,
      askMs,
    });
    patternIds.push(patternId);
    taskOf.set(patternId, attempt);
    if (attempt.result === 'fail') failedCodes.add(key);
    else passedTasks.add(attempt.task);
    progress.done(1);
  }
  return { patternIds, moments };
}

export async function printMoments(moments: readonly Moment[]): Promise<void> {
  const failures = moments.filter(({ attempt }) => attempt.result === 'fail');
  const passes = moments.filter(({ attempt }) => attempt.result === 'pass');
  const repeats = failures.filter((moment) => moment.repeats);
  const answerable = failures.filter((moment) => moment.passedBefore);
  const share = (part: readonly Moment[], whole: readonly Moment[]) =>
    `${part.length} of ${whole.length} (${((100 * part.length) / Math.max(1, whole.length)).toFixed(1)} %)`;
  const warned = (of: readonly Moment[], match: string) => of.filter((moment) => moment.warned.has(match));
  const embedder = new OnnxEmbedder({});
  const tokens = await embedder.countTokens(failures.map(({ answerText }) => answerText));
  await embedder.close();
  printTable(
    ['in order of time', ''],
    [
      ['failures with code that had failed before', share(repeats, failures)],
      ['  of these warned of as same_code', share(warned(repeats, 'same_code'), repeats)],
      ['failures warned of as same_code', share(warned(failures, 'same_code'), failures)],
      ['passing attempts warned of as same_code', share(warned(passes, 'same_code'), passes)],
      ['failures warned of as undoes_repair', share(warned(failures, 'undoes_repair'), failures)],
      ['passing attempts warned of as undoes_repair', share(warned(passes, 'undoes_repair'), passes)],
      [
        `failures whose answer within ${answerTokensMax} tokens holds code that passed`,
        share(
          failures.filter((moment) => moment.answerHoldsPass),
          failures,
        ),
      ],
      ['  best possible (code that passed was there)', share(answerable, failures)],
      ['tokens of such an answer, all of its JSON, median', String(median(tokens))],
      ['tokens of such an answer, 95th percentile', String(quantile(tokens, 0.95))],
    ],
  );
  const times = (name: string, values: number[]) => [
    name,
    median(values).toFixed(1),
    quantile(values, 0.95).toFixed(1),
    quantile(values, 0.99).toFixed(1),
  ];
  console.log();
  printTable(
    ['ms through the server', 'median', '95 %', '99 %'],
    [
      times(
        'log_code_attempt',
        moments.map(({ logMs }) => logMs),
      ),
      times(
        'check_known_failures',
        moments.map(({ checkMs }) => checkMs),
      ),
      times(
        'get_code_patterns',
        failures.map(({ askMs }) => askMs),
      ),
    ],
  );
}

async function timed<Result>(work: () => Promise<Result>): Promise<[result: Result, milliseconds: number]> {
  const begun = performance.now();
  return [await work(), performance.now() - begun];
}
