/**
 * The one error shape. It is thrown where a failure is found and turned into an answer in one place
 * (mcp/server.ts for clients, cli.ts for people). The message says what was expected and what came; the
 * hint says what to do. Neither holds stored text, SQL or a stack; only database paths may appear, and
 * `mcp/` takes those out for HTTP.
 */
export type ErrorCode =
  // the caller's
  | 'invalid_argument'
  | 'not_found'
  | 'too_large'
  | 'wrong_usage'
  | 'interrupted'
  | 'not_confirmed'
  | 'declined'
  // the database's
  | 'needs_migration'
  | 'newer_database'
  | 'not_a_database'
  | 'foreign_database'
  | 'database_damaged'
  | 'database_busy'
  | 'database_unreachable'
  | 'read_only'
  | 'disk_full'
  | 'vector_id_collision'
  // the model's
  | 'model_unavailable'
  // ours
  | 'internal_error';

export class LtmcError extends Error {
  readonly code: ErrorCode;
  /** What the reader should do next; one sentence or a command. */
  readonly hint: string;
  /** A call that would have been accepted, for wrong arguments. */
  readonly example: Record<string, unknown> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    hint: string,
    options: { cause?: unknown; example?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LtmcError';
    this.code = code;
    this.hint = hint;
    this.example = options.example;
  }
}

/** Throws again what says anything but that there is no model. */
export function assertModelMissing(thrown: unknown): asserts thrown is LtmcError {
  if (!(thrown instanceof LtmcError) || thrown.code !== 'model_unavailable') throw thrown;
}

/** Any thrown value as an LtmcError; what is not ours becomes `internal_error` without its own words. */
export function toLtmcError(thrown: unknown): LtmcError {
  if (thrown instanceof LtmcError) return thrown;
  return new LtmcError(
    'internal_error',
    'LTMC failed inside; nothing of this call was stored.',
    'Try again. If it stays, run `ltmc doctor` and report what the log on stderr says.',
    { cause: thrown },
  );
}
