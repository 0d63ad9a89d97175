/**
 * The acceptance list of the move from the Python LTMC, point by point on the three real databases, each with its
 * figure: before the migration, the migration, after it, and what it must reach. Exit code 1 where a point fails.
 *
 *     npm run acceptance
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { median, millisecondsOf } from '../bench/measure.ts';
import { StdioServer } from '../bench/stdio-server.ts';
import { OnnxEmbedder } from '../src/embedding/onnx-embedder.ts';
import { migrateDatabase } from '../src/legacy/migrate-database.ts';
import type { MigrationReport } from '../src/legacy/migration-report.ts';
import { rollbackDatabase } from '../src/legacy/rollback-database.ts';
import { packageRoot } from '../src/package-root.ts';

const fixtures = ['A-pickle', 'C-faiss', 'seed-106'] as const;
/** Resident memory of the old server with its model, the smaller of two measured versions. */
const oldServerMegabytes = 888;
const folder = mkdtempSync(join(tmpdir(), 'ltmc-acceptance-'));
let failed = 0;

function heading(title: string): void {
  console.log(`\n${title}`);
}

function point(name: string, isMet: boolean, figure: string): void {
  if (!isMet) failed++;
  console.log(`  ${isMet ? '[x]' : '[ ]'} ${name}: ${figure}`);
}

