import { isUtf8 } from 'node:buffer';
import type Sqlite from 'better-sqlite3';
import { limits } from '../limits.ts';

/** Something in the old rows that was not as it should be. It stays in place as it is. */
export interface Damage {
  kind: string;
  /** A sentence for a person. */
  what: string;
  count: number;
  /** Ids of the first rows. */
  examples: string[];
}

interface Check {
  kind: string;
  what: string;
  table: string;
  /** SQL over the row. */
  where: string;
}

const noJson = (column: string, kind: string) =>
  `${column} IS NOT NULL AND ${column} <> '' AND CASE WHEN typeof(${column}) = 'text' AND json_valid(${column}) THEN json_type(${column}) <> '${kind}' ELSE 1 END`;

const textColumns: [table: string, columns: string[]][] = [
  ['Resources', ['file_name', 'type']],
  ['ResourceChunks', ['chunk_text']],
  ['ChatHistory', ['conversation_id', 'role', 'content', 'agent_name', 'metadata']],
  ['Summaries', ['summary_text', 'doc_id']],
  ['Todos', ['title', 'description']],
  ['CodePatterns', ['input_prompt', 'generated_code', 'error_message', 'function_name', 'file_name']],
];

const checks: Check[] = [
  {
    kind: 'duplicate_links',
    what: 'context links that repeat an earlier one; they stay and count once in answers',
    table: 'ContextLinks',
    where: `id NOT IN (SELECT min(id) FROM main.ContextLinks GROUP BY message_id, chunk_id)`,
  },
  {
    kind: 'null_texts',
    what: 'chunks without a text',
    table: 'ResourceChunks',
    where: 'chunk_text IS NULL',
  },
  { kind: 'null_texts', what: 'messages without a text', table: 'ChatHistory', where: 'content IS NULL' },
  {
    kind: 'null_texts',
    what: 'attempts without a prompt or code',
    table: 'CodePatterns',
    where: 'input_prompt IS NULL OR generated_code IS NULL',
  },
  {
    kind: 'repeated_file_names',
    what: 'resources whose name another one carries too; each stays a memory of its own',
    table: 'Resources',
    where: 'file_name IN (SELECT file_name FROM main.Resources GROUP BY file_name HAVING count(*) > 1)',
  },
  {
    kind: 'null_file_names',
    what: 'resources without a name',
    table: 'Resources',
    where: 'file_name IS NULL',
  },
  {
    kind: 'chunks_without_resource',
    what: 'chunks that name no resource',
    table: 'ResourceChunks',
    where: 'resource_id IS NULL',
  },
  {
    kind: 'unknown_results',
    what: 'attempts whose result is none of pass, fail and partial',
    table: 'CodePatterns',
    where: "result IS NULL OR result NOT IN ('pass', 'fail', 'partial')",
  },
  {
    kind: 'unknown_priorities',
    what: 'todos whose priority is none of low, medium, high and critical',
    table: 'Todos',
    where: "priority IS NULL OR priority NOT IN ('low', 'medium', 'high', 'critical')",
  },
  {
    kind: 'tags_no_json',
    what: 'attempts whose tags are no JSON list',
    table: 'CodePatterns',
    where: noJson('tags', 'array'),
  },
  {
    kind: 'metadata_no_json',
    what: 'messages whose metadata is no JSON object',
    table: 'ChatHistory',
    where: noJson('metadata', 'object'),
  },
  {
    kind: 'scrambled_messages',
    what: 'messages whose columns look exchanged (a role as their text)',
    table: 'ChatHistory',
    where:
      "content IN ('user', 'assistant', 'system', 'tool') AND role NOT IN ('user', 'assistant', 'system', 'tool', 'ai')",
  },
  {
    kind: 'scrambled_attempts',
    what: 'attempts whose columns look exchanged (milliseconds as their function)',
    table: 'CodePatterns',
    where: "function_name <> '' AND function_name NOT GLOB '*[^0-9.]*'",
  },
  ...textColumns.map(([table, columns]) => ({
    kind: 'not_utf8',
    what: `rows of ${table} with text that is no UTF-8; its bytes are kept`,
    table,
    where: columns
      .map((column) => `(typeof(${column}) IN ('text', 'blob') AND NOT is_utf8(CAST(${column} AS BLOB)))`)
      .join(' OR '),
  })),
  ...['Resources', 'ResourceChunks', 'ChatHistory', 'Todos', 'CodePatterns'].map((table) => ({
    kind: 'unusual_ids',
    what: `rows of ${table} whose id is below 1 or beyond 2^53; they stay, and cannot be named by it`,
    table,
    where: `id < 1 OR id > ${Number.MAX_SAFE_INTEGER}`,
  })),
];

/** Looks through the moved rows; only what was found is named. */
export function findDamage(connection: Sqlite.Database): Damage[] {
  connection.function('is_utf8', { directOnly: true }, (bytes: unknown) =>
    Buffer.isBuffer(bytes) && !isUtf8(bytes) ? 0 : 1,
  );
  return checks.flatMap(({ kind, what, table, where }) => {
    const from = `FROM main.${table} WHERE ${where}`;
    const count = connection.prepare(`SELECT count(*) ${from}`).pluck().get() as number;
    if (count === 0) return [];
    const examples = connection
      .prepare(`SELECT CAST(id AS TEXT) ${from} ORDER BY id LIMIT ${limits.reportExamplesMax}`)
      .pluck()
      .all() as string[];
    return [{ kind, what, count, examples }];
  });
}
