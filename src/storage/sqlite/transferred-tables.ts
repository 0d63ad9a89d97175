import type { Preparing } from './preparing.ts';
import { schemaTables } from './schema-objects.ts';

/** Parents before what refers to them; what is not named here follows. */
const order = [
  'StoreInfo',
  'SchemaMigrations',
  'VectorIdSequence',
  'Resources',
  'ResourceRevisions',
  'ResourceChunks',
  'ChatHistory',
  'ContextLinks',
  'Summaries',
  'Todos',
  'PatternFamilies',
  'CodePatterns',
  'CodePatternContext',
  'GraphEdges',
  'Embeddings',
];

/**
 * Tables whose rows an export holds: all of ours but full text, which is made from the rows. `sqlite_sequence` is
 * where SQLite keeps the last row id of each table, which no later row may get.
 */
export function transferredTables(): string[] {
  const others = schemaTables().filter(
    (name) => !order.includes(name) && !/Words(_|Vocabulary|$)/.test(name),
  );
  return [...order, ...others.sort(), 'sqlite_sequence'];
}

export function columnsOf(connection: Preparing, table: string): string[] {
  return connection.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
}
