import type { Chooser } from './odd-values.ts';

/** A column of a made-up old database; `kind` says what its rows hold. */
export interface MadeColumn {
  name: string;
  declared: string;
  kind: 'key' | 'text' | 'time' | 'vectorId' | 'number' | 'json' | 'reference' | 'any' | 'choice';
  /** Of a reference. */
  to?: string;
  choices?: readonly string[];
}

export interface MadeTable {
  name: string;
  columns: MadeColumn[];
  ending: string;
  /** The old server cannot work without it. */
  isNeeded: boolean;
}

type Short = [name: string, declared: string, kind?: MadeColumn['kind'], more?: string | readonly string[]];

function table(name: string, columns: Short[], isNeeded = false): MadeTable {
  return {
    name,
    isNeeded,
    ending: '',
    columns: columns.map(([column, declared, kind = 'text', more]) => ({
      name: column,
      declared,
      kind,
      ...(typeof more === 'string' ? { to: more } : {}),
      ...(Array.isArray(more) ? { choices: more as readonly string[] } : {}),
    })),
  };
}

const key: Short = ['id', 'INTEGER PRIMARY KEY AUTOINCREMENT', 'key'];
const results = ['pass', 'fail', 'partial', 'error', 'PASS'];

/** The tables of the first version, with what later ones added to them. */
function firstTables(): MadeTable[] {
  return [
    table(
      'Resources',
      [
        key,
        ['file_name', 'TEXT'],
        ['type', 'TEXT', 'choice', ['document', 'code', 'chat', '']],
        ['created_at', 'TEXT', 'time'],
      ],
      true,
    ),
    table(
      'ResourceChunks',
      [
        key,
        ['resource_id', 'INTEGER', 'reference', 'Resources'],
        ['chunk_text', 'TEXT'],
        ['vector_id', 'INTEGER UNIQUE', 'vectorId'],
      ],
      true,
    ),
    table('ChatHistory', [
      key,
      ['conversation_id', 'TEXT'],
      ['role', 'TEXT', 'choice', ['user', 'assistant', 'tool', 'How?']],
      ['content', 'TEXT'],
      ['timestamp', 'TEXT', 'time'],
      ['agent_name', 'TEXT'],
      ['metadata', 'TEXT', 'json'],
    ]),
    table('ContextLinks', [
      key,
      ['message_id', 'INTEGER', 'reference', 'ChatHistory'],
      ['chunk_id', 'INTEGER', 'reference', 'ResourceChunks'],
    ]),
    table('Summaries', [
      key,
      ['resource_id', 'INTEGER', 'reference', 'Resources'],
      ['doc_id', 'TEXT'],
      ['summary_text', 'TEXT'],
      ['model', 'TEXT'],
      ['created_at', 'TEXT', 'time'],
    ]),
    table('VectorIdSequence', [key, ['last_vector_id', 'INTEGER DEFAULT 0', 'number']]),
    table('CodePatterns', [
      key,
      ['function_name', 'TEXT'],
      ['file_name', 'TEXT'],
      ['module_name', 'TEXT'],
      ['input_prompt', 'TEXT'],
      ['generated_code', 'TEXT'],
      ['result', 'TEXT', 'choice', results],
      ['execution_time_ms', 'INTEGER', 'number'],
      ['error_message', 'TEXT'],
      ['tags', 'TEXT', 'json'],
      ['created_at', 'TEXT', 'time'],
      ['vector_id', 'INTEGER UNIQUE', 'vectorId'],
    ]),
    table('Todos', [
      key,
      ['title', 'TEXT'],
      ['description', 'TEXT'],
      ['priority', "TEXT DEFAULT 'medium'", 'choice', ['low', 'medium', 'urgent', '1']],
      ['completed', 'BOOLEAN DEFAULT 0', 'number'],
      ['created_at', 'TEXT', 'time'],
      ['completed_at', 'TEXT', 'time'],
    ]),
    table('CodePatternContext', [
      key,
      ['pattern_id', 'INTEGER', 'reference', 'CodePatterns'],
      ['context_type', 'TEXT'],
      ['context_id', 'INTEGER', 'number'],
      ['similarity_score', 'REAL', 'number'],
    ]),
    table('RetrievalWeights', [
      ['id', 'INTEGER PRIMARY KEY', 'key'],
      ['alpha', 'REAL', 'number'],
      ['beta', 'REAL', 'number'],
      ['gamma', 'REAL', 'number'],
      ['delta', 'REAL', 'number'],
      ['epsilon', 'REAL', 'number'],
    ]),
  ];
}

