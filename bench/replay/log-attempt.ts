import type { StdioServer } from '../stdio-server.ts';
import type { Attempt } from './recorded-attempts.ts';

/** Logs a recorded attempt as a client would. Returns its id. */
export async function logAttempt(server: StdioServer, attempt: Attempt, project: string): Promise<number> {
  const { input_prompt, generated_code, result, function_name } = attempt;
  const logged = await server.call('log_code_attempt', {
    project,
    input_prompt,
    generated_code,
    result,
    function_name,
  });
  return logged.pattern_id as number;
}
