import { LtmcError } from '../errors.ts';
import { parseRef } from '../ids.ts';
import { limits } from '../limits.ts';
import type { Clock } from './clock.ts';
import { dotProduct } from './dot-product.ts';
import { FieldMasks } from './field-masks.ts';
import type { MaskedSecret } from './memories.ts';
import { wholeText } from './memory-text.ts';
import type { Embedder, NewEdge, ProjectName, Store } from './ports.ts';
import { isReadableByModel } from './readable-text.ts';
import { timestampAt } from './timestamp.ts';

/** A document to link: its text is `content`, or that of the stored memory its id names (`memory-7`). */
export interface DocumentToLink {
  id: string;
  content?: string;
}

export interface SimilarPair {
  sourceId: string;
  targetId: string;
  /** Cosine, to three digits. */
  similarity: number;
}

export interface LinkedDocuments {
  /** New edges. */
  created: number;
  /** All that were linked, the most alike first. */
  pairs: SimilarPair[];
  documentsProcessed: number;
  /** The ids of those that the time for embedding inside a call did not reach, or whose script the model cannot read. */
  notReached: string[];
  masked: MaskedSecret[];
}

/** The edge between documents whose meaning is alike. */
const relation = 'SIMILAR_TO';

/** Links documents by meaning. */
export class DocumentLinking {
  readonly #store: Store;
  readonly #embedder: Embedder;
  readonly #clock: Clock;

  constructor(store: Store, embedder: Embedder, clock: Clock) {
    this.#store = store;
    this.#embedder = embedder;
    this.#clock = clock;
  }

  /**
   * Links every two of the documents (at most limits.linkedDocumentsMax) whose meaning is alike, with the cosine
   * as weight and as `similarity_score`. Throws `model_unavailable` where there is no model, `not_found` for a
   * document without content that names no stored memory.
   */
  async link(input: {
    project: ProjectName;
    documents: readonly DocumentToLink[];
    similarityMin: number;
  }): Promise<LinkedDocuments> {
    const masks = new FieldMasks(await this.#store.maskKey());
    const documents: { id: string; text: string }[] = [];
    for (const document of input.documents) {
      documents.push({ id: masks.take('id', document.id), text: await this.#textOf(document) });
    }
    const readable = documents.filter(({ text }) => isReadableByModel(text));
    const { vectors } = await this.#embedder.embed(
      readable.map(({ text }) => text),
      { priority: 'write', budgetMs: limits.embeddingBudgetMsPerCall },
    );
    const reached = readable.flatMap((document, i) => {
      const vector = vectors[i] ?? null;
      return vector === null ? [] : [{ document, id: document.id, vector }];
    });
    const reachedDocuments = new Set(reached.map(({ document }) => document));
    const pairs = similarPairs(reached, input.similarityMin);
    const createdAt = timestampAt(this.#clock()).text;
    const { created } = await this.#store.putEdges(
      pairs.map(
        ({ sourceId, targetId, similarity }): NewEdge => ({
          project: input.project,
          sourceId,
          targetId,
          relation,
          weight: similarity,
          properties: { similarity_score: similarity },
          createdAt,
        }),
      ),
    );
    return {
      created,
      pairs,
      documentsProcessed: reached.length,
      notReached: documents.filter((document) => !reachedDocuments.has(document)).map(({ id }) => id),
      masked: masks.masked,
    };
  }

  async #textOf({ id, content }: DocumentToLink): Promise<string> {
    if (content !== undefined) return content.slice(0, limits.linkedTextCharactersMax);
    const record = /^memory-[1-9]\d{0,14}$/.test(id) ? await this.#store.getMemory(parseRef(id).id) : null;
    if (record !== null) return wholeText(record.chunks).slice(0, limits.linkedTextCharactersMax);
    throw new LtmcError(
      'not_found',
      `Expected each document to have a content or to name a stored memory; ${JSON.stringify(id.slice(0, limits.echoedArgumentCharactersMax))} does neither. No link was stored.`,
      'Give its content, or an id such as memory-7.',
    );
  }
}

function similarPairs(
  documents: readonly { id: string; vector: Float32Array }[],
  similarityMin: number,
): SimilarPair[] {
  const pairs = documents.flatMap((source, i) =>
    documents
      .slice(i + 1)
      .filter((target) => target.id !== source.id)
      .map((target) => ({
        ...pairOf(source.id, target.id),
        similarity: Number(dotProduct(source.vector, target.vector).toFixed(3)),
      })),
  );
  return pairs
    .filter(({ similarity }) => similarity >= similarityMin)
    .sort((a, b) => b.similarity - a.similarity);
}

/** Being alike has no direction, so two documents are one edge in whatever order they were given. */
function pairOf(a: string, b: string): Pick<SimilarPair, 'sourceId' | 'targetId'> {
  return a < b ? { sourceId: a, targetId: b } : { sourceId: b, targetId: a };
}
