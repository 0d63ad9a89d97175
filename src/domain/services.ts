import type { ContextBuilder } from './built-context.ts';
import type { Chats } from './chats.ts';
import type { CodePatterns } from './code-patterns.ts';
import type { ContextLinks } from './context-links.ts';
import type { DocumentLinking } from './document-linking.ts';
import type { Graph } from './graph.ts';
import type { Ingestion } from './ingestion.ts';
import type { KnownFailures } from './known-failures.ts';
import type { Memories } from './memories.ts';
import type { MemoryCatalog } from './memory-catalog.ts';
import type { MemoryUpdates } from './memory-updates.ts';
import type { Metrics } from './metrics.ts';
import type { PatternAccuracy } from './pattern-accuracy.ts';
import type { PatternAnalysis } from './pattern-analysis.ts';
import type { Questions } from './questions.ts';
import type { Reading } from './reading.ts';
import type { Removals } from './removals.ts';
import type { ServerStatus } from './server-status.ts';
import type { Todos } from './todos.ts';

/** What the tools work with. Made in make-services.ts. */
export interface Services {
  memories: Memories;
  catalog: MemoryCatalog;
  reading: Reading;
  updates: MemoryUpdates;
  removals: Removals;
  ingestion: Ingestion;
  questions: Questions;
  contextBuilder: ContextBuilder;
  chats: Chats;
  todos: Todos;
  links: ContextLinks;
  graph: Graph;
  documentLinking: DocumentLinking;
  codePatterns: CodePatterns;
  patternAnalysis: PatternAnalysis;
  knownFailures: KnownFailures;
  status: ServerStatus;
  metrics: Metrics;
  patternAccuracy: PatternAccuracy;
}
