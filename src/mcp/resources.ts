import type { Resource, ResourceTemplateType } from '@modelcontextprotocol/server';
import { formatRef } from '../ids.ts';

const mimeType = 'application/json';
const statusUri = 'ltmc://status';

export const resources: Resource[] = [
  {
    uri: statusUri,
    name: 'status',
    title: 'Status',
    description: 'What memory_status says.',
    mimeType,
  },
];

export const resourceTemplates: ResourceTemplateType[] = [
  {
    uriTemplate: 'ltmc://memory/{id}',
    name: 'memory',
    title: 'Memory',
    description: 'What get_memory gives for a memory.',
    mimeType,
  },
  {
    uriTemplate: 'ltmc://pattern/{id}',
    name: 'pattern',
    title: 'Code attempt',
    description: 'What get_memory gives for a code attempt.',
    mimeType,
  },
];

/**
 * The tool call that gives a resource; null for a URI that names none. There are these three forms and no other,
 * so no URI can reach a file.
 */
export function callForResource(uri: string): { tool: string; args: Record<string, unknown> } | null {
  if (uri === statusUri) return { tool: 'memory_status', args: {} };
  const match = /^ltmc:\/\/(memory|pattern)\/([1-9][0-9]{0,15})$/.exec(uri);
  const id = Number(match?.[2]);
  if (match === null || !Number.isSafeInteger(id)) return null;
  return { tool: 'get_memory', args: { ref: formatRef(match[1] as 'memory' | 'pattern', id) } };
}

export function jsonResource(uri: string, value: Record<string, unknown>) {
  return { contents: [{ uri, mimeType, text: JSON.stringify(value) }] };
}
