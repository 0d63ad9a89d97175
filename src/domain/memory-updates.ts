import { defined } from '../defined.ts';
import { LtmcError } from '../errors.ts';
import { formatRef, type Ref } from '../ids.ts';
import { limits } from '../limits.ts';
import { attemptSearchText } from './attempt-text.ts';
import { changedOutcome } from './changed-outcome.ts';
import type { Clock } from './clock.ts';
import { FieldMasks } from './field-masks.ts';
import type { MaskedSecret } from './memories.ts';
import { contentHash, embeddedChunks } from './memory-text.ts';
import type { AttemptResult, Embedder, MemoryChange, Store } from './ports.ts';
import { notThere } from './reading.ts';
import { timestampAt } from './timestamp.ts';
import { searchText } from './words.ts';

export interface UpdateInput {
  ref: Ref;
  /** A new text for a memory: a new revision. */
  content?: string;
  /** The tags from now on. */
  tags?: string[];
  addTags?: string[];
  removeTags?: string[];
  metadata?: Record<string, unknown>;
  /** Out of the answers, or back into them. */
  archived?: boolean;
  /** Of a code attempt. */
  result?: AttemptResult;
  lesson?: string;
}

export interface UpdateResult {
  /** Of a memory: how many chunks its text has now, and which revision it is. */
  chunkCount?: number;
  revision?: number;
  pendingVectors: number;
  masked: MaskedSecret[];
  modelProblem?: string;
}

/** Changing what is stored, in place: ids and links hold. */
export class MemoryUpdates {
  readonly #store: Store;
  readonly #embedder: Embedder;
  readonly #clock: Clock;

  constructor(store: Store, embedder: Embedder, clock: Clock) {
    this.#store = store;
    this.#embedder = embedder;
    this.#clock = clock;
  }

  /**
   * Throws `not_found`, `invalid_argument` for a change that this kind of row does not have, and `too_large` for
   * more than limits.tagsMax tags.
   */
  async update(input: UpdateInput): Promise<UpdateResult> {
    if (input.ref.kind === 'memory') return this.#updateMemory(input);
    if (input.ref.kind === 'pattern') return this.#updateAttempt(input);
    throw new LtmcError(
      'invalid_argument',
      `Expected ref to be a memory or a pattern, got ${formatRef(input.ref.kind, input.ref.id)}.`,
      'Messages and chunks are not changed; a todo is completed with complete_todo.',
    );
  }

  async #updateMemory(input: UpdateInput): Promise<UpdateResult> {
    refuse(input, ['result', 'lesson'], 'a memory');
    const record = await this.#store.getMemory(input.ref.id);
    if (record === null) throw notThere(input.ref);
    const masks = new FieldMasks(await this.#store.maskKey());
    const tags = tagsAfter(record.tags, input, masks);
    const change: MemoryChange = { changedAt: timestampAt(this.#clock()) };
    if (tags !== undefined) change.tags = tags;
    if (input.metadata !== undefined) change.metadata = masks.takeJson('metadata', input.metadata);
    if (input.archived !== undefined) change.archived = input.archived;
    let modelProblem: string | undefined;
    if (input.content !== undefined) {
      const content = masks.take('content', input.content);
      const hash = contentHash(content);
      if (hash !== record.contentHash) {
        const embedded = await embeddedChunks(this.#embedder, content);
        change.content = { hash, chunks: embedded.chunks, modelHash: embedded.modelHash };
        modelProblem = embedded.modelProblem;
      }
    }
    const changed = await this.#store.changeMemory(input.ref.id, change, searchText);
    if (changed === null) throw notThere(input.ref);
    return { ...changed, masked: masks.masked, ...defined({ modelProblem }) };
  }

  async #updateAttempt(input: UpdateInput): Promise<UpdateResult> {
    refuse(input, ['content', 'metadata'], 'a code attempt');
    const [record] = await this.#store.getPatterns([input.ref.id]);
    if (record === undefined) throw notThere(input.ref);
    const masks = new FieldMasks(await this.#store.maskKey());
    const tags = tagsAfter(record.tags, input, masks);
    const asked = input.lesson === undefined ? undefined : masks.take('lesson', input.lesson);
    // The same again would only make its vector pending.
    const lesson = asked === record.lesson ? undefined : asked;
    const { result, archived } = input;
    const changed = await this.#store.changeAttempt(
      input.ref.id,
      {
        ...defined({ tags, result, lesson, archived }),
        searchText: attemptSearchText({ ...record, lesson: lesson ?? record.lesson }),
      },
      (history) => (result === undefined ? [] : changedOutcome(history, input.ref.id, result)),
    );
    if (!changed) throw notThere(input.ref);
    return { pendingVectors: lesson === undefined ? 0 : 1, masked: masks.masked };
  }
}

/** undefined: the tags stay as they are. */
function tagsAfter(before: readonly string[], input: UpdateInput, masks: FieldMasks): string[] | undefined {
  if (input.tags === undefined && input.addTags === undefined && input.removeTags === undefined)
    return undefined;
  const removed = new Set(input.removeTags ?? []);
  const kept = (input.tags ?? before).filter((tag) => !removed.has(tag));
  const after = [...new Set([...kept, ...(input.addTags ?? [])])];
  // A migrated row may have more already; it can be given fewer.
  if (after.length > Math.max(limits.tagsMax, before.length)) throw tooManyTags(input.ref, after.length);
  return after.map((tag) => masks.take('tags', tag));
}

function tooManyTags(ref: Ref, count: number): LtmcError {
  return new LtmcError(
    'too_large',
    `Expected at most ${limits.tagsMax} tags on ${formatRef(ref.kind, ref.id)}, got ${count}. Nothing was changed.`,
    'Take others off with remove_tags in the same call.',
  );
}

function refuse(input: UpdateInput, names: readonly (keyof UpdateInput)[], what: string): void {
  const wrong = names.filter((name) => input[name] !== undefined);
  if (wrong.length === 0) return;
  throw new LtmcError(
    'invalid_argument',
    `Expected only what ${what} has, got ${wrong.join(' and ')}. Nothing was changed.`,
    'A memory has content, tags, metadata and archived; a code attempt tags, result, lesson and archived.',
  );
}
