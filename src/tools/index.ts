import { getCodePatterns } from './get-code-patterns.ts';
import { getMemory } from './get-memory.ts';
import { logCodeAttempt } from './log-code-attempt.ts';
import { memoryStatus } from './memory-status.ts';
import { retrieveMemory } from './retrieve-memory.ts';
import { storeMemory } from './store-memory.ts';
import type { Tool } from './tool.ts';

/** Every tool, in the order in which clients see them. */
export const tools: readonly Tool[] = [
  storeMemory,
  retrieveMemory,
  getMemory,
  memoryStatus,
  logCodeAttempt,
  getCodePatterns,
];
