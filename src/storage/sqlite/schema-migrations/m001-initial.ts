import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { SchemaMigration } from '../schema-migration.ts';

/** Tables that a Python LTMC also has and whose rows carry `written_by`. */
const guardedTables = [
  'Resources',
  'ChatHistory',
  'ContextLinks',
  'Summaries',
  'Todos',
  'CodePatterns',
  'VectorIdSequence',
] as const;

const refusal =
  'This database was moved to the new LTMC and can no longer be written by the old Python server: ' +
  'stop that server and point its clients to the command ltmc';

/**
 * The first schema. The Python reference's tables keep their names and columns, so that an old SQL query
 * still answers; its NOT NULLs and its CHECK on `result` are not kept, because migrated rows may break them.
 * What is new has tables of its own or nullable columns. docs/data-model.md explains every column.
 */
const tables = `
CREATE TABLE StoreInfo (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  store_id TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  oldest_writer INTEGER NOT NULL,
  last_change INTEGER NOT NULL,
  mask_key BLOB NOT NULL,
  created_at TEXT NOT NULL,
  vectors_key TEXT
);

CREATE TABLE SchemaMigrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at TEXT NOT NULL,
  program_version TEXT NOT NULL
);

CREATE TABLE VectorIdSequence (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  last_vector_id INTEGER DEFAULT 0,
  written_by TEXT
);

CREATE TABLE Embeddings (
  vector_id INTEGER PRIMARY KEY,
  owner_kind TEXT NOT NULL,
  owner_id INTEGER NOT NULL,
  role TEXT NOT NULL,
  dimensions INTEGER NOT NULL,
  model_hash TEXT,
  vector BLOB,
  project TEXT,
  visible INTEGER NOT NULL DEFAULT 1,
  change_number INTEGER NOT NULL,
  start_offset INTEGER,
  end_offset INTEGER
);
CREATE INDEX EmbeddingsByOwner ON Embeddings (owner_kind, owner_id);
CREATE INDEX EmbeddingsByChange ON Embeddings (change_number);
CREATE INDEX EmbeddingsPending ON Embeddings (vector_id) WHERE vector IS NULL;
CREATE INDEX EmbeddingsByProject ON Embeddings (project);

CREATE TABLE RemovedVectors (
  vector_id INTEGER PRIMARY KEY,
  change_number INTEGER NOT NULL
);
CREATE INDEX RemovedVectorsByChange ON RemovedVectors (change_number);

CREATE TABLE Resources (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  file_name TEXT,
  type TEXT,
  created_at TEXT,
  created_at_ms INTEGER,
  project TEXT,
  tags TEXT,
  metadata TEXT,
  origin TEXT,
  content_hash TEXT,
  revision INTEGER,
  archived INTEGER,
  superseded_by INTEGER REFERENCES Resources (id),
  written_by TEXT
);
CREATE INDEX ResourcesByFileName ON Resources (file_name, project);
CREATE INDEX ResourcesSuperseded ON Resources (superseded_by) WHERE superseded_by IS NOT NULL;

CREATE TABLE ResourceRevisions (
  resource_id INTEGER NOT NULL REFERENCES Resources (id),
  revision INTEGER NOT NULL,
  content_hash TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (resource_id, revision)
);

CREATE TABLE ResourceChunks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  resource_id INTEGER REFERENCES Resources (id),
  chunk_text TEXT,
  vector_id INTEGER UNIQUE REFERENCES Embeddings (vector_id) DEFERRABLE INITIALLY DEFERRED,
  generation_method TEXT,
  archived INTEGER,
  revision INTEGER,
  start_offset INTEGER,
  end_offset INTEGER
);
CREATE INDEX ResourceChunksByResource ON ResourceChunks (resource_id);

CREATE TABLE ChatHistory (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation_id TEXT,
  role TEXT,
  content TEXT,
  timestamp TEXT,
  timestamp_ms INTEGER,
  agent_name TEXT,
  metadata TEXT,
  source_tool TEXT,
  project TEXT,
  is_query INTEGER,
  archived INTEGER,
  origin TEXT,
  written_by TEXT
);
CREATE INDEX ChatHistoryBySession ON ChatHistory (conversation_id, project, id, is_query, length(content));

CREATE TABLE ContextLinks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id INTEGER REFERENCES ChatHistory (id),
  chunk_id INTEGER REFERENCES ResourceChunks (id),
  written_by TEXT
);
CREATE INDEX ContextLinksByMessage ON ContextLinks (message_id);
CREATE INDEX ContextLinksByChunk ON ContextLinks (chunk_id);

CREATE TABLE Summaries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  resource_id INTEGER REFERENCES Resources (id),
  doc_id TEXT,
  summary_text TEXT,
  model TEXT,
  created_at TEXT,
  created_at_ms INTEGER,
  written_by TEXT
);
CREATE INDEX SummariesByResource ON Summaries (resource_id);

CREATE TABLE Todos (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT,
  description TEXT,
  priority TEXT,
  completed BOOLEAN DEFAULT 0,
  created_at TEXT,
  created_at_ms INTEGER,
  completed_at TEXT,
  completed_at_ms INTEGER,
  project TEXT,
  archived INTEGER,
  origin TEXT,
  written_by TEXT
);

CREATE TABLE PatternFamilies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT,
  representative_id INTEGER
);

CREATE TABLE CodePatterns (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  function_name TEXT,
  file_name TEXT,
  module_name TEXT,
  input_prompt TEXT,
  generated_code TEXT,
  result TEXT,
  execution_time_ms INTEGER,
  error_message TEXT,
  tags TEXT,
  created_at TEXT,
  created_at_ms INTEGER,
  vector_id INTEGER UNIQUE REFERENCES Embeddings (vector_id) DEFERRABLE INITIALLY DEFERRED,
  project TEXT,
  origin TEXT,
  lesson TEXT,
  error_kind TEXT,
  kind_derived INTEGER,
  error_signature TEXT,
  test_command TEXT,
  commit_id TEXT,
  code_key TEXT,
  prompt_key TEXT,
  name_key TEXT,
  language TEXT,
  family_id INTEGER REFERENCES PatternFamilies (id),
  repaired_by INTEGER REFERENCES CodePatterns (id),
  archived INTEGER,
  written_by TEXT
);
CREATE INDEX CodePatternsByFamily ON CodePatterns (family_id);
CREATE INDEX CodePatternsByResult ON CodePatterns (result, error_kind);
CREATE INDEX CodePatternsRepaired ON CodePatterns (repaired_by) WHERE repaired_by IS NOT NULL;
CREATE INDEX CodePatternsByCodeKey ON CodePatterns (code_key);
CREATE INDEX CodePatternsByTime ON CodePatterns (created_at_ms);
CREATE INDEX CodePatternsByPromptKey ON CodePatterns (prompt_key, project);
CREATE INDEX CodePatternsByNameKey ON CodePatterns (name_key, project, file_name);
CREATE INDEX CodePatternsByFile ON CodePatterns (file_name, project);
CREATE INDEX CodePatternsByModule ON CodePatterns (module_name, project);
CREATE INDEX CodePatternsByTestCommand ON CodePatterns (test_command, project);

CREATE TABLE CodePatternContext (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pattern_id INTEGER REFERENCES CodePatterns (id),
  context_type TEXT,
  context_id INTEGER,
  similarity_score REAL,
  basis TEXT
);
CREATE INDEX CodePatternContextByPattern ON CodePatternContext (pattern_id);
CREATE INDEX CodePatternContextByContext ON CodePatternContext (context_id, context_type);

CREATE TABLE RetrievalWeights (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  alpha REAL,
  beta REAL,
  gamma REAL,
  delta REAL,
  epsilon REAL
);

CREATE TABLE GraphEdges (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source_id TEXT NOT NULL,
  target_id TEXT NOT NULL,
  relation TEXT NOT NULL,
  weight REAL,
  properties TEXT,
  project TEXT,
  created_at TEXT NOT NULL
);
CREATE UNIQUE INDEX GraphEdgesOnce ON GraphEdges (source_id, target_id, relation, COALESCE(project, ''));
CREATE INDEX GraphEdgesByTarget ON GraphEdges (target_id);

CREATE TABLE Counters (
  name TEXT PRIMARY KEY,
  value REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE VectorIdMap (
  old_id INTEGER,
  new_id INTEGER NOT NULL,
  owner_kind TEXT NOT NULL,
  owner_id INTEGER NOT NULL
);
CREATE TABLE MigratedFrom (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  migrated_at TEXT NOT NULL,
  backup_name TEXT,
  source_sha256 TEXT NOT NULL,
  content_digest TEXT NOT NULL
);
CREATE TABLE MigrationQuarantine (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source_table TEXT NOT NULL,
  source_rowid INTEGER,
  reason TEXT NOT NULL,
  row_json TEXT NOT NULL
);
`;

