import { defined } from '../defined.ts';
import { formatRef } from '../ids.ts';
import { limits } from '../limits.ts';
import type { FoundPattern } from './code-patterns.ts';
import type { Evidence } from './confidence.ts';
import { type RankedPattern, type RelevanceScale, similarityOf } from './pattern-ranking.ts';
import type { AttemptResult, Embedder, PatternRecord } from './ports.ts';
import { headOf } from './text-ends.ts';
import { countTokens, estimatedTokens } from './token-count.ts';
import { isTreeChange } from './tree-change.ts';
import { unifiedDiff } from './unified-diff.ts';

/** How much of an attempt is shown: a brief answer shows more of the best task's than of the others'. */
export type Detail = 'full' | 'brief' | 'short';

const shownParts = {
  brief: { codeLines: limits.briefCodeLinesMax, promptBytes: limits.briefPromptBytesMax },
  short: { codeLines: limits.shortCodeLinesMax, promptBytes: limits.shortPromptBytesMax },
} as const;

/** An attempt as the answer shows it, before the token budget. `records` holds the repairing attempts too. */
export function showPattern(
  entry: RankedPattern,
  record: PatternRecord,
  records: ReadonlyMap<number, PatternRecord>,
  counts: ReadonlyMap<number, Record<AttemptResult, number>>,
  detail: Detail,
): FoundPattern {
  const similarity = similarityOf(entry.hit);
  const fixedBy = fixedByOf(record, records);
  return {
    record: detail === 'full' ? record : briefTexts(record, shownParts[detail].promptBytes),
    shownCode:
      detail === 'full'
        ? record.generatedCode
        : headLines(withoutPrompt(record), shownParts[detail].codeLines, record.patternId),
    score: entry.score,
    ...(similarity === null ? {} : { similarity }),
    sameCodeIds: entry.sameCodeIds,
    ...defined({ fixedBy }),
    attempts: counts.get(record.familyId) ?? { pass: 0, fail: 0, partial: 0 },
  };
}

function fixedByOf(
  record: PatternRecord,
  records: ReadonlyMap<number, PatternRecord>,
): FoundPattern['fixedBy'] {
  if (record.fixedBy === null) return undefined;
  const repair = records.get(record.fixedBy.patternId);
  if (repair === undefined || repair.archived) return undefined;
  return { ...record.fixedBy, diff: repairingDiff(record, repair) };
}

/** What a recorded run changed is a diff already; a diff of two diffs is nothing to read. */
function repairingDiff(failure: PatternRecord, repair: PatternRecord): string {
  if (isTreeChange(repair.generatedCode)) {
    return headLines(repair.generatedCode, limits.diffLinesMax - 1, repair.patternId);
  }
  return unifiedDiff(failure.generatedCode, repair.generatedCode, {
    before: `pattern-${failure.patternId} (${failure.result ?? 'unknown'})`,
    after: `pattern-${repair.patternId} (${repair.result ?? 'unknown'})`,
  });
}

/** The first lines of the code; where there are more, a last line says where they are. */
function headLines(code: string, linesMax: number, patternId: number): string {
  const lines = code.split('\n');
  if (lines.length <= linesMax) return code;
  const shown = lines.slice(0, linesMax);
  return [...shown, `… ${lines.length - shown.length} more lines in pattern-${patternId}`].join('\n');
}

/**
 * Code that begins with the whole prompt is shown from the prompt's last line on (a signature, say; the end of a
 * docstring says nothing): a text occurs once.
 */
function withoutPrompt({ generatedCode, inputPrompt }: PatternRecord): string {
  const prompt = inputPrompt.trim();
  const lastLineAt = prompt.lastIndexOf('\n') + 1;
  const code = generatedCode.trimStart();
  if (lastLineAt === 0 || !code.startsWith(prompt)) return generatedCode;
  const from = /\p{L}/u.test(prompt.slice(lastLineAt)) ? lastLineAt : prompt.length + 1;
  return `… as its prompt\n${code.slice(from)}`;
}

/** A long prompt or error would leave no room for the code, which is what an answer is for. */
function briefTexts(record: PatternRecord, promptBytesMax: number): PatternRecord {
  return {
    ...record,
    inputPrompt: briefText(record.inputPrompt, promptBytesMax),
    errorMessage:
      record.errorMessage === null ? null : briefText(record.errorMessage, limits.briefErrorBytesMax),
  };
}

function briefText(text: string, bytesMax: number): string {
  const head = headOf(text, bytesMax);
  return head === text ? text : `${head} […]`;
}

