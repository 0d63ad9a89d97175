import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequests,
  inputRequired,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { textContent } from './simple-tools.ts';

interface Round {
  round: number;
}

/** Tools that ask the client for something by an answer that is not the last. */
export function registerAskingTools(server: McpServer, codec: RequestStateCodec<Round>): void {
  const tool = (name: string, answer: (context: ServerContext) => ReturnType<typeof ask>) =>
    server.registerTool(`test_input_required_result_${name}`, { description: `Asks: ${name}` }, answer);

  tool('elicitation', (context) =>
    ask(context, { user_name: askFor('What is your name?', 'name', 'string') }, () =>
      textContent(`Hello, ${accepted(context, 'user_name').name}!`),
    ),
  );
  tool('sampling', (context) =>
    ask(context, { capital_question: sample('What is the capital of France?', 100) }, () =>
      textContent(`Sampled: ${JSON.stringify(context.mcpReq.inputResponses?.capital_question)}`),
    ),
  );
  tool('list_roots', (context) =>
    ask(context, { client_roots: inputRequired.listRoots() }, () =>
      textContent(`Roots: ${JSON.stringify(context.mcpReq.inputResponses?.client_roots)}`),
    ),
  );
  for (const name of ['request_state', 'tampered_state']) {
    tool(name, (context) =>
      ask(
        context,
        { confirm: askFor('Please confirm', 'ok', 'boolean') },
        () => textContent(context.mcpReq.requestState<Round>()?.round === 1 ? 'state-ok' : 'no state'),
        codec.mint({ round: 1 }, context),
      ),
    );
  }
  tool('multiple_inputs', (context) =>
    ask(
      context,
      {
        user_name: askFor('What is your name?', 'name', 'string'),
        greeting: sample('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      () => textContent('All three came.'),
      codec.mint({ round: 1 }, context),
    ),
  );
  tool('multi_round', (context) => {
    const round = context.mcpReq.requestState<Round>()?.round ?? 0;
    const [key, request] =
      round < 1 || (inputResponse(context.mcpReq.inputResponses, 'step1').kind === 'missing' && round < 2)
        ? (['step1', askFor('Step 1: What is your name?', 'name', 'string')] as const)
        : (['step2', askFor('Step 2: What is your favorite color?', 'color', 'string')] as const);
    return ask(
      context,
      { [key]: request },
      () => textContent('Both steps are done.'),
      codec.mint({ round: key === 'step1' ? 1 : 2 }, context),
    );
  });
  tool('capabilities', (context) => {
    const envelope: Record<string, unknown> = context.mcpReq.envelope ?? {};
    const declared = envelope[CLIENT_CAPABILITIES_META_KEY] as Record<string, unknown> | undefined;
    const requests: InputRequests = {};
    if (declared?.sampling !== undefined) requests.sampled = sample('Say something', 50);
    if (declared?.elicitation !== undefined) requests.asked = askFor('What is your name?', 'name', 'string');
    if (Object.keys(requests).length === 0) return Promise.resolve(textContent('Nothing can be asked.'));
    return ask(context, requests, () => textContent('Everything came.'));
  });
  server.registerTool('test_missing_capability', { description: 'Needs sampling' }, (context) =>
    ask(context, { sampled: sample('Say something', 50) }, () => textContent('Sampled.')),
  );
}

export function askFor(message: string, property: string, type: 'string' | 'boolean') {
  return inputRequired.elicit({
    message,
    requestedSchema: {
      type: 'object',
      properties: { [property]: type === 'string' ? { type } : { type } },
      required: [property],
    },
  });
}

function sample(text: string, maxTokens: number) {
  return inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text } }],
    maxTokens,
  });
}

/** Asks until an answer of the right kind came for every request. */
async function ask(
  context: ServerContext,
  inputRequests: InputRequests,
  answer: () => ReturnType<typeof textContent>,
  state?: Promise<string>,
) {
  const missing = Object.keys(inputRequests).some(
    (key) => inputResponse(context.mcpReq.inputResponses, key).kind === 'missing',
  );
  if (!missing) return answer();
  return inputRequired({ inputRequests, ...(state && { requestState: await state }) });
}

function accepted(context: ServerContext, key: string): Record<string, unknown> {
  const response = inputResponse(context.mcpReq.inputResponses, key);
  return (response.kind === 'elicit' && response.content) || {};
}
