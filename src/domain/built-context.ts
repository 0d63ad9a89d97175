import type { Embedder } from './ports.ts';
import { countTokens } from './token-count.ts';

export interface GivenDocument {
  title?: string;
  content: string;
  score?: number;
}

export interface BuiltContext {
  context: string;
  tokenCount: number;
  documentsIncluded: number;
  /** A document was left out because it did not fit. */
  truncated: boolean;
}

/** Joins the caller's own documents, the best by score first, as long as they fit; the order given breaks ties. */
export async function buildContext(
  documents: readonly GivenDocument[],
  maxTokens: number,
  embedder: Embedder,
): Promise<BuiltContext> {
  const blocks = documents
    .map((document, i) => ({ document, i }))
    .sort((a, b) => (b.document.score ?? 0) - (a.document.score ?? 0) || a.i - b.i)
    .map(({ document: { title, content } }) => (title === undefined ? content : `# ${title}\n${content}`));
  const costs = await countTokens(embedder, blocks);
  const parts: string[] = [];
  let tokenCount = 0;
  for (const [i, block] of blocks.entries()) {
    const cost = costs[i] ?? 0;
    if (tokenCount + cost > maxTokens) continue;
    parts.push(block);
    tokenCount += cost;
  }
  return {
    context: parts.join('\n\n'),
    tokenCount,
    documentsIncluded: parts.length,
    truncated: parts.length < documents.length,
  };
}
