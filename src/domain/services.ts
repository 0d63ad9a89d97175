import type { CodePatterns } from './code-patterns.ts';
import type { Ingestion } from './ingestion.ts';
import type { Memories } from './memories.ts';
import type { MemoryCatalog } from './memory-catalog.ts';
import type { Metrics } from './metrics.ts';
import type { PatternAccuracy } from './pattern-accuracy.ts';
import type { Removals } from './removals.ts';
import type { ServerStatus } from './server-status.ts';

/** What the tools work with. Made in app.ts. */
export interface Services {
  memories: Memories;
  codePatterns: CodePatterns;
  catalog: MemoryCatalog;
  removals: Removals;
  ingestion: Ingestion;
  status: ServerStatus;
  metrics: Metrics;
  patternAccuracy: PatternAccuracy;
}
