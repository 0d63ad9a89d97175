import { limits } from '../limits.ts';

export interface AttemptPrompt {
  text: string;
  /** For a person: where it comes from. */
  source: string;
}

export interface PromptSources {
  /** --prompt. */
  flag: string | undefined;
  /** LTMC_PROMPT. */
  variable: string | undefined;
  /** Of the last commit. */
  subject: string | null;
  files: readonly string[];
}

/** The task that an attempt worked at, from the best source that there is. */
export function attemptPrompt({ flag, variable, subject, files }: PromptSources): AttemptPrompt {
  if (flag !== undefined) return { text: flag, source: '--prompt' };
  if (variable !== undefined && variable.trim() !== '') return { text: variable, source: 'LTMC_PROMPT' };
  const names = namesOf(files);
  if (subject === null || subject === '')
    return { text: `Change ${names}`, source: 'the names of the changed files' };
  return {
    text: `${subject} (changed: ${names})`,
    source: 'the last commit and the names of the changed files',
  };
}

function namesOf(files: readonly string[]): string {
  const shown = files.slice(0, limits.recordPromptFilesMax);
  const more = files.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
