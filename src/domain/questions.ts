import { defined } from '../defined.ts';
import { assertModelMissing } from '../errors.ts';
import { limits } from '../limits.ts';
import { answerContext, type ContextItem } from './answer-context.ts';
import type { Clock } from './clock.ts';
import type { Confidence } from './confidence.ts';
import { dotProduct } from './dot-product.ts';
import { fitTexts } from './fit-texts.ts';
import type { SearchMode } from './memories.ts';
import type { Embedder, ReadScope } from './ports.ts';
import type { FoundDocument, Recall, RecallInput, RecallResult } from './recall.ts';
import { sentencesOf } from './sentences.ts';
import { queryWords } from './words.ts';

export interface AskInput {
  scope: ReadScope;
  query: string;
  topK: number;
  maxTokens: number;
}

/** A document whose text stands in the context of the same answer. */
export interface NumberedDocument extends FoundDocument {
  /** Its number in the context, from 1. */
  n: number;
  /** The budget left no room for its text. */
  cut?: true;
}

export interface AskResult {
  /** Sentences of the memories, each with the number of its source; says so when nothing relevant is stored. */
  answer: string;
  context: string;
  /** What the context is made of, in one line. */
  contextSummary: string;
  documents: NumberedDocument[];
  citations: { n: number; ref: string }[];
  confidence: Confidence;
  search: SearchMode;
  knownProjects?: string[];
}

export const sourceTypes = ['document', 'code', 'chat', 'todo'] as const;
export type SourceType = (typeof sourceTypes)[number];

export interface RouteResult {
  combinedAnswer: string;
  bySource: { type: SourceType; documents: NumberedDocument[]; confidence: Confidence }[];
  totalDocuments: number;
  confidence: Confidence;
  search: SearchMode;
  knownProjects?: string[];
}

export interface ByTypeResult extends Omit<RecallResult, 'documents'> {
  /** Best first; `cut`: the budget left no room for its content. */
  documents: (FoundDocument & { cut?: true })[];
}

const nothing = 'Nothing relevant is stored.';
const noRoom = 'What was found does not fit into max_tokens.';

/** A sentence that fits the question less than this share of the best one's fit is not part of the answer. */
const sentenceFitShareMin = 0.6;

/** Questions answered with what is stored, in its own words: nothing is made up. */
export class Questions {
  readonly #recall: Recall;
  readonly #embedder: Embedder;
  readonly #clock: Clock;

  constructor(recall: Recall, embedder: Embedder, clock: Clock) {
    this.#recall = recall;
    this.#embedder = embedder;
    this.#clock = clock;
  }

  /** Asks memories of every type and the chat. */
  async ask({ scope, query, topK, maxTokens }: AskInput): Promise<AskResult> {
    const asked = { scope, query, topK, includeWeak: false };
    const memories = await this.#recall.find(asked);
    const chat = await this.#recall.find({ ...asked, type: 'chat' });
    const found = [...memories.documents, ...chat.documents]
      .sort((a, b) => b.relevance - a.relevance)
      .slice(0, topK);
    const { context, documents } = await this.#context(found, maxTokens);
    const shown = documents.filter((document) => document.cut !== true);
    const best = await this.#bestSentences(query, shown);
    const cited = new Set(best.map(({ n }) => n));
    return {
      answer:
        best.length === 0
          ? nothingShown(documents)
          : best.map(({ sentence, n }) => `“${sentence}” [${n}]`).join(' '),
      context,
      contextSummary: summary(documents),
      documents,
      citations: documents.filter(({ n }) => cited.has(n)).map(({ n, ref }) => ({ n, ref })),
      confidence: better(memories.confidence, chat.confidence),
      search: memories.search,
      ...defined({ knownProjects: memories.knownProjects }),
    };
  }

