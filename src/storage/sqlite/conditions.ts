import type { ReadScope } from '../../domain/ports.ts';

/** An SQL condition with its parameters; conditions are joined by AND. */
export interface Condition {
  sql: string;
  parameters: unknown[];
}

export function allOf(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: '1', parameters: [] };
  return {
    sql: conditions.map((condition) => condition.sql).join(' AND '),
    parameters: conditions.flatMap((condition) => condition.parameters),
  };
}

/** A project's rows and the rows without a project, or everything. */
export function inScope(column: string, scope: ReadScope): Condition[] {
  if (scope === 'all') return [];
  return [{ sql: `(${column} IS ? OR ${column} IS NULL)`, parameters: [scope.project] }];
}

/** Every one of the tags is in the row's JSON array. */
export function hasTags(column: string, tags: readonly string[]): Condition[] {
  return tags.map((tag) => ({
    sql: `EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(${column}) THEN ${column} ELSE '[]' END) WHERE value = ?)`,
    parameters: [tag],
  }));
}
