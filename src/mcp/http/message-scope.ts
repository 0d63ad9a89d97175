import type { AccessScope } from '../../access-scope.ts';
import { tools } from '../../tools/index.ts';
import { listedName } from '../tool-spellings.ts';

const toolScopes = new Map(tools.map(({ name, access }) => [name, access]));

/**
 * What a JSON-RPC message needs: a call what its tool says, by whatever spelling it is called. Everything
 * else looks only. A tool that there is not needs nothing: nothing will be called.
 */
export function scopeOfMessage(message: unknown): AccessScope | null {
  const { method, params } = (message ?? {}) as { method?: unknown; params?: { name?: unknown } };
  if (method !== 'tools/call' || typeof params?.name !== 'string') return null;
  return toolScopes.get(listedName(params.name)) ?? null;
}
