import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { temporaryFolder } from '../storage/temporary-folder.ts';

/** The tables of the first public version, as its server makes them. */
export const pythonTables = `
CREATE TABLE Resources (id INTEGER PRIMARY KEY AUTOINCREMENT, file_name TEXT, type TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE ResourceChunks (id INTEGER PRIMARY KEY AUTOINCREMENT, resource_id INTEGER, chunk_text TEXT NOT NULL,
  vector_id INTEGER UNIQUE NOT NULL, FOREIGN KEY (resource_id) REFERENCES Resources (id));
CREATE TABLE ChatHistory (id INTEGER PRIMARY KEY AUTOINCREMENT, conversation_id TEXT NOT NULL, role TEXT NOT NULL,
  content TEXT NOT NULL, timestamp TEXT NOT NULL, agent_name TEXT, metadata TEXT);
CREATE TABLE ContextLinks (id INTEGER PRIMARY KEY AUTOINCREMENT, message_id INTEGER, chunk_id INTEGER,
  FOREIGN KEY (message_id) REFERENCES ChatHistory (id), FOREIGN KEY (chunk_id) REFERENCES ResourceChunks (id));
CREATE TABLE Summaries (id INTEGER PRIMARY KEY AUTOINCREMENT, resource_id INTEGER, doc_id TEXT, summary_text TEXT NOT NULL,
  model TEXT, created_at TEXT NOT NULL, FOREIGN KEY (resource_id) REFERENCES Resources (id));
CREATE TABLE VectorIdSequence (id INTEGER PRIMARY KEY AUTOINCREMENT, last_vector_id INTEGER DEFAULT 0);
CREATE TABLE CodePatterns (id INTEGER PRIMARY KEY AUTOINCREMENT, function_name TEXT, file_name TEXT, module_name TEXT,
  input_prompt TEXT NOT NULL, generated_code TEXT NOT NULL, result TEXT CHECK (result IN ('pass', 'fail', 'partial')),
  execution_time_ms INTEGER, error_message TEXT, tags TEXT, created_at TEXT NOT NULL, vector_id INTEGER UNIQUE,
  FOREIGN KEY (vector_id) REFERENCES ResourceChunks (id));`;

/** One resource with three chunks, a message and a link. */
export const pythonRows = `
INSERT INTO Resources VALUES (1, 'notes.md', 'document', '2025-08-08T10:11:12.131415');
INSERT INTO ResourceChunks VALUES (1, 1, 'The parser reads one line at a time.', 17);
INSERT INTO ResourceChunks VALUES (2, 1, 'Backups are made every night at two.', 3);
INSERT INTO ResourceChunks VALUES (3, 1, 'The cache keeps answers for an hour.', 987651);
INSERT INTO ChatHistory VALUES (1, 'c', 'user', 'When are backups made?', '2025-08-08T10:20:00', NULL, NULL);
INSERT INTO ContextLinks VALUES (1, 1, 2);`;

/** A made-up database of the Python LTMC in a folder of its own. */
export function pythonDatabase(sql: string, tables = pythonTables): { folder: string; path: string } {
  const folder = temporaryFolder();
  const path = join(folder, 'ltmc.db');
  const database = new Sqlite(path);
  database.pragma('foreign_keys = OFF');
  database.exec(tables);
  database.exec(sql);
  database.close();
  return { folder, path };
}
