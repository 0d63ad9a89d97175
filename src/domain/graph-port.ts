import type { ProjectName, ReadScope } from './rows.ts';

export interface NewEdge {
  project: ProjectName;
  sourceId: string;
  targetId: string;
  relation: string;
  weight: number | null;
  properties: Record<string, unknown> | null;
  createdAt: string;
}

export interface Edge {
  edgeId: number;
  project: ProjectName;
  sourceId: string;
  targetId: string;
  relation: string;
  weight: number | null;
  properties: Record<string, unknown> | null;
  /** How many steps from the entity asked about: 1 for its own edges. */
  depth: number;
}

export interface GraphQuery {
  scope: ReadScope;
  entity: string;
  relation?: string;
  direction: 'both' | 'outgoing' | 'incoming';
  depth: number;
}

/** Directed, typed edges between named entities; the rules of Store (ports.ts) hold. */
export interface GraphPort {
  /** The same project, source, target and relation is one edge: weight and properties given again replace the old. */
  putEdges(edges: readonly NewEdge[]): Promise<{ created: number }>;
  /** Nearest first, then oldest; each edge once, at its smallest depth, in its true direction. */
  edgesAround(
    query: GraphQuery,
    page: { limit: number; offset: number },
  ): Promise<{ rows: Edge[]; more: boolean }>;
}
