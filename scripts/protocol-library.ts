/**
 * What the server takes from the MCP SDK and from zod, on which the SDK is built: one script, so that there is
 * one zod. See kept-library.ts; a build fails that misses a name here.
 */
import './zod-without-jit.ts';

export {
  bearerAuthChallengeResponse,
  CLIENT_CAPABILITIES_META_KEY,
  createMcpHandler,
  DEFAULT_MAX_REQUEST_BODY_SIZE,
  deserializeMessage,
  inputRequired,
  inputResponse,
  isInitializeRequest,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJsonContentType,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  OAuthError,
  OAuthErrorCode,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  serializeMessage,
  validateHostHeader,
  validateOriginHeader,
  verifyBearerToken,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
export { serveStdio } from '@modelcontextprotocol/server/stdio';
export {
  array,
  boolean,
  enum,
  int,
  literal,
  NEVER,
  number,
  object,
  record,
  string,
  unknown,
  ZodArray,
  ZodBoolean,
  ZodDefault,
  ZodEnum,
  ZodNumber,
  ZodObject,
  ZodOptional,
  ZodPipe,
  ZodRecord,
  ZodString,
} from 'zod';
