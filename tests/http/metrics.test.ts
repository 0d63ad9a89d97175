import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder, startServer } from '../mcp/start-server.ts';
import { clientHeaders, modernCall, type RunningHttpServer, startHttpServer } from './http-server-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The samples of /metrics by name and labels. */
async function samples(server: RunningHttpServer): Promise<Map<string, number>> {
  const reply = await server.send({ path: '/metrics', headers: clientHeaders(server.token) });
  expect(reply.status).toBe(200);
  expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = reply.body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of lines) expect(line).toMatch(/^ltmc_[a-z_]+(\{([a-z]+="[^"\\]*",?)+\})? [\d.e+-]+$/);
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

const attempt = {
  input_prompt: 'Sort words by length',
  generated_code: 'sorted(words, key=len)',
  result: 'pass',
};

test('counts calls, refusals and time of each tool, of every process, over restarts', async () => {
  const first = await startHttpServer({ folder });
  await first.send(modernCall(first.token, 'log_code_attempt', attempt));
  await first.send(modernCall(first.token, 'log_code_attempt', { ...attempt, result: 'perhaps' }));
  await first.send(modernCall(first.token, 'no_such_tool', {}));
  const before = await samples(first);
  expect(before.get('ltmc_tool_calls_total{tool="log_code_attempt"}')).toBe(2);
  expect(before.get('ltmc_tool_errors_total{tool="log_code_attempt"}')).toBe(1);
  expect(before.get('ltmc_tool_call_duration_seconds_count{tool="log_code_attempt"}')).toBe(2);
  expect(before.get('ltmc_tool_call_duration_seconds_bucket{le="+Inf",tool="log_code_attempt"}')).toBe(2);
  expect(before.get('ltmc_embeddings_total')).toBeGreaterThanOrEqual(2);
  expect(before.get('ltmc_embedding_seconds_total')).toBeGreaterThan(0);
  expect(before.get('ltmc_vector_ids_issued_total')).toBe(2);
  expect(before.get('ltmc_vector_id_collisions_total')).toBe(0);
  expect(before.get('ltmc_pending_vectors')).toBe(0);
  expect(before.get('ltmc_database_bytes')).toBeGreaterThan(0);
  expect([...before.keys()].join()).not.toContain('no_such_tool');
  await first.stop();

  const stdio = await startServer({ folder });
  await stdio.answer('log_code_attempt', attempt);
  const { counters } = await stdio.answer('memory_status');
  expect(counters).toMatchObject({ calls: 3, errors: 1, vector_ids_issued: 4, id_collisions: 0 });
  await stdio.stop();

  const second = await startHttpServer({ folder });
  const after = await samples(second);
  expect(after.get('ltmc_tool_calls_total{tool="log_code_attempt"}')).toBe(3);
  expect(after.get('ltmc_tool_calls_total{tool="memory_status"}')).toBe(1);
  // Buckets rise to the count.
  const buckets = [...after].filter(([name]) => /_bucket\{.*"log_code_attempt"/.test(name)).map(([, n]) => n);
  expect(buckets).toEqual([...buckets].sort((one, other) => one - other));
  expect(buckets.at(-1)).toBe(3);
  await second.stop();
});

test('tells how often attempts passed, all and those that named what they started from', async () => {
  const server = await startHttpServer({ folder });
  // Each a code of its own: the same code with another result would be flaky, which is counted apart.
  let attempts = 0;
  const log = async (more: Record<string, unknown>) => {
    const generated_code = `${attempt.generated_code}\nversion = ${++attempts}`;
    const reply = await server.send(
      modernCall(server.token, 'log_code_attempt', { ...attempt, generated_code, ...more }),
    );
    return reply.json.result.structuredContent.pattern_id as number;
  };
  expect((await samples(server)).has('ltmc_pattern_success_ratio')).toBe(false);
  const failed = await log({ result: 'fail', error_message: 'TypeError: no len()' });
  await log({ result: 'fail', error_message: 'ConnectionError: no network', error_kind: 'environment' });
  const passed = await log({});
  await log({ used_pattern_ids: [passed] });
  await log({ used_pattern_ids: [passed, failed] });
  await log({ used_pattern_ids: [failed], result: 'fail', error_message: 'NameError: len' });
  const told = await samples(server);
  expect(told.get('ltmc_pattern_success_ratio')).toBeCloseTo(3 / 5);
  expect(told.get('ltmc_pattern_retrieval_accuracy_ratio')).toBeCloseTo(2 / 3);
  expect(told.get('ltmc_pattern_attempts{result="pass",informed="true"}')).toBe(2);
  const status = await server.send(modernCall(server.token, 'memory_status', {}));
  expect(status.json.result.structuredContent.counters).toMatchObject({
    pattern_success_rate: 0.6,
    pattern_accuracy: 0.667,
  });
  await server.stop();
});

test('the probe finds attempts by their own prompts', async () => {
  const server = await startHttpServer({ folder });
  for (const task of ['Sort words by length', 'Parse an ISO date', 'Reverse a linked list']) {
    await server.send(modernCall(server.token, 'log_code_attempt', { ...attempt, input_prompt: task }));
  }
  expect((await samples(server)).get('ltmc_pattern_self_retrieval_ratio')).toBe(1);
  await server.stop();
});

test('a vector id that would be given twice is refused, nothing is stored, and it is counted', async () => {
  const server = await startHttpServer({ folder });
  await server.send(modernCall(server.token, 'log_code_attempt', attempt));
  // What a restored table or a foreign writer could do.
  const database = new Sqlite(join(folder, 'ltmc.db'));
  database.exec('UPDATE VectorIdSequence SET last_vector_id = 0');
  database.close();
  const reply = await server.send(modernCall(server.token, 'log_code_attempt', attempt));
  expect(JSON.parse(reply.json.result.content[0].text).code).toBe('vector_id_collision');
  const told = await samples(server);
  expect(told.get('ltmc_vector_id_collisions_total')).toBe(1);
  expect(told.get('ltmc_pattern_attempts{result="pass",informed="false"}')).toBe(1);
  await server.stop();
});
