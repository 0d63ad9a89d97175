import { statSync } from 'node:fs';
import type { StoreStatus } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { newestBackup } from './database-error.ts';

export function readStatus(database: Database): StoreStatus {
  const count = (sql: string) =>
    database.prepare<number>(`SELECT count(*) FROM ${sql}`).pluck().get() as number;
  const info = database
    .prepare<{ storeId: string; schemaVersion: number; lastVectorId: number }>(
      `SELECT store_id AS storeId, schema_version AS schemaVersion, last_vector_id AS lastVectorId
         FROM StoreInfo, VectorIdSequence`,
    )
    .get() as { storeId: string; schemaVersion: number; lastVectorId: number };
  return {
    databasePath: database.path,
    storeId: info.storeId,
    schemaVersion: info.schemaVersion,
    journalMode: database.prepare<string>('PRAGMA journal_mode').pluck().get() as string,
    databaseBytes: fileBytes(database.path) + fileBytes(`${database.path}-wal`),
    counts: {
      memories: count('Resources WHERE coalesce(archived, 0) = 0'),
      chunks: count('ResourceChunks'),
      messages: count('ChatHistory'),
      todos: count('Todos'),
      patterns: count('CodePatterns'),
      links: count('ContextLinks'),
    },
    nextVectorId: info.lastVectorId + 1,
    pendingVectors: count('Embeddings WHERE vector IS NULL'),
    lastBackup: newestBackup(database.path),
  };
}

function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
