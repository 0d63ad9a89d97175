import { describe } from 'vitest';
import type { Store } from '../../src/domain/ports.ts';
import { attemptChangeContract } from './contract/attempt-changes.ts';
import { attemptContract } from './contract/attempts.ts';
import { chatTodoLinkContract } from './contract/chats-todos-links.ts';
import { chunkSearchContract } from './contract/chunk-search.ts';
import { graphAndCounterContract } from './contract/graph-and-counters.ts';
import { memoryContract } from './contract/memories.ts';
import { memoryChangeContract } from './contract/memory-changes.ts';
import { patternSearchContract } from './contract/pattern-search.ts';
import { pendingAndStatusContract } from './contract/pending-and-status.ts';
import { removalContract } from './contract/removals.ts';
import { sessionContract } from './contract/sessions.ts';

/** Opens a new, empty store for the running test; `reopen` closes it and opens the same rows again. */
export type OpenStore = () => Promise<{ store: Store; reopen: () => Promise<Store> }>;

/** What every implementation of the Store port must do (domain/ports.ts). */
export function describeStore(name: string, open: OpenStore): void {
  describe(`${name} keeps memories`, () => memoryContract(open));
  describe(`${name} changes and lists memories`, () => memoryChangeContract(open));
  describe(`${name} searches memories`, () => chunkSearchContract(open));
  describe(`${name} keeps code attempts`, () => attemptContract(open));
  describe(`${name} changes code attempts`, () => attemptChangeContract(open));
  describe(`${name} searches code attempts`, () => patternSearchContract(open));
  describe(`${name} keeps messages, todos and links`, () => chatTodoLinkContract(open));
  describe(`${name} keeps sessions together`, () => sessionContract(open));
  describe(`${name} keeps edges and counters`, () => graphAndCounterContract(open));
  describe(`${name} removes for good`, () => removalContract(open));
  describe(`${name} fills in vectors and tells its state`, () => pendingAndStatusContract(open));
}
