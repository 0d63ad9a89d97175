import { existsSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import type { DatabaseCheckup, Finding, RowRules } from '../../domain/checkup.ts';
import { LtmcError } from '../../errors.ts';
import { openForReading } from './backup-database.ts';
import { databaseError } from './database-error.ts';
import { integrityProblems } from './integrity.ts';
import { journalModeFor, probeFileSystem } from './journal-mode.ts';
import { writtenSchemaVersion } from './migrate-schema.ts';
import { assertOurDatabase } from './our-database.ts';
import { type RowCheck, rowChecks } from './row-checks.ts';
import { missingSchemaObjects } from './schema-objects.ts';
import { changedTexts, unusableVectorIds, wrongKeys } from './value-checks.ts';
import { isVectorFileUseless } from './vector-file.ts';
import { vectorFilePath } from './vector-file-removal.ts';
import { factsOf } from './verified-copy.ts';

/**
 * Looks a database through without changing it. One that cannot be read is one finding, with the code and the words
 * that every other command has for it.
 */
export function checkDatabase(path: string, rules: RowRules): DatabaseCheckup {
  if (!existsSync(path)) return { findings: [noDatabase] };
  let connection: Sqlite.Database | undefined;
  try {
    assertOurDatabase(path);
    connection = openForReading(path);
    return checked(connection, path, rules);
  } catch (thrown) {
    return { findings: [unreadable(databaseError(thrown, path))] };
  } finally {
    connection?.close();
  }
}

function checked(connection: Sqlite.Database, path: string, rules: RowRules): DatabaseCheckup {
  const integrity = integrityProblems(connection);
  const facts = factsOf(connection);
  const findings = [
    ...found(integrity.file.length, {
      code: 'database_integrity',
      level: 'problem',
      message: 'faults in the file itself',
      hint: 'Copy the file away, then put a backup back with: ltmc restore FILE --force',
      repairable: false,
    }),
    ...found(integrity.fullText.length, {
      code: 'full_text_damaged',
      level: 'problem',
      message: 'faults in the full-text tables',
      hint: 'Run: ltmc doctor --repair',
      repairable: true,
    }),
  ];
  if (facts === null) return { findings: [...findings, notWhole] };
  if (facts.schemaVersion > writtenSchemaVersion) return { findings: [...findings, newer] };
  const { schemaVersion } = facts;
  const journalMode = connection.pragma('journal_mode', { simple: true }) as string;
  findings.push(...journalFindings(path, journalMode));
  findings.push(
    ...found(isVectorFileUseless(vectorFilePath(path)) ? 1 : 0, {
      code: 'vector_file_damaged',
      level: 'notice',
      message:
        'the file of vectors beside the database is damaged; it is not read, and made again when it helps',
      hint: 'Run: ltmc doctor --repair',
      repairable: true,
    }),
  );
  const missing = missingSchemaObjects(connection, schemaVersion);
  const lacksTable = missing.some(({ type }) => type === 'table');
  findings.push(
    ...found(missing.length, {
      code: 'schema_incomplete',
      level: 'problem',
      message: `tables, indexes or triggers are missing (${missing.map(({ name }) => name).join(', ')})`,
      hint: lacksTable ? 'Put a backup back with: ltmc restore FILE --force' : 'Run: ltmc doctor --repair',
      repairable: !lacksTable,
    }),
  );
  if (schemaVersion < writtenSchemaVersion) findings.push(older);
  // Without its tables and columns nothing else can be asked.
  else if (!lacksTable && integrity.file.length === 0) {
    findings.push(...connection.transaction(() => rowFindings(connection, rules)).deferred());
  }
  return { findings: merged(findings), schemaVersion, journalMode };
}

function rowFindings(connection: Sqlite.Database, rules: RowRules): Finding[] {
  const findings = rowChecks.flatMap((check) => found(countOf(connection, check), check));
  const pending = { hint: 'Run: ltmc doctor --repair', repairable: true, level: 'problem' as const };
  findings.push(
    ...found(unusableVectorIds(connection).length, {
      ...pending,
      code: 'vectors_unusable',
      message: 'vectors hold what is no number, or are not of unit length',
    }),
    ...found(changedTexts(connection, rules).length, {
      code: 'memory_text_changed',
      level: 'problem',
      message: 'memories do not hold the text that was stored: their chunks do not fit its hash',
      hint: 'Something other than LTMC changed or removed chunks. Put a backup back with: ltmc restore',
      repairable: false,
    }),
    ...found(wrongKeys(connection, rules).length, {
      ...pending,
      code: 'pattern_keys_wrong',
      message: 'attempts have keys that do not fit their texts, so repeats of them are not known',
    }),
    ...gapFindings(connection),
    ...secretFindings(connection, rules),
  );
  if (rules.modelHashes !== null) {
    findings.push(
      ...found(otherModelVectors(connection, rules.modelHashes), {
        ...pending,
        code: 'vectors_other_model',
        message: 'vectors are from another model file and cannot be compared with a query',
      }),
    );
  }
  return findings;
}

function otherModelVectors(connection: Sqlite.Database, modelHashes: readonly string[]): number {
  return connection
    .prepare(
      `SELECT count(*) FROM Embeddings WHERE vector IS NOT NULL AND model_hash IS NOT NULL
          AND model_hash NOT IN (SELECT value FROM json_each(?))`,
    )
    .pluck()
    .get(JSON.stringify(modelHashes)) as number;
}

/** Ids up to the last one that are neither there nor said to be removed. */
function unexplainedGap(connection: Sqlite.Database): number {
  return connection
    .prepare(
      `SELECT max(0, (SELECT coalesce(max(last_vector_id), 0) FROM VectorIdSequence) -
         (SELECT count(*) FROM (SELECT vector_id FROM Embeddings UNION SELECT vector_id FROM RemovedVectors)
           WHERE vector_id BETWEEN 1 AND (SELECT max(last_vector_id) FROM VectorIdSequence)))`,
    )
    .pluck()
    .get() as number;
}

function gapFindings(connection: Sqlite.Database): Finding[] {
  return found(unexplainedGap(connection), {
    code: 'vector_ids_gap',
    level: 'notice',
    message: 'vector ids below the last one are neither there nor said to be removed',
    hint: 'Something other than LTMC removed rows, or set the sequence. No id is given twice for it.',
    repairable: false,
  });
}

const textColumns: [table: string, columns: string[]][] = [
  ['Resources', ['file_name', 'tags', 'metadata']],
  ['ResourceChunks', ['chunk_text']],
  ['ChatHistory', ['content', 'metadata']],
  ['Todos', ['title', 'description']],
  ['Summaries', ['summary_text']],
  ['CodePatterns', ['input_prompt', 'generated_code', 'error_message', 'lesson', 'test_command']],
  ['GraphEdges', ['source_id', 'target_id', 'properties']],
  ['MigrationQuarantine', ['row_json']],
];

/** Counts rows, and shows nothing of them. */
function secretFindings(connection: Sqlite.Database, rules: RowRules): Finding[] {
  let rows = 0;
  for (const [table, columns] of textColumns) {
    const texts = connection.prepare(`SELECT ${columns.join(', ')} FROM ${table}`).raw(true);
    for (const values of texts.iterate() as Iterable<unknown[]>) {
      if (values.some((value) => typeof value === 'string' && rules.secretsIn(value) > 0)) rows++;
    }
  }
  return found(rows, {
    code: 'likely_secrets',
    level: 'notice',
    message: 'rows hold what looks like a key, token or password, stored before masking or by a migration',
    hint: 'Change the secrets where they are used, and remove the rows with: ltmc forget',
    repairable: false,
  });
}

function journalFindings(path: string, journalMode: string): Finding[] {
  const probe = probeFileSystem(path);
  if (journalModeFor(path, probe) === 'wal') return [];
  return found(1, {
    code: journalMode === 'wal' ? 'wal_on_network' : 'network_file_system',
    level: journalMode === 'wal' ? 'problem' : 'notice',
    message: 'the database lies on a network file system',
    hint:
      journalMode === 'wal'
        ? 'Its write-ahead log is not safe there. Move the database to a local disk, or end every server and start one: it changes to the rollback journal.'
        : 'It works with the rollback journal, more slowly. A local disk is better.',
    repairable: false,
  });
}

function countOf(connection: Sqlite.Database, { sql }: RowCheck): number {
  return connection.prepare(`SELECT count(*) FROM (${sql})`).pluck().get() as number;
}

function found(count: number, about: Omit<Finding, 'count'>): Finding[] {
  const { code, level, message, hint, repairable } = about;
  return count === 0 ? [] : [{ code, level, count, message, hint, repairable }];
}

/** One finding a code: their counts add up. */
function merged(findings: readonly Finding[]): Finding[] {
  const byCode = new Map<string, Finding>();
  for (const finding of findings) {
    const known = byCode.get(finding.code);
    byCode.set(
      finding.code,
      known === undefined
        ? finding
        : {
            ...known,
            count: known.count + finding.count,
            message: `${known.message}; ${finding.message}`,
          },
    );
  }
  return [...byCode.values()];
}

const noDatabase: Finding = {
  code: 'no_database',
  level: 'notice',
  count: 1,
  message: 'there is no database yet',
  hint: 'A client makes it when it stores its first memory. Another file is named with --db or LTMC_DB.',
  repairable: false,
};

const notWhole: Finding = {
  code: 'database_damaged',
  level: 'problem',
  count: 1,
  message: 'the rows that say what the database is are not there',
  hint: 'Put a backup back with: ltmc restore FILE --force',
  repairable: false,
};

const older: Finding = {
  code: 'older_schema',
  level: 'notice',
  count: 1,
  message: 'the database is of an older schema, so its rows were not looked at',
  hint: 'The next server that opens it brings it up, after a backup. Then run: ltmc doctor',
  repairable: false,
};

const newer: Finding = {
  code: 'newer_database',
  level: 'problem',
  count: 1,
  message: 'a newer LTMC has taken this database over',
  hint: 'Update the package.',
  repairable: false,
};

function unreadable(thrown: unknown): Finding {
  if (!(thrown instanceof LtmcError)) throw thrown;
  return {
    code: thrown.code,
    level: 'problem',
    count: 1,
    message: thrown.message,
    hint: thrown.hint,
    repairable: false,
  };
}
