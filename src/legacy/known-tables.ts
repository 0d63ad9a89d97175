import type { OldTable } from './old-schema.ts';

/** A table of Python LTMC and what becomes of its columns. Every other column of it comes along as it is. */
export interface KnownTable {
  name: string;
  /** Without these it is another table of the same name, from a later version or by hand. */
  needs: readonly string[];
  /** Columns taken over under their own name, where they are there. */
  columns: readonly string[];
  /** A column whose value may stand under another name in later versions. */
  aliases?: Readonly<Record<string, string>>;
  /** Old columns that ours replace. */
  replaced?: readonly string[];
  /** Its vector id becomes one of 1..N. */
  numbered?: 'chunk' | 'pattern';
  /** A time as text, and the column that holds it as UTC milliseconds. */
  times: readonly (readonly [text: string, ms: string])[];
  /** Columns that must name a row that is there. */
  references: readonly { column: string; table: string }[];
  /** Further columns of ours, as SQL; `@writtenBy` is the mark of this program. */
  derived: Readonly<Record<string, string>>;
}

/** In the order in which they are copied: what is referred to comes first. */
export const knownTables: readonly KnownTable[] = [
  {
    name: 'Resources',
    needs: ['id', 'file_name'],
    columns: ['file_name', 'type', 'created_at', 'tags', 'metadata', 'archived'],
    times: [['created_at', 'created_at_ms']],
    references: [],
    derived: { archived: '0', origin: "'import'", revision: '1', written_by: '@writtenBy' },
  },
  {
    name: 'ResourceChunks',
    needs: ['id', 'resource_id', 'chunk_text', 'vector_id'],
    columns: ['resource_id', 'chunk_text', 'archived'],
    replaced: ['vector_id', 'generation_method'],
    numbered: 'chunk',
    times: [],
    references: [{ column: 'resource_id', table: 'Resources' }],
    derived: { archived: '0', generation_method: "'sequential'", revision: '1' },
  },
  {
    name: 'ChatHistory',
    needs: ['id', 'content'],
    columns: ['conversation_id', 'role', 'content', 'timestamp', 'agent_name', 'metadata', 'source_tool'],
    times: [['timestamp', 'timestamp_ms']],
    references: [],
    derived: { archived: '0', origin: "'import'", written_by: '@writtenBy' },
  },
  {
    name: 'ContextLinks',
    needs: ['id', 'message_id', 'chunk_id'],
    columns: ['message_id', 'chunk_id'],
    times: [],
    references: [
      { column: 'message_id', table: 'ChatHistory' },
      { column: 'chunk_id', table: 'ResourceChunks' },
    ],
    derived: { written_by: '@writtenBy' },
  },
  {
    name: 'Summaries',
    needs: ['id', 'summary_text'],
    columns: ['resource_id', 'doc_id', 'summary_text', 'model', 'created_at'],
    times: [['created_at', 'created_at_ms']],
    references: [{ column: 'resource_id', table: 'Resources' }],
    derived: { written_by: '@writtenBy' },
  },
  {
    name: 'Todos',
    needs: ['id', 'title'],
    columns: ['title', 'description', 'priority', 'completed', 'created_at', 'completed_at'],
    times: [
      ['created_at', 'created_at_ms'],
      ['completed_at', 'completed_at_ms'],
    ],
    references: [],
    derived: { archived: '0', origin: "'import'", written_by: '@writtenBy' },
  },
  {
    name: 'CodePatterns',
    needs: ['id', 'input_prompt', 'generated_code'],
    columns: [
      'function_name',
      'file_name',
      'module_name',
      'input_prompt',
      'generated_code',
      'result',
      'execution_time_ms',
      'error_message',
      'tags',
      'created_at',
      'language',
    ],
    aliases: { created_at: 'timestamp' },
    replaced: ['vector_id'],
    numbered: 'pattern',
    times: [['created_at', 'created_at_ms']],
    references: [],
    derived: { archived: '0', origin: "'import'", written_by: '@writtenBy' },
  },
  {
    name: 'CodePatternContext',
    needs: ['id', 'pattern_id'],
    columns: ['pattern_id', 'context_type', 'context_id', 'similarity_score'],
    times: [],
    references: [{ column: 'pattern_id', table: 'CodePatterns' }],
    derived: {},
  },
  {
    name: 'RetrievalWeights',
    needs: ['id', 'alpha', 'beta', 'gamma', 'delta', 'epsilon'],
    columns: ['alpha', 'beta', 'gamma', 'delta', 'epsilon'],
    times: [],
    references: [],
    derived: {},
  },
];

/** One row for each id that was given: history that the new sequence replaces. */
export const replacedTable = 'VectorIdSequence';

export function hasShape(table: OldTable, known: KnownTable): boolean {
  const names = new Set(table.columns.map((column) => column.name.toLowerCase()));
  return known.needs.every((name) => names.has(name));
}