/** Tables of the same names in the shapes of later versions, and some of the users' own. */
const otherShapes: Record<string, () => MadeTable> = {
  ContextLinks: () =>
    table('ContextLinks', [
      ['id', 'INTEGER PRIMARY KEY', 'key'],
      ['source_id', 'INTEGER', 'reference', 'Resources'],
      ['target_id', 'INTEGER', 'reference', 'Resources'],
      ['relationship', 'TEXT'],
      ['created_at', 'TEXT', 'time'],
    ]),
  CodePatterns: () =>
    table('CodePatterns', [
      ['id', 'INTEGER PRIMARY KEY', 'key'],
      ['input_prompt', 'TEXT'],
      ['generated_code', 'TEXT'],
      ['result', 'TEXT', 'choice', results],
      ['tags', 'TEXT', 'json'],
      ['timestamp', 'TEXT', 'time'],
      ['language', 'TEXT'],
      ['complexity_score', 'REAL', 'number'],
    ]),
  Todos: () =>
    table('todos', [
      key,
      ['title', 'TEXT'],
      ['description', 'TEXT'],
      ['status', 'TEXT', 'choice', ['pending', 'completed', 'done']],
      ['priority', 'TEXT'],
      ['created_at', 'TEXT', 'time'],
      ['completed_at', 'TEXT', 'time'],
      ['tags', 'TEXT', 'json'],
      ['metadata', 'TEXT', 'json'],
    ]),
  ChatHistory: () =>
    table('ChatHistory', [
      ['id', 'TEXT PRIMARY KEY'],
      ['body', 'TEXT'],
    ]),
  CodePatternContext: () =>
    table('CodePatternContext', [
      key,
      ['pattern_id', 'INTEGER', 'reference', 'CodePatterns'],
      ['context_type', 'TEXT'],
      ['context_data', 'TEXT', 'json'],
    ]),
};

const usersTables: (() => MadeTable)[] = [
  () =>
    table('my notes', [
      ['what', 'TEXT', 'any'],
      ['a "quoted" one', '', 'any'],
    ]),
  () =>
    table('Embeddings', [
      ['text_key', 'TEXT'],
      ['value', 'REAL', 'any'],
    ]),
  () => table('StoreInfo', [key, ['whose', 'ANY', 'any']]),
  () =>
    table('MigrationQuarantine', [
      ['rowid', 'TEXT'],
      ['oid', 'BLOB', 'any'],
      ['_rowid_', '', 'any'],
    ]),
  () => table('ChunkWords_content', [key, ['c0', '', 'any']]),
  () =>
    table('chats', [
      key,
      ['body', 'VARCHAR(20)', 'any'],
      ['at', 'DATETIME', 'time'],
      ['amount', 'DECIMAL(10,2)', 'any'],
    ]),
  () =>
    table('pattern_attempts', [
      ['id', 'TEXT PRIMARY KEY', 'vectorId'],
      ['n', 'NUMERIC', 'any'],
    ]),
  () =>
    table('Zeilen mit Ümläut 🙂', [
      ['schlüssel', 'INT', 'any'],
      ["o'clock", 'FLOAT', 'any'],
    ]),
];

const extraColumns: Short[] = [
  ['archived', 'INTEGER DEFAULT 0', 'number'],
  ['generation_method', "TEXT DEFAULT 'sequential'"],
  ['source_tool', 'TEXT'],
  ['status', 'TEXT', 'choice', ['pending', 'completed']],
  ['project', 'TEXT'],
  ['created_at_ms', 'INTEGER', 'any'],
  ['written_by', 'TEXT'],
  ['start_offset', '', 'any'],
  ['language', 'TEXT'],
  ['tags', 'TEXT', 'json'],
  ['rowid', 'TEXT', 'any'],
  ['Größe "x"', 'weird type (1, 2)', 'any'],
  ['order', 'INTEGER', 'any'],
];

/** Declared otherwise, so that other kinds of values stay in the column. */
const otherTypes = ['', 'TEXT', 'INTEGER', 'NUMERIC', 'BLOB', 'REAL', 'VARCHAR(5)', 'BOOLEAN', 'JSON'];

/** The tables of one made-up database. */
export function oddTables(choose: Chooser): MadeTable[] {
  const tables = firstTables().flatMap((made) => {
    if (!made.isNeeded && choose.chance(0.2)) return [];
    const other = otherShapes[made.name];
    return [other !== undefined && choose.chance(0.2) ? other() : made];
  });
  for (const make of usersTables) if (choose.chance(0.25)) tables.push(make());
  for (const made of tables) {
    if (choose.chance(0.25)) addColumn(choose, made);
    for (const column of made.columns) {
      const isFree = column.kind !== 'key' && !column.declared.includes('KEY');
      if (isFree && choose.chance(0.06)) column.declared = choose.one(otherTypes);
    }
    const hasKey = made.columns.some(({ declared }) => declared.includes('PRIMARY KEY'));
    if (hasKey && choose.chance(0.08)) withoutRowid(made);
  }
  // Sometimes in another order, and in other letters.
  if (choose.chance(0.2)) tables.reverse();
  if (choose.chance(0.15)) for (const made of tables) made.name = made.name.toLowerCase();
  return tables;
}

function addColumn(choose: Chooser, made: MadeTable): void {
  const [name, declared, kind = 'text', more] = choose.one(extraColumns);
  if (made.columns.some((column) => column.name.toLowerCase() === name.toLowerCase())) return;
  made.columns.push({
    name,
    declared,
    kind,
    ...(Array.isArray(more) ? { choices: more as readonly string[] } : {}),
  });
}

function withoutRowid(made: MadeTable): void {
  made.ending = ' WITHOUT ROWID';
  for (const column of made.columns) column.declared = column.declared.replace(' AUTOINCREMENT', '');
}
