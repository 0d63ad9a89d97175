/** What the main thread and a worker, a thread or a process, say to each other. One request at a time, each with one answer. */
import type { TokenMap } from '../domain/ports.ts';

/** Given to the worker when it is started. */
export interface WorkerSettings {
  modelDir: string;
  shippedModelDir: string;
  /** Whether it works on loads, behind everything else. */
  isForLoads: boolean;
}

/** What a thread is started with; a process gets its settings as a word. */
export interface ThreadData {
  settings: WorkerSettings;
  /** Of a NativeCalls. */
  nativeCalls: SharedArrayBuffer;
}

export type WorkerRequest =
  /** Loads the tokenizer, or the tokenizer and the model. */
  | { kind: 'load'; what: 'tokenizer' | 'model' }
  | { kind: 'embed'; text: string }
  | { kind: 'map'; text: string }
  | { kind: 'count'; texts: string[] }
  /** Gives the model back and ends the worker; answered by its exit. */
  | { kind: 'end' };

export interface LoadedModel {
  modelHash: string;
  /** Model files whose vectors may be compared with this one's, itself among them. */
  compatibleModelHashes: string[];
}

export type WorkerAnswer =
  | { kind: 'loaded'; model: LoadedModel | null }
  | { kind: 'vector'; vector: Float32Array; embeddingMs: number }
  | { kind: 'map'; map: TokenMap }
  | { kind: 'counts'; counts: number[] }
  | { kind: 'failed'; message: string; hint: string; detail: string };
