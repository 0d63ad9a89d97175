import Sqlite from 'better-sqlite3';

/** Queries that find rows which break an invariant of the schema; each must find none. */
const violations: Record<string, string> = {
  'vector ids that leave a gap':
    'SELECT vector_id FROM Embeddings WHERE vector_id > 1 AND vector_id - 1 NOT IN (SELECT vector_id FROM Embeddings)',
  'a first vector id other than 1': 'SELECT m FROM (SELECT min(vector_id) AS m FROM Embeddings) WHERE m <> 1',
  'a sequence that is not at the last id':
    'SELECT last_vector_id FROM VectorIdSequence WHERE last_vector_id <> (SELECT coalesce(max(vector_id), 0) FROM Embeddings)',
  'a second sequence row': 'SELECT id FROM VectorIdSequence WHERE id <> 1',
  'chunk vector ids that do not rise with the rows':
    'SELECT id FROM (SELECT id, vector_id, lag(vector_id) OVER (ORDER BY id) AS before FROM ResourceChunks) WHERE before >= vector_id',
  'attempt vector ids that do not rise with the rows':
    'SELECT id FROM (SELECT id, vector_id, lag(vector_id) OVER (ORDER BY id) AS before FROM CodePatterns) WHERE before >= vector_id',
  'a generation method other than sequential':
    "SELECT id FROM ResourceChunks WHERE generation_method IS NOT 'sequential'",
  'embeddings without their owner': `SELECT vector_id FROM Embeddings e WHERE NOT EXISTS (
      SELECT 1 FROM ResourceChunks WHERE e.owner_kind = 'chunk' AND id = e.owner_id AND (vector_id = e.vector_id OR e.role = 'rest')
      UNION ALL SELECT 1 FROM CodePatterns WHERE e.owner_kind = 'pattern' AND id = e.owner_id
      UNION ALL SELECT 1 FROM ChatHistory WHERE e.owner_kind = 'message' AND id = e.owner_id
      UNION ALL SELECT 1 FROM Todos WHERE e.owner_kind = 'todo' AND id = e.owner_id)`,
  'chunks without their embedding': `SELECT id FROM ResourceChunks c WHERE NOT EXISTS (SELECT 1 FROM Embeddings
      WHERE vector_id = c.vector_id AND owner_kind = 'chunk' AND owner_id = c.id AND role = 'text')`,
  'attempts without the embedding of their prompt': `SELECT id FROM CodePatterns p WHERE NOT EXISTS (
      SELECT 1 FROM Embeddings
       WHERE vector_id = p.vector_id AND owner_kind = 'pattern' AND owner_id = p.id AND role = 'prompt')`,
  'attempts without the embedding of their code': `SELECT id FROM CodePatterns p WHERE NOT EXISTS (
      SELECT 1 FROM Embeddings WHERE owner_kind = 'pattern' AND owner_id = p.id AND role = 'code')`,
  'chunks without a resource':
    'SELECT id FROM ResourceChunks WHERE resource_id IS NULL OR resource_id NOT IN (SELECT id FROM Resources)',
  'resources without a chunk':
    'SELECT id FROM Resources WHERE id NOT IN (SELECT resource_id FROM ResourceChunks)',
  'vectors of another length or without their model':
    'SELECT vector_id FROM Embeddings WHERE length(vector) <> dimensions * 4 OR (vector IS NULL) <> (model_hash IS NULL)',
  'chunks that are visible and their memory is not, or the other way round': `SELECT c.id FROM ResourceChunks c
      JOIN Resources r ON r.id = c.resource_id JOIN Embeddings e ON e.vector_id = c.vector_id
     WHERE e.visible = (r.archived = 1 OR c.archived = 1)`,
  'visible chunks that full text does not hold': `SELECT c.id FROM ResourceChunks c
      JOIN Resources r ON r.id = c.resource_id
     WHERE r.archived = 0 AND c.archived = 0 AND c.id NOT IN (SELECT id FROM ChunkWords_docsize)`,
  'full text of chunks that are not visible': `SELECT id FROM ChunkWords_docsize WHERE id NOT IN (
      SELECT c.id FROM ResourceChunks c JOIN Resources r ON r.id = c.resource_id
       WHERE r.archived = 0 AND c.archived = 0)`,
  'full text that is not the visible attempts': `SELECT id FROM CodePatterns WHERE archived = 0
      EXCEPT SELECT id FROM PatternWords_docsize`,
  'full text of attempts that are not visible': `SELECT id FROM PatternWords_docsize
      EXCEPT SELECT id FROM CodePatterns WHERE archived = 0`,
  'families whose representative is not their oldest member': `SELECT f.id FROM PatternFamilies f
     WHERE f.representative_id IS NOT (SELECT min(id) FROM CodePatterns WHERE family_id = f.id)`,
  'links of attempts that are not there': `SELECT id FROM CodePatternContext
     WHERE pattern_id NOT IN (SELECT id FROM CodePatterns) OR context_id NOT IN (SELECT id FROM CodePatterns)`,
  'change numbers above the counter':
    'SELECT vector_id FROM Embeddings WHERE change_number > (SELECT last_change FROM StoreInfo)',
};

/**
 * Everything that is wrong with a database in which nothing was ever deleted; [] when every invariant of the
 * schema holds. Looks at the file through a connection of its own.
 */
export function databaseProblems(path: string): string[] {
  const database = new Sqlite(path);
  try {
    const problems: string[] = [];
    const integrity = database.pragma('integrity_check', { simple: true });
    if (integrity !== 'ok') problems.push(`integrity_check: ${integrity}`);
    const dangling = database.pragma('foreign_key_check') as unknown[];
    if (dangling.length > 0) problems.push(`foreign_key_check: ${JSON.stringify(dangling[0])}`);
    for (const [name, sql] of Object.entries(violations)) {
      const found = database.prepare(sql).pluck().all();
      if (found.length > 0) problems.push(`${name}: ${found.length}, the first is ${found[0]}`);
    }
    for (const index of ['ChunkWords', 'PatternWords']) {
      database.prepare(`INSERT INTO ${index} (${index}) VALUES ('integrity-check')`).run();
    }
    return problems;
  } finally {
    database.close();
  }
}
