import { ContextBuilder } from './built-context.ts';
import { Chats } from './chats.ts';
import type { Clock } from './clock.ts';
import { CodePatterns } from './code-patterns.ts';
import { ContextLinks } from './context-links.ts';
import { DocumentLinking } from './document-linking.ts';
import { Graph } from './graph.ts';
import { Ingestion } from './ingestion.ts';
import { KnownFailures } from './known-failures.ts';
import { Memories } from './memories.ts';
import { MemoryCatalog } from './memory-catalog.ts';
import { MemoryUpdates } from './memory-updates.ts';
import type { Metrics } from './metrics.ts';
import { PatternAccuracy } from './pattern-accuracy.ts';
import { PatternAnalysis } from './pattern-analysis.ts';
import type { Embedder, Store } from './ports.ts';
import { Questions } from './questions.ts';
import { Reading } from './reading.ts';
import { Recall } from './recall.ts';
import { Removals } from './removals.ts';
import { ServerStatus } from './server-status.ts';
import type { Services } from './services.ts';
import { Todos } from './todos.ts';

/** The domain over one store and one embedder. */
export function makeServices(store: Store, embedder: Embedder, clock: Clock, metrics: Metrics): Services {
  const memories = new Memories(store, embedder, clock);
  const catalog = new MemoryCatalog(store, embedder);
  const codePatterns = new CodePatterns(store, embedder, clock);
  return {
    memories,
    catalog,
    reading: new Reading(store, embedder),
    updates: new MemoryUpdates(store, embedder, clock),
    removals: new Removals(store),
    ingestion: new Ingestion(store, memories, catalog, clock),
    questions: new Questions(new Recall(store, embedder), embedder, clock),
    contextBuilder: new ContextBuilder(embedder),
    chats: new Chats(store, embedder, clock),
    todos: new Todos(store, embedder, clock),
    links: new ContextLinks(store, embedder),
    graph: new Graph(store, embedder, clock),
    documentLinking: new DocumentLinking(store, embedder, clock),
    codePatterns,
    patternAnalysis: new PatternAnalysis(store, clock),
    knownFailures: new KnownFailures(store, embedder),
    status: new ServerStatus(store, embedder),
    metrics,
    patternAccuracy: new PatternAccuracy(store, codePatterns, clock),
  };
}
