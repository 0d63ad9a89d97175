/** What other servers and habits call an argument. Only names that the tool has count. */
const otherNames: Record<string, string> = {
  limit: 'top_k',
  k: 'top_k',
  n: 'top_k',
  count: 'top_k',
  max_results: 'top_k',
  num_results: 'top_k',
  text: 'content',
  memory: 'content',
  body: 'content',
  filename: 'file_name',
  path: 'file_name',
  file_path: 'file_name',
  file: 'file_name',
  title: 'file_name',
  key: 'file_name',
  type: 'resource_type',
  doc_type: 'resource_type',
  id: 'resource_id',
  memory_id: 'resource_id',
  code: 'generated_code',
  prompt: 'input_prompt',
  task: 'input_prompt',
  error: 'error_message',
  status: 'result',
  outcome: 'result',
  function: 'function_name',
  module: 'module_name',
  tokens: 'max_tokens',
  search: 'query',
  q: 'query',
};

/** The real name that an unknown one most likely stands for; undefined when none is near. */
export function nearestName(unknown: string, known: readonly string[]): string | undefined {
  const snake = unknown.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  const other = Object.hasOwn(otherNames, snake) ? otherNames[snake] : undefined;
  for (const exact of [snake, other]) if (exact !== undefined && known.includes(exact)) return exact;
  let best: string | undefined;
  let bestDistance = Math.floor(Math.min(snake.length, 12) / 3) + 1;
  if (snake.length > 40) return undefined;
  for (const name of known) {
    const distance = editDistance(snake, name);
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** Letters to insert, remove or replace. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[right.length]!;
}
