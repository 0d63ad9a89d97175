import { execFile } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** An attempt at a function, as an agent would make it: the code is run, and what happened is logged. */
export interface Attempt {
  function_name: string;
  file_name: string;
  input_prompt: string;
  generated_code: string;
  /** A program that follows the code and throws if the code is wrong. */
  test: string;
  expected: 'pass' | 'fail';
  lesson?: string;
}

const medianTask =
  'Write median(numbers): the middle value of a list of numbers, or the mean of the two middle ones.';
const medianTest = 'assert.equal(median([10, 9, 1]), 9); assert.equal(median([4, 2, 8, 6]), 5);';

function median(sort: string): string {
  return `function median(numbers) {
  const sorted = [...numbers].${sort};
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}`;
}

/** A real mistake: without a comparator, sort() compares numbers as texts. */
export const failingMedian: Attempt = {
  function_name: 'median',
  file_name: 'statistics.js',
  input_prompt: medianTask,
  generated_code: median('sort()'),
  test: medianTest,
  expected: 'fail',
  lesson: 'Array.prototype.sort compares as text unless it is given a comparator, so 10 comes before 9.',
};

export const passingMedian: Attempt = {
  function_name: 'median',
  file_name: 'statistics.js',
  input_prompt: medianTask,
  generated_code: median('sort((left, right) => left - right)'),
  test: medianTest,
  expected: 'pass',
  lesson: 'Give sort a comparator for numbers.',
};

/** Another task, so that finding the right one is a choice. */
export const slugify: Attempt = {
  function_name: 'slugify',
  file_name: 'titles.js',
  input_prompt: 'Write slugify(title): lower case, words joined by hyphens, accents and punctuation dropped.',
  generated_code: `function slugify(title) {
  const plain = title.normalize('NFKD').replace(/[\\u0300-\\u036f]/g, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}`,
  test: "assert.equal(slugify('Crème Brûlée, twice!'), 'creme-brulee-twice');",
  expected: 'pass',
};

export interface Outcome {
  result: 'pass' | 'fail';
  error_message?: string;
  execution_time_ms: number;
}

/** Runs the code with its test in a process of its own. */
export async function runAttempt({ generated_code, test }: Attempt): Promise<Outcome> {
  const program = `import assert from 'node:assert/strict';\n${generated_code}\n${test}\n`;
  const begin = performance.now();
  const error = await new Promise<string | null>((resolve) => {
    execFile(process.execPath, ['--input-type=module', '--eval', program], (failure, _stdout, stderr) =>
      resolve(failure === null ? null : stderr),
    );
  });
  const execution_time_ms = Math.round(performance.now() - begin);
  if (error === null) return { result: 'pass', execution_time_ms };
  return { result: 'fail', error_message: errorLines(error), execution_time_ms };
}

/** The message of an assertion without the stack below it. */
function errorLines(stderr: string): string {
  const lines = stderr.split('\n');
  const first = lines.findIndex((line) => /^\w*(Error|Exception)\b/.test(line));
  const rest = first < 0 ? lines : lines.slice(first);
  const stack = rest.findIndex((line) => /^\s+at /.test(line));
  return (stack < 0 ? rest : rest.slice(0, stack)).join('\n').trim();
}
