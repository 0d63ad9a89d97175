import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { type Caller, QuestionForUser } from '../tools/caller.ts';

/** The answer that a question is asked under. */
const answerKey = 'confirm';

/**
 * The client of one request. `declaredAtStart` is what a client before 2026-07-28 declared when it connected;
 * later ones declare it with each request.
 */
export function callerOf(
  { mcpReq }: ServerContext,
  declaredAtStart: ClientCapabilities | undefined,
  conversationId: () => string,
): Caller {
  const envelope: Record<string, unknown> = mcpReq.envelope ?? {};
  const declared = (envelope[CLIENT_CAPABILITIES_META_KEY] ?? declaredAtStart) as
    | ClientCapabilities
    | undefined;
  return {
    conversationId,
    userAgrees(question) {
      if (!canAskForms(declared)) return null;
      const response = inputResponse(mcpReq.inputResponses, answerKey);
      // What is asked may have changed since: an answer to another question is none.
      if (response.kind === 'missing' || mcpReq.requestState() !== digest(question)) {
        throw new QuestionForUser(question);
      }
      return response.kind === 'elicit' && response.action === 'accept' && response.content?.agree === true;
    },
  };
}

/** The result that makes the client ask its user and then call again. */
export function askingResult({ question }: QuestionForUser) {
  return inputRequired({
    requestState: digest(question),
    inputRequests: {
      [answerKey]: inputRequired.elicit({
        message: question,
        requestedSchema: {
          type: 'object',
          properties: { agree: { type: 'boolean', title: 'Remove it', default: false } },
          required: ['agree'],
        },
      }),
    },
  });
}

/** An empty declaration means forms, as it did before there was anything else. */
function canAskForms(declared: ClientCapabilities | undefined): boolean {
  const elicitation = declared?.elicitation;
  if (elicitation === undefined) return false;
  return 'form' in elicitation || !('url' in elicitation);
}

function digest(question: string): string {
  // Not imported: it takes milliseconds of each start, and few servers ask anything.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(question).digest('hex');
}
