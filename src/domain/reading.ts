import { LtmcError } from '../errors.ts';
import { formatRef, formatRevisionRef, type Ref } from '../ids.ts';
import { wholeText } from './memory-text.ts';
import type { Embedder, MemoryRecord, MessageRecord, PatternRecord, Store, TodoRecord } from './ports.ts';
import { type TextWindow, textWindow, type WindowInput } from './text-window.ts';

/** A stored row with as much of its texts as was asked for. */
export type ReadItem =
  | { kind: 'memory'; record: MemoryRecord; window: TextWindow<'content'> }
  | { kind: 'message'; record: MessageRecord; window: TextWindow<'content'> }
  | { kind: 'todo'; record: TodoRecord; window: TextWindow<'title' | 'description'> }
  | { kind: 'pattern'; record: PatternRecord; window: TextWindow<PatternText> };

export type PatternText = 'inputPrompt' | 'generatedCode' | 'lesson' | 'errorMessage';

/** Reading one item whole, window by window. */
export class Reading {
  readonly #store: Store;
  readonly #embedder: Embedder;

  constructor(store: Store, embedder: Embedder) {
    this.#store = store;
    this.#embedder = embedder;
  }

  /**
   * The row; of a chunk the memory that it belongs to. Archived ones can be read, and earlier revisions of a memory.
   * Throws `not_found`.
   */
  async read(ref: Ref & { revision?: number }, input: WindowInput): Promise<ReadItem> {
    switch (ref.kind) {
      case 'memory':
        return this.#memory(ref, input);
      case 'chunk':
        return this.#memory({ kind: 'memory', id: await this.#memoryOf(ref) }, input);
      case 'message':
        return this.#message(ref, input);
      case 'todo':
        return this.#todo(ref, input);
      case 'pattern':
        return this.#pattern(ref, input);
    }
  }

  async #memory(ref: Ref & { revision?: number }, input: WindowInput): Promise<ReadItem> {
    const record = await this.#store.getMemory(ref.id, ref.revision);
    if (record === null) throw notThere(ref);
    const texts = [['content', wholeText(record.chunks)]] as const;
    return { kind: 'memory', record, window: await textWindow(this.#embedder, texts, input) };
  }

  async #memoryOf(chunk: Ref): Promise<number> {
    const resourceId = await this.#store.resourceOfChunk(chunk.id);
    if (resourceId === null) throw notThere(chunk);
    return resourceId;
  }

  async #message(ref: Ref, input: WindowInput): Promise<ReadItem> {
    const [record] = await this.#store.getMessages([ref.id]);
    if (record === undefined) throw notThere(ref);
    const texts = [['content', record.content]] as const;
    return { kind: 'message', record, window: await textWindow(this.#embedder, texts, input) };
  }

  async #todo(ref: Ref, input: WindowInput): Promise<ReadItem> {
    const [record] = await this.#store.getTodos([ref.id]);
    if (record === undefined) throw notThere(ref);
    const texts = [
      ['title', record.title],
      ['description', record.description],
    ] as const;
    return { kind: 'todo', record, window: await textWindow(this.#embedder, texts, input) };
  }

  async #pattern(ref: Ref, input: WindowInput): Promise<ReadItem> {
    const [record] = await this.#store.getPatterns([ref.id]);
    if (record === undefined) throw notThere(ref);
    const texts: [PatternText, string][] = [
      ['inputPrompt', record.inputPrompt],
      ['generatedCode', record.generatedCode],
      ['lesson', record.lesson ?? ''],
      ['errorMessage', record.errorMessage ?? ''],
    ];
    return { kind: 'pattern', record, window: await textWindow(this.#embedder, texts, input) };
  }
}

/** The refusal of a ref that names nothing. */
export function notThere(ref: Ref & { revision?: number }): LtmcError {
  const name =
    ref.revision === undefined ? formatRef(ref.kind, ref.id) : formatRevisionRef(ref.id, ref.revision);
  return new LtmcError(
    'not_found',
    `Expected something that is stored; there is no ${name}.`,
    'Take the ref from an answer: the searches and list_memories name what there is.',
  );
}
