/** Names that the Python server gave its tools and that old clients still call; not listed. */
const olderNames = new Map([
  ['store_context_links_tool', 'store_context_links'],
  ['get_context_links_for_message_tool', 'get_context_links_for_message'],
  ['get_messages_for_chunk_tool', 'get_messages_for_chunk'],
  ['get_context_usage_statistics_tool', 'get_context_usage_statistics'],
  ['get_document_relationships_tool', 'get_document_relationships'],
  ['analyze_code_patterns_tool', 'analyze_code_patterns'],
]);

/** The listed name of a tool that is called by an older one. */
export function listedName(called: string): string {
  return olderNames.get(called) ?? called;
}
