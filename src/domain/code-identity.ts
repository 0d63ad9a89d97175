import { createHash } from 'node:crypto';
import { guessLanguage } from './code-language.ts';
import { commentRanges } from './comment-ranges.ts';
import { commentSyntaxOf } from './comment-syntax.ts';

/**
 * Code without comments and docstrings; strings stay as they are. A line that held only a comment goes with
 * it. `language` as languageOf gives it; without it, or for one that is not known, the code is looked at.
 * Code that looks like no language comes back unchanged. Linear in the code, never throws.
 */
export function stripComments(code: string, language?: string): string {
  const known = language === undefined ? undefined : commentSyntaxOf(language);
  const guessed = known === undefined ? guessLanguage(code) : null;
  const syntax = known ?? (guessed === null ? undefined : commentSyntaxOf(guessed));
  if (syntax === undefined) return code;
  const kept: string[] = [];
  let done = 0;
  for (const { start, end } of commentRanges(code, syntax)) {
    const before = backOverBlanks(code, start, done);
    const after = overBlanks(code, end);
    const lineBegins = before === 0 || code[before - 1] === '\n';
    const lineEnds = after === code.length || code[after] === '\n';
    if (lineBegins && lineEnds) {
      kept.push(code.slice(done, before));
      done = Math.min(after + 1, code.length);
    } else if (lineEnds) {
      kept.push(code.slice(done, before));
      done = after;
    } else {
      kept.push(code.slice(done, start), ' ');
      done = end;
    }
  }
  kept.push(code.slice(done));
  return kept.join('');
}

/** Start of the white space before `start`, on its line and not before `from`. */
function backOverBlanks(code: string, start: number, from: number): number {
  let at = start;
  while (at > from && (code[at - 1] === ' ' || code[at - 1] === '\t')) at -= 1;
  return at;
}

function overBlanks(code: string, from: number): number {
  let at = from;
  while (code[at] === ' ' || code[at] === '\t' || code[at] === '\r') at += 1;
  return at;
}

/** The same for two pieces of code that differ in comments and white space only. */
export function codeKey(code: string): string {
  const bare = stripComments(code).replace(/\s+/g, '');
  return hashOf(bare === '' ? code : bare);
}

/**
 * The same for two prompts that ask the same: only letters and digits count, in lower case, up to the examples. A
 * prompt of which nothing is left stands for itself.
 */
export function promptKey(prompt: string): string {
  const bare = barePrompt(prompt);
  return hashOf(bare === '' ? prompt : bare);
}

/** The letters and digits of a prompt up to its examples. */
export function barePrompt(prompt: string): string {
  return lettersAndDigits(withoutExamples(prompt));
}

/** A prompt up to the first `>>>`, behind which Python prompts show examples. */
export function withoutExamples(prompt: string): string {
  return prompt.split('>>>', 1)[0] as string;
}

/** A function's name with its spelling (`getUser`, `get_user`) taken out; null where there is no name. */
export function nameKey(functionName: string | null): string | null {
  return functionName === null ? null : lettersAndDigits(functionName) || null;
}

/** A text as it is compared letter for letter: in lower case, without what lies between words. */
export function lettersAndDigits(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '').toLowerCase();
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
