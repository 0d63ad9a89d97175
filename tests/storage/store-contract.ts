import { describe } from 'vitest';
import type { Store } from '../../src/domain/ports.ts';
import { attemptContract } from './contract/attempts.ts';
import { chunkSearchContract } from './contract/chunk-search.ts';
import { memoryContract } from './contract/memories.ts';
import { patternSearchContract } from './contract/pattern-search.ts';
import { pendingAndStatusContract } from './contract/pending-and-status.ts';

/** Opens a new, empty store for the running test; `reopen` closes it and opens the same rows again. */
export type OpenStore = () => Promise<{ store: Store; reopen: () => Promise<Store> }>;

/** What every implementation of the Store port must do (domain/ports.ts). */
export function describeStore(name: string, open: OpenStore): void {
  describe(`${name} keeps memories`, () => memoryContract(open));
  describe(`${name} searches memories`, () => chunkSearchContract(open));
  describe(`${name} keeps code attempts`, () => attemptContract(open));
  describe(`${name} searches code attempts`, () => patternSearchContract(open));
  describe(`${name} fills in vectors and tells its state`, () => pendingAndStatusContract(open));
}
