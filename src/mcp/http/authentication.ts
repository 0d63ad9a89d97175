import type { IncomingMessage } from 'node:http';
import {
  type AuthInfo,
  bearerAuthChallengeResponse,
  OAuthError,
  OAuthErrorCode,
  verifyBearerToken,
} from '@modelcontextprotocol/server';
import { type AccessScope, heldScopes } from '../../access-scope.ts';

/** Whose token this is, and what it may do; null for a text that is no valid token. */
export type FindToken = (token: string) => { id: string; scope: AccessScope } | null;

/** The SDK asks for an end of each token's validity. Ours end by being revoked; each request asks anew. */
const validForSeconds = 60;

/**
 * Who sends this request? Every request into /mcp and /metrics is asked, also one that names a session. What
 * comes back carries the token's id, never the token. A Response is a refusal: 401, or 403 where the token
 * lacks the scope.
 */
export async function authenticate(
  request: IncomingMessage,
  findToken: FindToken,
  needed: AccessScope,
): Promise<AuthInfo | Response> {
  const requiredScopes = [needed];
  try {
    return await verifyBearerToken(request.headers.authorization, {
      requiredScopes,
      verifier: {
        async verifyAccessToken(token): Promise<AuthInfo> {
          const found = findToken(token);
          if (found === null) throw new OAuthError(OAuthErrorCode.InvalidToken, 'Expected a valid token.');
          return {
            token: found.id,
            clientId: found.id,
            scopes: heldScopes(found.scope),
            expiresAt: Math.ceil(Date.now() / 1000) + validForSeconds,
          };
        },
      },
    });
  } catch (thrown) {
    return bearerAuthChallengeResponse(thrown, { requiredScopes });
  }
}
