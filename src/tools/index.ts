import { addTodo } from './add-todo.ts';
import { analyzeCodePatterns } from './analyze-code-patterns.ts';
import { askWithContext } from './ask-with-context.ts';
import { autoLinkDocuments } from './auto-link-documents.ts';
import { buildContext } from './build-context.ts';
import { checkKnownFailures } from './check-known-failures.ts';
import { completeTodo } from './complete-todo.ts';
import { deleteMemory } from './delete-memory.ts';
import { getCodePatterns } from './get-code-patterns.ts';
import { getContextLinksForMessage } from './get-context-links-for-message.ts';
import { getContextUsageStatistics } from './get-context-usage-statistics.ts';
import { getDocumentRelationships } from './get-document-relationships.ts';
import { getMemory } from './get-memory.ts';
import { getMessagesForChunk } from './get-messages-for-chunk.ts';
import { linkResources } from './link-resources.ts';
import { listMemories } from './list-memories.ts';
import { listTodos } from './list-todos.ts';
import { logChat } from './log-chat.ts';
import { logCodeAttempt } from './log-code-attempt.ts';
import { memoryStatus } from './memory-status.ts';
import { queryGraph } from './query-graph.ts';
import { retrieveByType } from './retrieve-by-type.ts';
import { retrieveMemory } from './retrieve-memory.ts';
import { routeQuery } from './route-query.ts';
import { searchTodos } from './search-todos.ts';
import { storeContextLinks } from './store-context-links.ts';
import { storeMemory } from './store-memory.ts';
import type { Tool } from './tool.ts';
import { updateMemory } from './update-memory.ts';

/** Every tool, in the order in which clients see them: what is needed daily comes first. */
export const tools: readonly Tool[] = [
  storeMemory,
  retrieveMemory,
  getMemory,
  updateMemory,
  deleteMemory,
  logCodeAttempt,
  getCodePatterns,
  checkKnownFailures,
  addTodo,
  listTodos,
  completeTodo,
  memoryStatus,
  // less often
  listMemories,
  logChat,
  askWithContext,
  routeQuery,
  buildContext,
  retrieveByType,
  searchTodos,
  storeContextLinks,
  getContextLinksForMessage,
  getMessagesForChunk,
  getContextUsageStatistics,
  linkResources,
  queryGraph,
  autoLinkDocuments,
  getDocumentRelationships,
  analyzeCodePatterns,
];
