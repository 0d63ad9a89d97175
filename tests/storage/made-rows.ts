import { createHash } from 'node:crypto';
import type {
  AttemptPlacement,
  NewAttempt,
  NewChunk,
  NewMessage,
  NewResource,
  NewTodo,
  SearchInput,
} from '../../src/domain/ports.ts';
import { searchText } from '../../src/domain/words.ts';
import { vectorOfText } from './made-vectors.ts';

/** The model file that made rows name. */
export const modelHash = createHash('sha256').update('a model').digest('hex');
export const otherModelHash = createHash('sha256').update('another model').digest('hex');

/** 2026-01-02 03:04:05 UTC. */
export const madeAtMs = 1_767_323_045_000;

interface ResourceSettings extends Partial<Omit<NewResource, 'chunks'>> {
  /** One chunk each; together they are the whole text. */
  texts?: string[];
  /** The vector of a text; null: pending. Default: vectorOfText. */
  vectorOf?: (text: string, index: number) => Float32Array | null;
}

/** A resource whose chunks are the given texts, end to end. */
export function newResource({ texts = ['A made text.'], vectorOf, ...given }: ResourceSettings): NewResource {
  let end = 0;
  const chunks = texts.map((text, i): NewChunk => {
    const start = end;
    end += text.length;
    const vector = vectorOf === undefined ? vectorOfText(text) : vectorOf(text, i);
    return { text, start, end, searchText: searchText(text), vector };
  });
  return {
    project: null,
    fileName: 'notes.md',
    resourceType: 'document',
    tags: [],
    metadata: null,
    origin: 'agent',
    createdAt: { text: new Date(madeAtMs).toISOString(), ms: madeAtMs },
    contentHash: createHash('sha256').update(texts.join('')).digest('hex'),
    chunks,
    modelHash: chunks.some((chunk) => chunk.vector !== null) ? modelHash : null,
    replace: false,
    ...given,
  };
}

/** An attempt with a vector for its prompt and one for its code, and one for its lesson where there is one. */
export function newAttempt(given: Partial<NewAttempt> = {}): NewAttempt {
  const inputPrompt = given.inputPrompt ?? 'reverse the words of a sentence';
  const generatedCode =
    given.generatedCode ?? 'export const reverse = (s) => s.split(" ").reverse().join(" ");';
  const lesson = given.lesson ?? null;
  return {
    project: null,
    functionName: null,
    fileName: null,
    moduleName: null,
    inputPrompt,
    generatedCode,
    result: 'pass',
    executionTimeMs: null,
    errorMessage: null,
    errorKind: null,
    errorSignature: null,
    lesson,
    testCommand: null,
    commit: null,
    tags: [],
    usedPatternIds: [],
    fixesPatternId: null,
    origin: 'agent',
    createdAt: { text: new Date(madeAtMs).toISOString(), ms: madeAtMs },
    codeKey: `code of ${generatedCode}`,
    promptKey: `prompt of ${inputPrompt}`,
    nameKey: given.functionName?.toLowerCase() ?? null,
    language: null,
    searchText: searchText(`${inputPrompt}\n${generatedCode}`),
    embeddings: [
      { role: 'prompt', vector: vectorOfText(inputPrompt) },
      { role: 'code', vector: vectorOfText(generatedCode) },
      ...(lesson === null ? [] : [{ role: 'lesson' as const, vector: vectorOfText(lesson) }]),
    ],
    modelHash,
    ...given,
  };
}

export function newMessage(given: Partial<NewMessage> & { content: string }): NewMessage {
  return {
    project: null,
    conversationId: 'a conversation',
    role: 'user',
    agentName: null,
    sourceTool: null,
    metadata: null,
    origin: 'user',
    createdAt: { text: new Date(madeAtMs).toISOString(), ms: madeAtMs },
    searchText: searchText(given.content),
    vector: vectorOfText(given.content),
    modelHash,
    ...given,
  };
}

export function newTodo(given: Partial<NewTodo> & { title: string }): NewTodo {
  return {
    project: null,
    description: '',
    priority: 'medium',
    origin: 'agent',
    createdAt: { text: new Date(madeAtMs).toISOString(), ms: madeAtMs },
    searchText: searchText(`${given.title}\n${given.description ?? ''}`),
    vector: vectorOfText(given.title),
    modelHash,
    ...given,
  };
}

/** A new family and no links. */
export const alone = (): AttemptPlacement => ({ familyId: null, links: [] });

export function query(given: Partial<SearchInput>): SearchInput {
  return { words: [], vector: null, ...given };
}
