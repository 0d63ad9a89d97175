/**
 * What an answer costs a client's model: tokens of the whole text block of retrieve_memory and
 * get_code_patterns with their default arguments, on public data, as a large model's tokenizer counts them
 * (o200k_base) and as the embedding model's does (WordPiece, which makes a token of each quote and backslash).
 *
 *     npm run bench:answer-size -- DATA_DIR
 *
 * DATA_DIR holds nl2code/ (CodeRAG-Bench), devbench/ and replay/ (logs of noahshinn/reflexion).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OnnxEmbedder } from '../src/embedding/onnx-embedder.ts';
import { packageRoot } from '../src/package-root.ts';
import { largeModelTokens } from './large-model-tokens.ts';
import { machine, median, printTable, quantile } from './measure.ts';
import { StdioServer } from './stdio-server.ts';
import './usage.ts';

const rowsStored = 400;
const questionsAsked = 150;

const folder = process.argv[2];
if (folder === undefined) {
  console.error('Usage: answer-size DATA_DIR');
  process.exit(2);
}

type Row = Record<string, string>;
const lines = (path: string): Row[] =>
  readFileSync(join(folder, path), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);

const embedder = new OnnxEmbedder({});
const tokensOf = await largeModelTokens();
const rows: (string | number)[][] = [];

await measured('retrieve_memory, nl2code', async (server) => {
  for (const { id, text } of lines('nl2code/corpus.jsonl').slice(0, rowsStored)) {
    await server.call('store_memory', { file_name: id, content: text, resource_type: 'code' });
  }
  return lines('nl2code/queries.jsonl').map(({ text }) => ['retrieve_memory', { query: text }]);
});
await measured('retrieve_memory, devbench', async (server) => {
  const { memories, queries } = JSON.parse(readFileSync(join(folder, 'devbench', 'devbench.json'), 'utf8'));
  for (const { id, content } of memories as Row[])
    await server.call('store_memory', { file_name: id, content });
  return (queries as Row[]).map(({ question }) => ['retrieve_memory', { query: question }]);
});
await measured('get_code_patterns, replay', async (server) => {
  const step = 5;
  for (const attempt of lines('replay/corpus.jsonl').filter((_, i) => i % step === 0)) {
    const { function_name, input_prompt, generated_code, result } = attempt;
    await server.call('log_code_attempt', { function_name, input_prompt, generated_code, result });
  }
  return lines('replay/queries.jsonl').map(({ text }) => ['get_code_patterns', { query: text }]);
});
await embedder.close();

console.log(machine());
console.log(`\nTokens of an answer, default arguments, ${questionsAsked} questions at most\n`);
printTable(['answer', 'median', 'p95', 'largest', 'median in word pieces'], rows);

async function measured(
  name: string,
  prepare: (server: StdioServer) => Promise<(string | Record<string, unknown>)[][]>,
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'ltmc-bench-'));
  const server = new StdioServer([process.execPath, join(packageRoot, 'dist', 'cli.js'), 'serve'], {
    HOME: home,
    XDG_CONFIG_HOME: home,
    LTMC_DB: join(home, 'ltmc.db'),
  });
  await server.initialize();
  const questions = await prepare(server);
  const every = Math.max(1, Math.floor(questions.length / questionsAsked));
  const texts: string[] = [];
  for (const [tool, args] of questions.filter((_, i) => i % every === 0).slice(0, questionsAsked)) {
    texts.push(JSON.stringify(await server.call(tool as string, args as Record<string, unknown>)));
  }
  await server.end();
  rmSync(home, { recursive: true, force: true });
  const tokens = texts.map(tokensOf);
  const wordPieces = await embedder.countTokens(texts);
  rows.push([name, median(tokens), quantile(tokens, 0.95), Math.max(...tokens), median(wordPieces)]);
}
