import { LtmcError } from './errors.ts';

/**
 * Row ids are positive integers given by the database and never reused. A `ref` names a row of any kind in
 * one word: `memory-7`, `chunk-9`, `message-3`, `todo-4`, `pattern-12`.
 */
export const refKinds = ['memory', 'chunk', 'message', 'todo', 'pattern'] as const;
export type RefKind = (typeof refKinds)[number];

export interface Ref {
  kind: RefKind;
  id: number;
}

const refPattern = /^(memory|chunk|message|todo|pattern)-([1-9][0-9]{0,15})$/;

export function formatRef(kind: RefKind, id: number): string {
  return `${kind}-${id}`;
}

/** `memory-7@2` is the memory's second revision; without the end, the ref of what is there now. */
export function formatRevisionRef(resourceId: number, revision: number): string {
  return `${formatRef('memory', resourceId)}@${revision}`;
}

/** Reads a ref that may name an earlier revision of a memory. */
export function parseRevisionRef(text: string): Ref & { revision?: number } {
  const match = /^\s*(memory-\d+)@([1-9]\d{0,8})\s*$/i.exec(text);
  return match === null ? parseRef(text) : { ...parseRef(match[1]!), revision: Number(match[2]) };
}

/** Reads a ref; refuses anything else with `invalid_argument`. */
export function parseRef(text: string): Ref {
  const match = refPattern.exec(text.trim().toLowerCase());
  const id = Number(match?.[2]);
  if (match === null || !Number.isSafeInteger(id)) {
    throw new LtmcError(
      'invalid_argument',
      `Expected ref to be one of ${refKinds.map((kind) => `${kind}-<number>`).join(', ')}; got ${JSON.stringify(text.slice(0, 60))}.`,
      'Take the ref from an earlier answer.',
      { example: { ref: 'memory-7' } },
    );
  }
  return { kind: match[1] as RefKind, id };
}