/** The parts of the score, for `explain`. */
export function explainPattern(
  { hit, relevance, orderedBy }: RankedPattern,
  scale: RelevanceScale,
  evidence: Evidence,
): Record<string, number> {
  const parts: Record<string, number | null> = {
    relevance,
    ordered_by: orderedBy,
    bm25: hit.bm25,
    bm25_of_stop_words: hit.bm25Apart,
    bm25_max: scale.bm25Max,
    prompt_cosine: hit.promptCosine,
    code_cosine: hit.codeCosine,
    lesson_cosine: hit.lessonCosine,
    quoted: scale.quoting.has(hit.patternId) ? 1 : 0,
    pieces: scale.pieces.get(hit.patternId) ?? 0,
    wording: scale.wording.get(hit.patternId) ?? 0,
    named: scale.named.has(hit.patternId) ? 1 : 0,
    passed: hit.result === 'pass' ? 1 : 0,
    best_cosine: evidence.cosine,
    coverage: evidence.coverage,
  };
  return Object.fromEntries(
    Object.entries(parts).filter((part): part is [string, number] => part[1] !== null),
  );
}

/**
 * Lets texts in, in order, as long as they fit `maxTokens`: whole, else shortened. What does not fit even then
 * keeps its place, with id and score and `cut: true`, and loses its texts; a shorter one behind it may still fit.
 * Attempts at one task have one prompt: in a brief answer the first that shows it has it, and the others name that one.
 */
export async function fitPatterns(
  patterns: readonly FoundPattern[],
  { maxTokens, detail }: { maxTokens: number; detail: 'brief' | 'full' },
  embedder: Embedder,
): Promise<FoundPattern[]> {
  const forms = patterns.map((pattern) => [pattern, shortForm(pattern)]);
  const costs = (
    await countTokens(
      embedder,
      forms.flat().flatMap((form) => [JSON.stringify(form.record.inputPrompt), textsBesidePrompt(form)]),
    )
  ).values();
  const costOf = new Map(
    forms.flat().map((form) => [form, { prompt: costs.next().value ?? 0, rest: costs.next().value ?? 0 }]),
  );
  const shownBy = new Map<string, number>();
  let left = maxTokens;
  return forms.map((each) => {
    for (const form of each) {
      const { inputPrompt } = form.record;
      const first = detail === 'brief' ? shownBy.get(inputPrompt) : undefined;
      const shown = first === undefined ? form : withPrompt(form, `as ${formatRef('pattern', first)}`);
      const { prompt = 0, rest = 0 } = costOf.get(form) ?? {};
      const promptCost = shown === form ? prompt : estimatedTokens(shown.record.inputPrompt);
      const cost = promptCost + rest + limits.patternFrameTokens;
      if (cost > left) continue;
      left -= cost;
      if (first === undefined && inputPrompt.length > limits.repeatedTextCharactersMax) {
        shownBy.set(inputPrompt, form.record.patternId);
      }
      return shown;
    }
    return withoutTexts(each[0]!);
  });
}

function withPrompt(pattern: FoundPattern, inputPrompt: string): FoundPattern {
  return { ...pattern, record: { ...pattern.record, inputPrompt } };
}

function withoutTexts({ fixedBy: _fixedBy, ...pattern }: FoundPattern): FoundPattern {
  const record = {
    ...pattern.record,
    inputPrompt: '',
    generatedCode: '',
    errorMessage: null,
    errorSignature: null,
    lesson: null,
  };
  return { ...pattern, record, shownCode: '', cut: true };
}

/** The change that repaired it matters most, and is whole; of the other texts the beginning. */
function shortForm(pattern: FoundPattern): FoundPattern {
  const { record, shownCode } = pattern;
  return {
    ...pattern,
    shownCode: headLines(shownCode, limits.shortCodeLinesMax, record.patternId),
    record: {
      ...record,
      inputPrompt: briefText(record.inputPrompt, limits.shortPromptBytesMax),
      errorMessage:
        record.errorMessage === null ? null : briefText(record.errorMessage, limits.shortErrorBytesMax),
    },
  };
}

function textsBesidePrompt({ record, shownCode, fixedBy }: FoundPattern): string {
  const texts = [shownCode, record.lesson, record.errorMessage, record.errorSignature, fixedBy?.diff];
  // As JSON, which the answer is: a line's end takes two characters there.
  return texts.map((text) => (text === null || text === undefined ? '' : JSON.stringify(text))).join('\n');
}
