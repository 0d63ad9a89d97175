import { LtmcError } from '../errors.ts';
import { formatRef, parseRef } from '../ids.ts';
import { limits } from '../limits.ts';
import type { Clock } from './clock.ts';
import { FieldMasks } from './field-masks.ts';
import { wholeText } from './memory-text.ts';
import type { Edge, Embedder, GraphQuery, NewEdge, ProjectName, Store } from './ports.ts';
import { timestampAt } from './timestamp.ts';

export interface LinkInput {
  project: ProjectName;
  sourceId: string;
  targetId: string;
  relation: string;
  weight: number | null;
  properties: Record<string, unknown> | null;
}

/** A document to link: its text is `content`, or that of the stored memory its id names. */
export interface DocumentToLink {
  id: string;
  content?: string;
}

export interface SimilarPair {
  sourceId: string;
  targetId: string;
  similarity: number;
}

/** Edges between named entities: a table and recursive queries. */
export class Graph {
  readonly #store: Store;
  readonly #embedder: Embedder;
  readonly #clock: Clock;

  constructor(store: Store, embedder: Embedder, clock: Clock) {
    this.#store = store;
    this.#embedder = embedder;
    this.#clock = clock;
  }

  /** The same source, target and relation twice is one edge. Returns whether it is new. */
  async link(input: LinkInput): Promise<{ created: boolean }> {
    const masks = new FieldMasks(await this.#store.maskKey());
    const { created } = await this.#store.putEdges([
      {
        ...input,
        sourceId: masks.take('source_id', input.sourceId),
        targetId: masks.take('target_id', input.targetId),
        relation: masks.take('relation', input.relation),
        properties: masks.takeJson('properties', input.properties),
        createdAt: timestampAt(this.#clock()).text,
      },
    ]);
    return { created: created === 1 };
  }

  around(
    query: GraphQuery,
    page: { limit: number; offset: number },
  ): Promise<{ rows: Edge[]; more: boolean }> {
    return this.#store.edgesAround(query, page);
  }

  /**
   * Links every two of the documents whose meaning is alike: an edge `SIMILAR_TO` from the first named to the
   * later, with the cosine as weight and as `similarity_score`. Throws `model_unavailable` where there is no
   * model, `not_found` for an id that has neither content nor a stored memory.
   */
  async linkSimilar(input: {
    project: ProjectName;
    documents: readonly DocumentToLink[];
    similarityMin: number;
  }): Promise<{ created: number; pairs: SimilarPair[] }> {
    const masks = new FieldMasks(await this.#store.maskKey());
    const texts: string[] = [];
    for (const document of input.documents) texts.push(await this.#textOf(document));
    const { vectors } = await this.#embedder.embed(texts, { priority: 'write' });
    const ids = input.documents.map((document) => masks.take('id', document.id));
    const pairs = similarPairs(ids, vectors as Float32Array[], input.similarityMin);
    const createdAt = timestampAt(this.#clock()).text;
    const edges = pairs.map(
      ({ sourceId, targetId, similarity }): NewEdge => ({
        project: input.project,
        sourceId,
        targetId,
        relation: 'SIMILAR_TO',
        weight: similarity,
        properties: { similarity_score: similarity },
        createdAt,
      }),
    );
    const { created } = await this.#store.putEdges(edges);
    return { created, pairs };
  }

  async #textOf(document: DocumentToLink): Promise<string> {
    if (document.content !== undefined) return document.content.slice(0, limits.linkedTextCharactersMax);
    const record = isRef(document.id) ? await this.#store.getMemory(parseRef(document.id).id) : null;
    if (record === null) {
      throw new LtmcError(
        'not_found',
        `Expected each document to have a content or to name a stored memory; ${JSON.stringify(document.id.slice(0, 60))} does neither.`,
        'Give its content, or an id such as memory-7.',
      );
    }
    return wholeText(record.chunks).slice(0, limits.linkedTextCharactersMax);
  }
}

function isRef(id: string): boolean {
  return /^memory-[1-9]\d*$/.test(id);
}

/** The name of a memory in the graph. */
export function entityOfMemory(resourceId: number): string {
  return formatRef('memory', resourceId);
}

function similarPairs(
  ids: readonly string[],
  vectors: readonly Float32Array[],
  similarityMin: number,
): SimilarPair[] {
  const pairs: SimilarPair[] = [];
  for (const [i, sourceId] of ids.entries()) {
    for (let j = i + 1; j < ids.length; j++) {
      const targetId = ids[j] as string;
      if (targetId === sourceId) continue;
      const similarity = dotProduct(vectors[i] as Float32Array, vectors[j] as Float32Array);
      if (similarity >= similarityMin)
        pairs.push({ sourceId, targetId, similarity: Number(similarity.toFixed(3)) });
    }
  }
  return pairs;
}

function dotProduct(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
