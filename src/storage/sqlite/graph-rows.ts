import type { Edge, GraphQuery, NewEdge } from '../../domain/ports.ts';
import { allOf, inScope } from './conditions.ts';
import type { Database } from './database.ts';
import { decodeMetadata, pageOf } from './row-values.ts';

export function putEdges(database: Database, edges: readonly NewEdge[]): { created: number } {
  const known = database.prepare(
    'SELECT 1 FROM GraphEdges WHERE source_id = ? AND target_id = ? AND relation = ? AND project IS ?',
  );
  const put = database.prepare(
    `INSERT INTO GraphEdges (source_id, target_id, relation, weight, properties, project, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (source_id, target_id, relation, COALESCE(project, '')) DO UPDATE
        SET weight = coalesce(excluded.weight, weight), properties = coalesce(excluded.properties, properties)`,
  );
  let created = 0;
  for (const edge of edges) {
    const key = [edge.sourceId, edge.targetId, edge.relation];
    if (known.get(...key, edge.project) === undefined) created++;
    const properties = edge.properties === null ? null : JSON.stringify(edge.properties);
    put.run(...key, edge.weight, properties, edge.project, edge.createdAt);
  }
  return { created };
}

interface EdgeRow extends Omit<Edge, 'properties'> {
  properties: string | null;
}

/** Walks outward from the entity, a step a level; an entity is visited once a level, and the depth ends cycles. */
export function edgesAround(database: Database, query: GraphQuery, page: { limit: number; offset: number }) {
  const condition = allOf([
    ...inScope('e.project', query.scope),
    ...(query.relation === undefined ? [] : [{ sql: 'e.relation = ?', parameters: [query.relation] }]),
  ]);
  const steps = {
    outgoing: 'e.source_id = w.entity',
    incoming: 'e.target_id = w.entity',
    both: '(e.source_id = w.entity OR e.target_id = w.entity)',
  }[query.direction];
  const rows = database
    .prepare<EdgeRow>(
      `WITH RECURSIVE walked (entity, depth) AS (
         SELECT ?, 0
         UNION
         SELECT CASE WHEN e.source_id = w.entity THEN e.target_id ELSE e.source_id END, w.depth + 1
           FROM walked w JOIN GraphEdges e ON ${steps}
          WHERE w.depth + 1 < ? AND ${condition.sql}),
       nearest AS (SELECT entity, min(depth) AS depth FROM walked GROUP BY entity)
       SELECT e.id AS edgeId, e.source_id AS sourceId, e.target_id AS targetId, e.relation, e.weight, e.properties, e.project,
              min(w.depth) + 1 AS depth
         FROM nearest w JOIN GraphEdges e ON ${steps}
        WHERE ${condition.sql} GROUP BY e.id ORDER BY depth, e.id LIMIT -1 OFFSET ?`,
    )
    .iterate(query.entity, query.depth, ...condition.parameters, ...condition.parameters, page.offset);
  return pageOf(rows, page.limit, (row): Edge => ({ ...row, properties: decodeMetadata(row.properties) }));
}
