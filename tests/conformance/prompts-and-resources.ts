import {
  completable,
  inputRequired,
  inputResponse,
  type McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { askFor } from './asking-tools.ts';
import { png } from './simple-tools.ts';

function user(text: string) {
  return { role: 'user' as const, content: { type: 'text' as const, text } };
}

export function registerPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'A text' }, async () => ({
    messages: [user('This is a simple prompt for testing.')],
  }));
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'A text with two arguments',
      argsSchema: z.object({
        arg1: completable(z.string(), (value) => ['paris', 'park'].filter((word) => word.startsWith(value))),
        arg2: z.string(),
      }),
    },
    async ({ arg1, arg2 }) => ({ messages: [user(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A resource', argsSchema: z.object({ resourceUri: z.string() }) },
    async ({ resourceUri }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: {
              uri: resourceUri,
              mimeType: 'text/plain',
              text: 'Embedded resource content for testing.',
            },
          },
        },
        user('Please process the embedded resource above.'),
      ],
    }),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'An image' }, async () => ({
    messages: [
      { role: 'user', content: { type: 'image', data: png, mimeType: 'image/png' } },
      user('Please analyze the image above.'),
    ],
  }));
  server.registerPrompt('test_input_required_result_prompt', { description: 'Asks' }, async ({ mcpReq }) => {
    const response = inputResponse(mcpReq.inputResponses, 'user_context');
    if (response.kind !== 'elicit') {
      return inputRequired({
        inputRequests: { user_context: askFor('What context should the prompt use?', 'context', 'string') },
      });
    }
    return { messages: [user(`Context: ${JSON.stringify(response.content)}`)] };
  });
}

export function registerResources(server: McpServer): void {
  const text = (uri: string, words: string) => ({ contents: [{ uri, mimeType: 'text/plain', text: words }] });
  server.registerResource(
    'static text',
    'test://static-text',
    { description: 'A text', mimeType: 'text/plain' },
    async (uri) => text(uri.href, 'This is the content of the static text resource.'),
  );
  server.registerResource(
    'static binary',
    'test://static-binary',
    { description: 'An image', mimeType: 'image/png' },
    async (uri) => ({ contents: [{ uri: uri.href, mimeType: 'image/png', blob: png }] }),
  );
  server.registerResource(
    'watched',
    'test://watched-resource',
    { description: 'A text that may change', mimeType: 'text/plain' },
    async (uri) => text(uri.href, 'Watched.'),
  );
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'Data by id', mimeType: 'application/json' },
    async (uri, { id }) => ({
      contents: [
        {
          uri: uri.href,
          mimeType: 'application/json',
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
        },
      ],
    }),
  );
}