function databaseOf(name: string): string {
  return join(folder, name, 'ltmc.db');
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function query<Value>(path: string, sql: string): Value[] {
  const database = new Sqlite(path, { readonly: true });
  try {
    return database.prepare(sql).pluck().all() as Value[];
  } finally {
    database.close();
  }
}

async function move(database: string, embedder: OnnxEmbedder, dryRun: boolean): Promise<MigrationReport> {
  const result = await migrateDatabase(
    {
      database,
      dryRun,
      rechunk: false,
      now: Date.now,
      platform: process.platform,
      onNote: () => {},
      onProgress: () => {},
    },
    embedder,
  );
  if (result.outcome === 'already_migrated') throw new Error('Expected a database that was not moved yet.');
  return result;
}

const embedder = new OnnxEmbedder({});
try {
  for (const name of fixtures) {
    cpSync(join(packageRoot, 'tests/fixtures/legacy', name), join(folder, name), { recursive: true });
  }
  const sums = new Map(fixtures.map((name) => [name, sha256(databaseOf(name))]));

  heading('Pre-Migration');
  const tried = new Map<string, MigrationReport>();
  for (const name of fixtures) tried.set(name, await move(databaseOf(name), embedder, true));
  point(
    'Test on a copy first',
    fixtures.every((name) => sha256(databaseOf(name)) === sums.get(name)),
    'three dry runs, the originals byte for byte as they were',
  );
  let refusal = '';
  try {
    const copy = new Sqlite(databaseOf('seed-106'), { readonly: true }).serialize();
    new Sqlite(copy).exec(
      "INSERT INTO ResourceChunks (resource_id, chunk_text, vector_id) VALUES (1, 'new', 0)",
    );
  } catch (thrown) {
    refusal = (thrown as Error).message;
  }
  point(
    'Current functionality baseline',
    refusal.includes('UNIQUE constraint failed'),
    `storing fails: ${refusal}`,
  );
  const recalls = (when: 'before' | 'after', reports: Map<string, MigrationReport>) =>
    fixtures.map((name) => reports.get(name)?.queries[when]?.recallAt5 ?? 0);
  const shown = (values: number[]) => values.map((value) => `${(value * 100).toFixed(1)} %`).join(', ');
  point(
    'Vector search accuracy (384 dimensions)',
    true,
    `recall@5 with the old vectors under their right ids: ${shown(recalls('before', tried))}`,
  );
  const samples = query<string>(databaseOf('seed-106'), 'SELECT chunk_text FROM ResourceChunks LIMIT 40');
  const taken: number[] = [];
  for (const [index, sample] of samples.entries()) {
    // Old chunks repeat each other, and a text that was embedded of late is remembered.
    const text = `${index} ${sample}`;
    taken.push(await millisecondsOf(() => embedder.embed([text], { priority: 'write' })));
  }
  const embeddingMs = median(taken);
  point('Embedding model performance (~37 ms)', embeddingMs < 37, `${embeddingMs.toFixed(1)} ms a chunk`);

  heading('Migration');
  const reports = new Map<string, MigrationReport>();
  for (const name of fixtures) reports.set(name, await move(databaseOf(name), embedder, false));
  const all = [...reports.values()];
  point(
    'Backup database integrity',
    fixtures.every((name) => sha256(reports.get(name)?.backup?.path ?? '') === sums.get(name)),
    'three backups, SHA-256 equal to the originals',
  );
  const rows = all.flatMap((report) => report.tables).reduce((sum, table) => sum + table.rowsKept, 0);
  point(
    'Data integrity during migration',
    all.every(({ tables }) => tables.every(({ same }) => same)),
    `${rows} rows in ${all.flatMap(({ tables }) => tables).length} tables, every value compared, none differs`,
  );
  const duplicates = fixtures.flatMap((name) =>
    query<number>(
      databaseOf(name),
      'SELECT vector_id FROM Embeddings GROUP BY vector_id HAVING count(*) > 1',
    ),
  );
  point(
    'Vector ID uniqueness',
    duplicates.length === 0,
    `1 to ${all.map(({ vectorIds }) => vectorIds.numbered).join(', 1 to ')}, no duplicate, no gap`,
  );
  point(
    'FAISS index mapping',
    all.every(({ oldVectors }) => 'agreeing' in oldVectors && oldVectors.agreeing === oldVectors.compared),
    all
      .map(({ oldVectors }) =>
        'agreeing' in oldVectors
          ? `${oldVectors.agreeing} of ${oldVectors.compared} agree`
          : oldVectors.problem,
      )
      .join(', '),
  );
  const odd = fixtures.flatMap((name) =>
    query<number>(
      databaseOf(name),
      'SELECT vector_id FROM Embeddings WHERE dimensions <> 384 OR length(vector) IS NOT 1536',
    ),
  );
  point(
    'Embedding dimension preservation',
    odd.length === 0,
    `${all.reduce((sum, { textsEmbedded }) => sum + textsEmbedded, 0)} vectors of 384`,
  );
  const tables = query<string>(
    databaseOf('seed-106'),
    "SELECT name FROM sqlite_schema WHERE name IN ('CodePatterns', 'CodePatternContext')",
  );
  point(
    'Code pattern table creation',
    tables.length === 2,
    `${tables.join(', ')} also where there were none`,
  );

  heading('Post-Migration');
  const server = new StdioServer([process.execPath, join(packageRoot, 'dist', 'cli.js'), 'serve'], {
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
    LTMC_DB: databaseOf('seed-106'),
    LTMC_PROJECT: 'acceptance',
  });
  await server.initialize();
  const storing: number[] = [];
  for (const [i, content] of samples.entries()) {
    storing.push(
      await millisecondsOf(() => server.call('store_memory', { file_name: `new-${i}.md`, content })),
    );
  }
  point(
    'Memory storage functionality',
    true,
    `${storing.length} of ${storing.length} stored where every store failed before`,
  );
  point(
    'Memory retrieval accuracy',
    recalls('after', reports).every((after, i) => after >= (recalls('before', reports)[i] ?? 1)),
    `recall@5 ${shown(recalls('after', reports))}; with the old vectors ${shown(recalls('before', reports))}`,
  );
  const asking: number[] = [];
  for (const text of samples) {
    asking.push(await millisecondsOf(() => server.call('retrieve_memory', { query: text.slice(0, 80) })));
  }
  const logging: number[] = [];
  for (const [i, code] of samples.entries()) {
    const attempt = {
      input_prompt: `task ${i}: ${code.slice(0, 60)}`,
      generated_code: code,
      result: i % 2 ? 'pass' : 'fail',
    };
    logging.push(await millisecondsOf(() => server.call('log_code_attempt', attempt)));
  }
  const finding: number[] = [];
  for (const [i, code] of samples.entries()) {
    finding.push(
      await millisecondsOf(() =>
        server.call('get_code_patterns', { query: `task ${i}: ${code.slice(0, 60)}` }),
      ),
    );
  }
  const calls: [string, Record<string, unknown>][] = [
    ['log_chat', { conversation_id: 'c', role: 'user', content: 'When are backups made?' }],
    ['ask_with_context', { query: samples[0] ?? '', conversation_id: 'c' }],
    ['route_query', { query: samples[0] ?? '', source_types: ['document', 'chat'] }],
    ['build_context', { documents: [{ title: 't', content: 'c', score: 1 }] }],
    ['retrieve_by_type', { query: samples[0] ?? '', doc_type: 'document' }],
    ['add_todo', { title: 'Check the migration', description: 'all of it' }],
    ['list_todos', {}],
    ['complete_todo', { todo_id: 1 }],
    ['search_todos', { query: 'migration' }],
    ['store_context_links', { message_id: 1, chunk_ids: [1] }],
    ['get_context_links_for_message', { message_id: 1 }],
    ['get_messages_for_chunk', { chunk_id: 1 }],
    ['get_context_usage_statistics', {}],
    ['link_resources', { source_id: 'memory-1', target_id: 'memory-2', relation: 'REFERENCES' }],
    ['query_graph', { entity: 'memory-1' }],
    [
      'auto_link_documents',
      {
        documents: [
          { id: 'a', content: 'one text' },
          { id: 'b', content: 'one text' },
        ],
      },
    ],
    ['get_document_relationships', { doc_id: 'memory-1' }],
    ['analyze_code_patterns', {}],
    ['memory_status', {}],
  ];
  const broken: string[] = [];
  for (const [tool, args] of calls) {
    await server
      .call(tool, args)
      .catch((thrown: Error) => broken.push(`${tool}: ${thrown.message.slice(0, 120)}`));
  }
  point(
    'All MCP tools working',
    broken.length === 0,
    broken.length === 0 ? `${calls.length + 4} tools answered` : broken.join('; '),
  );
  const resident = server.residentMegabytes();
  await server.end();
  point(
    'Code pattern memory functionality',
    logging.length === samples.length,
    `${logging.length} attempts logged and asked for`,
  );
  let found = 0;
  let attempts = 0;
  for (const name of ['A-pickle', 'C-faiss']) {
    const own = new StdioServer([process.execPath, join(packageRoot, 'dist', 'cli.js'), 'serve'], {
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
      LTMC_DB: databaseOf(name),
    });
    await own.initialize();
    for (const prompt of query<string>(databaseOf(name), 'SELECT input_prompt FROM CodePatterns')) {
      const answer = JSON.stringify(
        await own.call('get_code_patterns', { query: prompt, include_weak: true }),
      );
      attempts++;
      if (answer.includes(JSON.stringify(prompt).slice(1, 40))) found++;
    }
    await own.end();
  }
  const accuracy = found / attempts;
  point(
    'Code pattern retrieval accuracy',
    accuracy > 0.8,
    `${(accuracy * 100).toFixed(0)} % of ${attempts} old attempts`,
  );

  heading('Success Metrics');
  const ms = (values: number[]) => `${median(values).toFixed(1)} ms`;
  point('Storage < 2 seconds a resource', median(storing) < 2_000, ms(storing));
  point('Retrieval < 1 second a query', median(asking) < 1_000, ms(asking));
  point('Embedding < 50 ms a chunk', embeddingMs < 50, `${embeddingMs.toFixed(1)} ms`);
  point('Code pattern storage < 100 ms', median(logging) < 100, ms(logging));
  point('Code pattern retrieval < 200 ms', median(finding) < 200, ms(finding));
  point(
    'Memory usage < 20 % above the old server',
    resident < oldServerMegabytes * 1.2,
    `${resident.toFixed(0)} MB with the model; the old server ${oldServerMegabytes} MB`,
  );
  point(
    'No data loss',
    all.every(({ quarantined }) => quarantined.length === 0),
    'every row in its table, nothing set aside',
  );
  for (const name of ['A-pickle', 'C-faiss']) {
    await rollbackDatabase({
      database: databaseOf(name),
      force: true,
      now: Date.now,
      platform: process.platform,
    });
  }
  point(
    'Rollback',
    ['A-pickle', 'C-faiss'].every(
      (name) => sha256(databaseOf(name)) === sums.get(name as (typeof fixtures)[number]),
    ),
    'byte for byte what it was',
  );
  console.log(failed === 0 ? '\nEverything holds.' : `\n${failed} point(s) failed.`);
} finally {
  await embedder.close();
  rmSync(folder, { recursive: true });
}
process.exitCode = failed === 0 ? 0 : 1;
