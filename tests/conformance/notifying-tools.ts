import { setTimeout as wait } from 'node:timers/promises';
import { inputRequired, type McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { textContent } from './simple-tools.ts';

/** The suite wants about this much time between two notifications. */
const betweenMs = 50;

/** Tools that tell something before they answer, or break their stream. */
export function registerNotifyingTools(server: McpServer): void {
  server.registerTool('test_tool_with_progress', { description: 'Tells its progress' }, async (context) => {
    for (const progress of [0, 50, 100]) {
      await tellProgress(context, progress);
      await wait(betweenMs);
    }
    return textContent('done');
  });
  server.registerTool('test_tool_with_logging', { description: 'Logs' }, async (context) => {
    for (const message of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await context.mcpReq.log('info', message);
      await wait(betweenMs);
    }
    return textContent('done');
  });
  server.registerTool('test_logging_tool', { description: 'Logs once' }, async (context) => {
    await context.mcpReq.log('info', 'Tool execution');
    return textContent('done');
  });
  server.registerTool(
    'test_streaming_elicitation',
    { description: 'Notifies, then asks' },
    async (context) => {
      await tellProgress(context, 0);
      return inputRequired({
        inputRequests: {
          name: inputRequired.elicit({
            message: 'What is your name?',
            requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
          }),
        },
      });
    },
  );
  server.registerTool('test_reconnection', { description: 'Breaks its stream' }, async (context) => {
    context.http?.closeSSE?.();
    await wait(betweenMs);
    return textContent('Sent after the client came back.');
  });
}

async function tellProgress({ mcpReq }: ServerContext, progress: number): Promise<void> {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return;
  await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
}