/** One index of words a kind of row; the rowid is the owner's id. Only rows that may be found are in it. */
const fullText = ['ChunkWords', 'PatternWords', 'MessageWords', 'TodoWords']
  .map(
    (name) => `
CREATE VIRTUAL TABLE ${name} USING fts5(
  words, content='', contentless_delete=1, tokenize='porter unicode61'
);
CREATE VIRTUAL TABLE ${name}Vocabulary USING fts5vocab(${name}, 'row');`,
  )
  .join('\n');

const guards = [
  ...guardedTables.map((table) => ({ table, mark: 'written_by' })),
  { table: 'ResourceChunks', mark: 'generation_method' },
]
  .map(
    ({ table, mark }) => `
CREATE TRIGGER ${table}RefusesOldServer BEFORE INSERT ON ${table} WHEN NEW.${mark} IS NULL
BEGIN SELECT RAISE(ABORT, '${refusal}'); END;`,
  )
  .join('\n');

export const initialSchema: SchemaMigration = {
  version: 1,
  name: 'initial',
  oldestWriter: 1,
  apply(database: Database, { programVersion, nowText }) {
    database.exec(tables);
    database.exec(fullText);
    database.exec(guards);
    database
      .prepare('INSERT INTO StoreInfo VALUES (1, ?, 0, 0, 0, ?, ?, NULL)')
      .run(randomUUID(), randomBytes(32), nowText);
    database
      .prepare('INSERT INTO VectorIdSequence (id, last_vector_id, written_by) VALUES (1, 0, ?)')
      .run(`ltmc ${programVersion}`);
  },
};
