/** Why a model or its tokenizer could not be loaded, in words for the user: no path, only a file's name. */
export class ModelLoadError extends Error {
  readonly hint: string;
  /** What the system or the runtime said; may hold paths, so it goes to the log at level debug at most. */
  readonly detail: string;

  constructor(message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ModelLoadError';
    this.hint = hint;
    this.detail = cause instanceof Error ? cause.message : '';
  }
}
