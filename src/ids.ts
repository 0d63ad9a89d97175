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
