import * as z from 'zod';
import { type Problem, problemIssue } from './problem.ts';

/** How long a text may be: in UTF-16 code units, or in bytes of UTF-8. */
export type TextBound = { charactersMax: number } | { bytesMax: number } | 'unbounded';

/**
 * A text that holds something besides white space. Its bound is checked here and kept out of the advertised
 * schema, where every byte is paid for by every client.
 */
export function boundedText(bound: TextBound): z.ZodString {
  return z.string().superRefine((value, refinement) => {
    const problem = value.trim() === '' ? blank(value) : tooLong(value, bound);
    if (problem !== null) refinement.addIssue(problemIssue(problem));
  });
}

function blank(value: string): Problem {
  return {
    expected: 'a text that is not blank',
    got: value === '' ? 'an empty text' : `${count(value.length)} characters of white space`,
  };
}

function tooLong(value: string, bound: TextBound): Problem | null {
  if (bound === 'unbounded') return null;
  if ('charactersMax' in bound) {
    if (value.length <= bound.charactersMax) return null;
    return {
      expected: `a text of at most ${count(bound.charactersMax)} characters`,
      got: `${count(value.length)} characters`,
      tooLarge: true,
    };
  }
  const bytes = Buffer.byteLength(value);
  if (bytes <= bound.bytesMax) return null;
  return {
    expected: `a text of at most ${count(bound.bytesMax)} bytes`,
    got: `${count(bytes)} bytes`,
    tooLarge: true,
  };
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
