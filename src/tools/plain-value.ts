import { assertWellFormed } from '../domain/well-formed.ts';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';

/**
 * Refuses what cannot be stored as it came: half of a surrogate pair in any text or key, and objects nested
 * deeper than `limits.argumentDepthMax`. Walks with a list of its own, because the caller chooses the depth.
 */
export function assertPlain(name: string, value: unknown): void {
  const waiting: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value: part, depth } = next;
    if (typeof part === 'string') assertWellFormed(name, part);
    if (typeof part !== 'object' || part === null) continue;
    if (depth === limits.argumentDepthMax) {
      throw new LtmcError(
        'too_large',
        `Expected ${name} to be nested at most ${limits.argumentDepthMax} levels deep, got more.`,
        'Flatten it.',
      );
    }
    for (const [key, inner] of Object.entries(part)) {
      assertWellFormed(name, key);
      waiting.push({ value: inner, depth: depth + 1 });
    }
  }
}
