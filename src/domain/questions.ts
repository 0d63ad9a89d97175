import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { answerContext, type ContextItem } from './answer-context.ts';
import type { Confidence } from './confidence.ts';
import type { SearchMode } from './memories.ts';
import type { Embedder, ReadScope } from './ports.ts';
import type { FoundDocument, Recall, RecallResult } from './recall.ts';
import { sentencesOf } from './sentences.ts';
import { queryWords } from './words.ts';

export interface AskInput {
  scope: ReadScope;
  query: string;
  topK: number;
  maxTokens: number;
}

export interface Citation {
  /** The document's number in the context. */
  n: number;
  ref: string;
}

export interface AskResult {
  /** Sentences of the memories, each with the number of its source; says so when nothing relevant is stored. */
  answer: string;
  context: string;
  /** What the context is made of, in one line. */
  contextSummary: string;
  documents: (FoundDocument & { n: number; cut?: true })[];
  citations: Citation[];
  confidence: Confidence;
  search: SearchMode;
  knownProjects?: string[];
}

export type SourceType = 'document' | 'code' | 'chat' | 'todo';

export interface RouteResult {
  combinedAnswer: string;
  bySource: Map<SourceType, RecallResult & { shown: (FoundDocument & { n: number; cut?: true })[] }>;
  totalDocuments: number;
  confidence: Confidence;
  search: SearchMode;
}

const nothing = 'Nothing relevant is stored.';

/** Questions answered with what is stored, in its own words: nothing is made up. */
export class Questions {
  readonly #recall: Recall;
  readonly #embedder: Embedder;

  constructor(recall: Recall, embedder: Embedder) {
    this.#recall = recall;
    this.#embedder = embedder;
  }

  /** Asks memories of every type and the chat. */
  async ask(input: AskInput): Promise<AskResult> {
    const weak = { scope: input.scope, query: input.query, topK: input.topK, includeWeak: false };
    const memories = await this.#recall.find(weak);
    const chat = await this.#recall.find({ ...weak, type: 'chat' });
    const documents = [...memories.documents, ...chat.documents]
      .sort((a, b) => b.relevance - a.relevance)
      .slice(0, input.topK);
    const { context, numbered } = await this.#context(documents, input.maxTokens);
    const best = await this.#bestSentences(
      input.query,
      numbered.filter((document) => document.cut !== true),
    );
    return {
      answer: best.length === 0 ? nothing : best.map(({ sentence, n }) => `${sentence} [${n}]`).join(' '),
      context,
      contextSummary: summary(documents),
      documents: numbered,
      citations: [...new Set(best.map(({ n }) => n))].map((n) => ({ n, ref: numbered[n - 1]?.ref ?? '' })),
      confidence: better(memories.confidence, chat.confidence),
      search: memories.search,
      ...(memories.knownProjects === undefined ? {} : { knownProjects: memories.knownProjects }),
    };
  }

  /** Asks each kind of source on its own; their texts share one budget, the best first. */
  async route(
    input: AskInput & { sourceTypes: readonly SourceType[]; includeWeak: boolean },
  ): Promise<RouteResult> {
    const found = new Map<SourceType, RecallResult>();
    for (const type of new Set(input.sourceTypes)) {
      const { scope, query, topK, includeWeak } = input;
      found.set(type, await this.#recall.find({ scope, query, topK, includeWeak, type }));
    }
    const all = [...found.values()].flatMap((result) => result.documents);
    const { context, numbered } = await this.#context(
      all.toSorted((a, b) => b.relevance - a.relevance),
      input.maxTokens,
    );
    const shown = new Map(numbered.map((document) => [document.ref, document]));
    const results = [...found.values()];
    return {
      combinedAnswer: context === '' ? nothing : context,
      bySource: new Map(
        [...found].map(([type, result]) => [
          type,
          { ...result, shown: result.documents.flatMap((document) => shown.get(document.ref) ?? []) },
        ]),
      ),
      totalDocuments: all.length,
      confidence: results.reduce<Confidence>((sofar, result) => better(sofar, result.confidence), 'none'),
      search: results[0]?.search ?? { mode: 'hybrid' },
    };
  }

  async #context(documents: readonly FoundDocument[], maxTokens: number) {
    const items = documents.map(
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
    const { context, cut } = await answerContext(items, maxTokens, this.#embedder, () => this.#recall.now());
    const numbered = documents.map((document, i) => ({
      ...document,
      n: i + 1,
      ...(cut.has(i + 1) ? { cut: true as const } : {}),
    }));
    return { context, numbered };
  }

  /** The sentences that hold most of the question's words; of equals those of the better document. */
  async #bestSentences(
    query: string,
    documents: readonly (FoundDocument & { n: number })[],
  ): Promise<{ sentence: string; n: number }[]> {
    const words = queryWords(query);
    const sentences = documents
      .flatMap(({ n, content, relevance }) =>
        sentencesOf(content).map((sentence) => ({ sentence, n, relevance })),
      )
      .slice(0, limits.answerSentencesReadMax);
    const meanings = await this.#cosines(
      query,
      sentences.map(({ sentence }) => sentence),
    );
    return sentences
      .map((entry, i) => ({
        ...entry,
        fit: (meanings?.[i] ?? 0) + shareOf(words, entry.sentence) + 0.1 * entry.relevance,
      }))
      .sort((a, b) => b.fit - a.fit)
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
      return rest.map(
        (vector) => vector?.reduce((sum, value, i) => sum + value * (asked[i] as number), 0) ?? 0,
      );
    } catch (thrown) {
      if (!(thrown instanceof LtmcError) || thrown.code !== 'model_unavailable') throw thrown;
      return null;
    }
  }
}

function shareOf(words: readonly string[], sentence: string): number {
  const held = new Set(queryWords(sentence));
  return words.length === 0 ? 0 : words.filter((word) => held.has(word)).length / words.length;
}

function better(a: Confidence, b: Confidence): Confidence {
  if (a === 'high' || b === 'high') return 'high';
  return a === 'low' || b === 'low' ? 'low' : 'none';
}

function summary(documents: readonly FoundDocument[]): string {
  if (documents.length === 0) return nothing;
  const titles = [...new Set(documents.map((document) => document.title ?? document.ref))];
  return `${documents.length} texts from ${titles.join(', ')}`;
}
