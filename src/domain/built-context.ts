import type { Embedder } from './ports.ts';
import { countTokens, headWithin } from './token-count.ts';

export interface GivenDocument {
  title?: string;
  content: string;
  score?: number;
}

export interface BuiltContext {
  context: string;
  tokenCount: number;
  documentsIncluded: number;
  /** A document was left out or cut because it did not fit. */
  truncated: boolean;
}

/** Joins texts that the caller has, within a budget. */
export class ContextBuilder {
  readonly #embedder: Embedder;

  constructor(embedder: Embedder) {
    this.#embedder = embedder;
  }

  /**
   * The documents with the best scores first, the order given breaks ties; one that does not fit is left out,
   * and a shorter one behind it may still fit. Where not one fits, the best is cut.
   */
  async build(documents: readonly GivenDocument[], tokensMax: number): Promise<BuiltContext> {
    const blocks = documents
      .map((document, i) => ({ document, i }))
      .sort((a, b) => (b.document.score ?? 0) - (a.document.score ?? 0) || a.i - b.i)
      .map(({ document: { title, content } }) => (title === undefined ? content : `# ${title}\n${content}`));
    const costs = await countTokens(this.#embedder, blocks);
    const parts: string[] = [];
    let tokenCount = 0;
    for (const [i, block] of blocks.entries()) {
      const cost = costs[i] ?? 0;
      if (tokenCount + cost > tokensMax) continue;
      parts.push(block);
      tokenCount += cost;
    }
    if (parts.length === 0 && blocks.length > 0) return this.#cut(blocks[0] as string, tokensMax);
    return {
      context: parts.join('\n\n'),
      tokenCount,
      documentsIncluded: parts.length,
      truncated: parts.length < documents.length,
    };
  }

  async #cut(block: string, tokensMax: number): Promise<BuiltContext> {
    const context = await headWithin(this.#embedder, block, tokensMax);
    const [tokenCount = 0] = await countTokens(this.#embedder, [context]);
    return { context, tokenCount, documentsIncluded: context === '' ? 0 : 1, truncated: true };
  }
}
