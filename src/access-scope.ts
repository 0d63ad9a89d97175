/** What a token may do: look; also add and change; also remove for good. Each holds those before it. */
export const accessScopes = ['read', 'write', 'admin'] as const;
export type AccessScope = (typeof accessScopes)[number];

/** The scopes that one scope holds. */
export function heldScopes(scope: AccessScope): AccessScope[] {
  return accessScopes.slice(0, accessScopes.indexOf(scope) + 1);
}
