import type { ElicitRequestFormParams, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { textContent } from './simple-tools.ts';

type Schema = ElicitRequestFormParams['requestedSchema'];

/** Tools that ask the client while they run, as the protocol before 2026-07-28 does it. */
export function registerLegacyTools(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'Asks the model of the client', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const { content } = await mcpReq.requestSampling({
        messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
        maxTokens: 100,
      });
      return textContent(`LLM response: ${JSON.stringify(content)}`);
    },
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, { mcpReq }) => {
      const { action, content } = await mcpReq.elicitInput({
        message,
        requestedSchema: {
          type: 'object',
          properties: {
            username: { type: 'string', description: "User's response" },
            email: { type: 'string', description: "User's email address" },
          },
          required: ['username', 'email'],
        },
      });
      return textContent(`User response: action=${action}, content=${JSON.stringify(content ?? {})}`);
    },
  );
  const asking = (name: string, properties: Schema['properties']) =>
    server.registerTool(name, { description: 'Asks the user' }, async ({ mcpReq }) => {
      const { action, content } = await mcpReq.elicitInput({
        message: 'Please fill this in',
        requestedSchema: { type: 'object', properties },
      });
      return textContent(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`);
    });
  asking('test_elicitation_sep1034_defaults', {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  });
  const options = ['option1', 'option2', 'option3'];
  const titled = (titles: string[]) => titles.map((title, index) => ({ const: `value${index + 1}`, title }));
  asking('test_elicitation_sep1330_enums', {
    untitledSingle: { type: 'string', enum: options },
    titledSingle: { type: 'string', oneOf: titled(['First Option', 'Second Option', 'Third Option']) },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
    titledMulti: {
      type: 'array',
      items: { anyOf: titled(['First Choice', 'Second Choice', 'Third Choice']) },
    },
  });
}