  /** Asks each kind of source on its own; their texts share one budget, the best first. */
  async route({
    sourceTypes: types,
    maxTokens,
    ...asked
  }: AskInput & { sourceTypes: readonly SourceType[]; includeWeak: boolean }): Promise<RouteResult> {
    const found = new Map<SourceType, RecallResult>();
    for (const type of new Set(types)) found.set(type, await this.#recall.find({ ...asked, type }));
    const results = [...found.values()];
    const all = results.flatMap((result) => result.documents).sort((a, b) => b.relevance - a.relevance);
    const { context, documents } = await this.#context(all, maxTokens);
    const knownProjects = results.find((result) => result.knownProjects !== undefined)?.knownProjects;
    return {
      combinedAnswer: context === '' ? nothingShown(documents) : context,
      bySource: [...found].map(([type, result]) => {
        const own = new Set(result.documents.map((document) => document.ref));
        return {
          type,
          documents: documents.filter(({ ref }) => own.has(ref)),
          confidence: result.confidence,
        };
      }),
      totalDocuments: all.length,
      confidence: results.map((result) => result.confidence).reduce(better, 'none'),
      search: results[0]?.search ?? { mode: 'hybrid' },
      ...defined({ knownProjects }),
    };
  }

  /** Asks rows of one type, with their texts. */
  async byType({
    maxTokens,
    ...asked
  }: RecallInput & { type: string; maxTokens: number }): Promise<ByTypeResult> {
    const found = await this.#recall.find(asked);
    const contents = found.documents.map((document) => document.content);
    const { fits } = await fitTexts(this.#embedder, contents, maxTokens);
    const documents = found.documents.map((document, i) =>
      fits[i] === false ? { ...document, cut: true as const } : document,
    );
    return { ...found, documents };
  }

  async #context(
    found: readonly FoundDocument[],
    maxTokens: number,
  ): Promise<{ context: string; documents: NumberedDocument[] }> {
    const items = found.map(
      (document, i): ContextItem => ({
        n: i + 1,
        ref: document.ref,
        label: document.title,
        project: document.project,
        origin: document.origin,
        createdAtMs: document.createdAtMs,
        text: document.content === '' ? (document.title ?? '') : document.content,
      }),
    );
    const { context, cut } = await answerContext(items, maxTokens, this.#embedder, this.#clock);
    const documents = found.map(
      (document, i): NumberedDocument => ({
        ...document,
        n: i + 1,
        ...(cut.has(i + 1) ? { cut: true } : {}),
      }),
    );
    return { context, documents };
  }

  /** The sentences that fit the question best, in the order of their documents. */
  async #bestSentences(
    query: string,
    documents: readonly NumberedDocument[],
  ): Promise<{ sentence: string; n: number }[]> {
    const sentences = documents
      .flatMap(({ n, content, relevance }) =>
        sentencesOf(content).map((sentence) => ({ sentence, n, relevance })),
      )
      .slice(0, limits.answerSentencesReadMax);
    const cosines = await this.#cosines(
      query,
      sentences.map(({ sentence }) => sentence),
    );
    const words = queryWords(query);
    const fitting = sentences
      .map((entry, i) => ({
        ...entry,
        fit: (cosines?.[i] ?? 0) + shareOf(words, entry.sentence) + 0.1 * entry.relevance,
      }))
      .sort((a, b) => b.fit - a.fit);
    const fitMin = (fitting[0]?.fit ?? 0) * sentenceFitShareMin;
    return fitting
      .filter(({ fit }) => fit >= fitMin)
      .slice(0, limits.answerSentencesMax)
      .sort((a, b) => a.n - b.n);
  }

  /** null without a model: then words alone decide. */
  async #cosines(query: string, sentences: readonly string[]): Promise<number[] | null> {
    if (sentences.length === 0) return null;
    try {
      const budget = { priority: 'query' as const, budgetMs: limits.embeddingBudgetMsPerCall };
      const { vectors } = await this.#embedder.embed([query, ...sentences], budget);
      const [asked, ...rest] = vectors;
      if (!asked) return null;
      return rest.map((vector) => (vector === null ? 0 : dotProduct(vector, asked)));
    } catch (thrown) {
      assertModelMissing(thrown);
      return null;
    }
  }
}

/** Why there is no text in an answer. */
function nothingShown(documents: readonly NumberedDocument[]): string {
  return documents.length === 0 ? nothing : noRoom;
}

/** The share of the question's words that a sentence holds. */
function shareOf(words: readonly string[], sentence: string): number {
  const held = new Set(queryWords(sentence));
  return words.length === 0 ? 0 : words.filter((word) => held.has(word)).length / words.length;
}

function better(a: Confidence, b: Confidence): Confidence {
  if (a === 'high' || b === 'high') return 'high';
  return a === 'low' || b === 'low' ? 'low' : 'none';
}

function summary(documents: readonly NumberedDocument[]): string {
  if (documents.length === 0) return nothing;
  const titles = [...new Set(documents.map(({ title, ref }) => title ?? ref))];
  const named = titles
    .slice(0, limits.summaryTitlesMax)
    .map((title) => Array.from(title).slice(0, limits.summaryTitleCharactersMax).join(''));
  const others = titles.length > named.length ? ` and ${titles.length - named.length} others` : '';
  return `${documents.length} ${documents.length === 1 ? 'text' : 'texts'} from ${named.join(', ')}${others}`;
}
