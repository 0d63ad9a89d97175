import { nearestName } from '../nearest-name.ts';

/** What other servers and habits call an argument, likeliest meaning first. Only names that the tool has count. */
const otherNames: Record<string, readonly string[]> = {
  limit: ['top_k'],
  top_k: ['limit'],
  k: ['top_k', 'limit'],
  n: ['top_k', 'limit'],
  count: ['top_k', 'limit'],
  max_results: ['top_k', 'limit'],
  num_results: ['top_k', 'limit'],
  page_size: ['limit'],
  page: ['cursor'],
  offset: ['cursor'],
  next_cursor: ['cursor'],
  text: ['content', 'query', 'proposal', 'title'],
  message: ['content'],
  memory: ['content'],
  body: ['content', 'description'],
  filename: ['file_name'],
  path: ['file_name'],
  file_path: ['file_name'],
  file: ['file_name'],
  title: ['file_name'],
  key: ['file_name'],
  type: ['resource_type', 'doc_type', 'relation', 'relation_type'],
  doc_type: ['resource_type'],
  resource_type: ['doc_type'],
  id: ['resource_id', 'todo_id', 'message_id', 'chunk_id', 'doc_id', 'entity'],
  memory_id: ['resource_id'],
  code: ['generated_code', 'proposal'],
  plan: ['proposal'],
  prompt: ['input_prompt'],
  task: ['input_prompt', 'title', 'proposal'],
  error: ['error_message'],
  status: ['result', 'completed'],
  outcome: ['result'],
  function: ['function_name'],
  module: ['module_name'],
  tokens: ['max_tokens'],
  search: ['query'],
  q: ['query'],
  from: ['source_id'],
  to: ['target_id'],
  relationship: ['relation', 'relation_type'],
  relationship_type: ['relation', 'relation_type'],
  days: ['time_range_days', 'max_age_days'],
  speaker: ['role'],
};

/** A longer name is no slip of a known one, and comparing it takes its time. */
const unknownCharactersMax = 40;

/** The argument that an unknown name most likely stands for; undefined when none is near. */
export function meantArgument(unknown: string, known: readonly string[]): string | undefined {
  const snake = unknown.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  const others = Object.hasOwn(otherNames, snake) ? (otherNames[snake] ?? []) : [];
  const exact = [snake, ...others].find((name) => known.includes(name));
  if (exact !== undefined) return exact;
  return snake.length > unknownCharactersMax ? undefined : nearestName(snake, known);
}
