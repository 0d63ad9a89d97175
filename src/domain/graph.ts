import { defined } from '../defined.ts';
import { formatRef } from '../ids.ts';
import type { Clock } from './clock.ts';
import { FieldMasks } from './field-masks.ts';
import { fitTexts } from './fit-texts.ts';
import { projectsInstead } from './known-projects.ts';
import type { MaskedSecret } from './memories.ts';
import { cursorAfter, type ListPage, positionOf } from './page-cursor.ts';
import type { Edge, Embedder, GraphQuery, ProjectName, Store } from './ports.ts';
import { timestampAt } from './timestamp.ts';

export interface LinkInput {
  project: ProjectName;
  sourceId: string;
  targetId: string;
  relation: string;
  weight: number | null;
  properties: Record<string, unknown> | null;
}

/** An edge in an answer with a budget. */
export interface ListedEdge {
  edge: Edge;
  /** There was no room for its properties. */
  isCut: boolean;
}

export interface EdgePage {
  /** Nearest first, then oldest; each in its true direction. */
  edges: ListedEdge[];
  nextCursor?: string;
  /** Given when the scope's project is unknown: what projects there are. */
  knownProjects?: string[];
}

/** The name of a memory in the graph. */
export function entityOfMemory(resourceId: number): string {
  return formatRef('memory', resourceId);
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

  /**
   * The same source, target and relation twice is one edge; weight and properties given again replace the old.
   * Says whether it is new, and the names as they are stored. Throws `invalid_argument` for text that is not
   * well formed.
   */
  async link(input: LinkInput): Promise<{
    created: boolean;
    sourceId: string;
    targetId: string;
    relation: string;
    masked: MaskedSecret[];
  }> {
    const masks = new FieldMasks(await this.#store.maskKey());
    const names = {
      sourceId: masks.take('source_id', input.sourceId),
      targetId: masks.take('target_id', input.targetId),
      relation: masks.take('relation', input.relation),
    };
    const { created } = await this.#store.putEdges([
      {
        ...input,
        ...names,
        properties: masks.takeJson('properties', input.properties),
        createdAt: timestampAt(this.#clock()).text,
      },
    ]);
    return { created: created === 1, ...names, masked: masks.masked };
  }

  /** The edges around an entity; of an unknown one there are none. At most `tokensMax` tokens of properties. */
  async around(query: GraphQuery, { limit, cursor }: ListPage, tokensMax: number): Promise<EdgePage> {
    const offset = positionOf(cursor) ?? 0;
    const { rows, more } = await this.#store.edgesAround(query, { limit, offset });
    const properties = rows.map((edge) => (edge.properties === null ? '' : JSON.stringify(edge.properties)));
    const { fits } = await fitTexts(this.#embedder, properties, tokensMax);
    const knownProjects = await projectsInstead(this.#store, query.scope, []);
    return {
      edges: rows.map((edge, i) => ({ edge, isCut: !(fits[i] ?? true) })),
      ...cursorAfter(more, offset + rows.length),
      ...defined({ knownProjects }),
    };
  }
}
