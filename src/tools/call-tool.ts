import { defined } from '../defined.ts';
import { LtmcError } from '../errors.ts';
import { adviceOf, parseCall, refusal } from './parse-call.ts';
import type { CallContext, Tool } from './tool.ts';

/**
 * One call from raw arguments to the answer that goes to the client. Arguments are judged before the context
 * is opened. Throws LtmcError for what the caller or the surroundings did wrong, and QuestionForUser; anything
 * else that is thrown, an answer that its own schema refuses included, is our fault.
 */
export async function callTool(
  tool: Tool,
  rawArguments: unknown,
  openContext: () => Promise<CallContext>,
): Promise<Record<string, unknown>> {
  let notices: string[] = [];
  try {
    const parsed = parseCall(tool, rawArguments);
    notices = parsed.notices;
    const context = await openContext();
    const answer = defined({
      success: true,
      ...(await tool.handler(parsed.args as never, context)),
      notices: notices.length === 0 ? undefined : notices,
    });
    assertPromised(tool, answer);
    return answer;
  } catch (thrown) {
    throw withExample(tool, thrown, notices);
  }
}

/** Names the places alone: the values may be stored text. */
function assertPromised(tool: Tool, answer: Record<string, unknown>): void {
  const checked = tool.output.safeParse(answer);
  if (checked.success) return;
  const places = checked.error.issues.map((issue) => `${issue.path.join('.')} (${issue.code})`);
  throw new Error(`${tool.name} made an answer that its output schema refuses: ${places.join(', ')}`);
}

/** A refusal that was found behind the schema shows a valid call too. */
function withExample(tool: Tool, thrown: unknown, notices: readonly string[]): unknown {
  if (!(thrown instanceof LtmcError)) return thrown;
  if (thrown.code !== 'invalid_argument' && thrown.code !== 'too_large') return thrown;
  if (thrown.example?.name === tool.name) return thrown;
  return refusal(tool, thrown.code, thrown.message, `${thrown.hint} ${adviceOf(notices)}`);
}
