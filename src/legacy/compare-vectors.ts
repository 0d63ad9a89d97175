import type Sqlite from 'better-sqlite3';
import { cosine, decodeVector } from '../storage/sqlite/vector-blob.ts';
import type { IndexFile } from './index-file.ts';

/** Cosine from which an old vector counts as that of the same text by the same model (int8 weights cost about 0.01). */
const agreeingCosineMin = 0.95;

/** How far the vectors of the old index file agree with the new ones, each under its chunk's right id. */
export interface ComparedVectors {
  /** Vectors in the file, and chunks that the old database had. */
  vectors: number;
  chunks: number;
  compared: number;
  agreeing: number;
  medianCosine: number | null;
  minCosine: number | null;
}

/** Vector k belongs to the k-th chunk by id, those that were put aside counted. */
export function compareVectors(connection: Sqlite.Database, index: IndexFile): ComparedVectors {
  const cosines: number[] = [];
  let chunks = 0;
  for (const { position, vector } of chunkVectors(connection)) {
    chunks++;
    if (position >= index.count || vector === null) continue;
    const old = index.vector(position);
    if (old !== null) cosines.push(cosine(old, decodeVector(vector)));
  }
  cosines.sort((a, b) => a - b);
  return {
    vectors: index.count,
    chunks,
    compared: cosines.length,
    agreeing: cosines.filter((value) => value >= agreeingCosineMin).length,
    medianCosine: cosines[Math.floor(cosines.length / 2)] ?? null,
    minCosine: cosines[0] ?? null,
  };
}

function chunkVectors(connection: Sqlite.Database): Iterable<{ position: number; vector: Buffer | null }> {
  return connection
    .prepare(
      `SELECT row_number() OVER (ORDER BY o.id) - 1 AS position, e.vector
         FROM old.ResourceChunks o
         LEFT JOIN temp.NewVectorIds n ON n.kind = 'chunk' AND n.owner_id = o.id
         LEFT JOIN main.Embeddings e ON e.vector_id = n.new_id
        ORDER BY o.id`,
    )
    .iterate() as Iterable<{ position: number; vector: Buffer | null }>;
}
