import type { Cell, ImportReport, RowSource, RowWords } from '../../domain/transfer.ts';
import type { RefKind } from '../../ids.ts';
import { ContentKeys } from './content-keys.ts';
import type { Database } from './database.ts';
import { wordIndexOf } from './full-text.ts';
import { addOne, forEachRow, RowWriter, renewStoreId } from './import-row.ts';
import { renewFirstOfRuns } from './import-sessions.ts';
import { cellColumns, cellsOf, digestOf } from './row-cells.ts';
import { indexRows } from './row-words.ts';
import { takeChangeNumber, takeVectorIds } from './sequence.ts';

type Cells = Record<string, Cell>;

/** A row of the file and what it is here. */
interface Placed {
  id: bigint;
  isNew: boolean;
}

/** What makes two rows the same, whatever was changed about them later (tags, done or not, the lesson). */
const contentColumns = {
  Resources: ['file_name', 'type', 'created_at', 'project'],
  ChatHistory: [
    'conversation_id',
    'role',
    'content',
    'timestamp',
    'agent_name',
    'source_tool',
    'project',
    'is_query',
  ],
  ContextLinks: ['message_id', 'chunk_id'],
  Summaries: ['resource_id', 'doc_id', 'summary_text', 'model', 'created_at'],
  Todos: ['title', 'description', 'created_at', 'project'],
  CodePatterns: [
    'function_name',
    'file_name',
    'module_name',
    'input_prompt',
    'generated_code',
    'execution_time_ms',
    'error_message',
    'created_at',
    'project',
  ],
  CodePatternContext: ['pattern_id', 'context_type', 'context_id'],
  GraphEdges: ['source_id', 'target_id', 'relation', 'project'],
  MigrationQuarantine: ['source_table', 'source_rowid', 'reason', 'row_json'],
} as const;

type MergedTable = keyof typeof contentColumns;

const kindOfTable = {
  Resources: 'memory',
  ChatHistory: 'message',
  Todos: 'todo',
  CodePatterns: 'pattern',
} as const satisfies Partial<Record<MergedTable, RefKind>>;

/**
 * Takes the rows of another database into one that is used. A row whose content is here already is met, not stored
 * again; the others get new ids, and what refers to them follows. Once more with the same file changes nothing.
 */
export function importMerged(
  database: Database,
  source: RowSource,
  textDigests: ReadonlyMap<string, string>,
  words: RowWords,
): ImportReport {
  const merge = new Merge(database, textDigests);
  forEachRow(source, ({ table, cells }) => merge.take(table, cells));
  return merge.finish(words);
}

class Merge {
  readonly #database: Database;
  readonly #writer: RowWriter;
  readonly #textDigests: ReadonlyMap<string, string>;
  readonly #changeNumber: number;
  readonly #keys = new Map<MergedTable, ContentKeys>();
  readonly #placed: Record<RefKind, Map<string, Placed>> = {
    memory: new Map(),
    chunk: new Map(),
    message: new Map(),
    todo: new Map(),
    pattern: new Map(),
  };
  readonly #vectorIds: [bigint, bigint][] = [];
  /** The chunks of a memory that was met, in the order of their ids. */
  readonly #chunksHere = new Map<bigint, bigint[]>();
  /** The row that names a vector of the file as its own. */
  readonly #ownerOfVector = new Map<string, { table: string; id: bigint }>();
  readonly #families = new Map<string, { id: bigint; isNew: boolean }>();
  readonly #familyProjects = new Map<string, Cell>();
  readonly #later: (() => void)[] = [];
  readonly #imported: Record<string, number> = {};
  readonly #equal: Record<string, number> = {};
  readonly #notTaken: Record<string, number> = {};
  readonly #dangling: Record<string, number> = {};

  constructor(database: Database, textDigests: ReadonlyMap<string, string>) {
    this.#database = database;
    this.#writer = new RowWriter(database);
    this.#textDigests = textDigests;
    this.#changeNumber = takeChangeNumber(database);
  }

  take(table: string, cells: Cells): void {
    if (table === 'Resources') this.#resource(cells);
    else if (table === 'ResourceRevisions') this.#revision(cells);
    else if (table === 'ResourceChunks') this.#chunk(cells);
    else if (table === 'PatternFamilies') this.#familyProjects.set(String(cells.id), cells.project ?? null);
    else if (table === 'CodePatterns') this.#pattern(cells);
    else if (table === 'Embeddings') this.#embedding(cells);
    else if (table === 'GraphEdges') this.#edge(cells);
    else if (table === 'ContextLinks') {
      this.#referring(table, cells, { message_id: 'message', chunk_id: 'chunk' });
    } else if (table === 'Summaries') this.#referring(table, cells, { resource_id: 'memory' });
    else if (table === 'CodePatternContext') {
      this.#referring(table, cells, { pattern_id: 'pattern', context_id: 'pattern' });
    } else if (table === 'ChatHistory' || table === 'Todos') this.#owner(table, cells);
    else if (table === 'MigrationQuarantine') this.#referring(table, cells, {});
    else addOne(this.#notTaken, table);
  }

  finish(words: RowWords): ImportReport {
    for (const work of this.#later) work();
    this.#renewFamilies();
    for (const [kind, index] of Object.entries(wordIndexOf)) {
      const placed = this.#placed[kind as RefKind];
      indexRows(
        this.#database,
        index,
        [...placed.values()].filter(({ isNew }) => isNew).map(({ id }) => id),
        words,
      );
    }
    const renewed = renewFirstOfRuns(this.#database, this.#placed.message, this.#changeNumber);
    renewStoreId(this.#database);
    const mapOf = (kind: RefKind) =>
      [...this.#placed[kind]].map(([old, { id }]): [bigint, bigint] => [BigInt(old), id]);
    return {
      mode: 'merged',
      imported: this.#imported,
      equal: this.#equal,
      notTaken: this.#notTaken,
      dangling: this.#dangling,
      unknownColumns: [...this.#writer.unknownColumns],
      vectorsMadePending: this.#writer.vectorsMadePending + renewed,
      map: {
        memory: mapOf('memory'),
        chunk: mapOf('chunk'),
        message: mapOf('message'),
        todo: mapOf('todo'),
        pattern: mapOf('pattern'),
        vector: this.#vectorIds,
      },
    };
  }

  #resource(cells: Cells): void {
    const { superseded_by: supersededBy = null, ...own } = cells;
    const placed = this.#owner('Resources', own, this.#textDigests.get(String(cells.id)));
    if (!placed.isNew) {
      const chunks = this.#database
        .prepare<bigint>('SELECT id FROM ResourceChunks WHERE resource_id = ? ORDER BY id')
        .pluck()
        .safeIntegers(true)
        .all(placed.id) as bigint[];
      this.#chunksHere.set(placed.id, chunks);
    } else if (supersededBy !== null) {
      this.#later.push(() => this.#point('Resources', 'superseded_by', placed.id, 'memory', supersededBy));
    }
  }

  #revision(cells: Cells): void {
    const memory = this.#at('memory', cells.resource_id ?? null);
    if (memory === undefined) addOne(this.#dangling, 'ResourceRevisions');
    else if (!memory.isNew) addOne(this.#equal, 'ResourceRevisions');
    else this.#insert('ResourceRevisions', { ...cells, resource_id: memory.id });
  }

  #chunk(cells: Cells): void {
    const memory = this.#at('memory', cells.resource_id ?? null);
    const old = String(cells.id);
    if (memory === undefined) {
      addOne(this.#dangling, 'ResourceChunks');
      return;
    }
    if (!memory.isNew) {
      const id = this.#chunksHere.get(memory.id)?.shift();
      addOne(this.#equal, 'ResourceChunks');
      if (id !== undefined) this.#placed.chunk.set(old, { id, isNew: false });
      return;
    }
    const { id: _, vector_id: vectorId, ...own } = cells;
    const id = this.#insert('ResourceChunks', { ...own, resource_id: memory.id });
    this.#placed.chunk.set(old, { id, isNew: true });
    this.#ownerOfVector.set(String(vectorId), { table: 'ResourceChunks', id });
  }

  #pattern(cells: Cells): void {
    const { vector_id: vectorId, repaired_by: repairedBy = null, family_id: family = null, ...own } = cells;
    const placed = this.#owner('CodePatterns', own);
    if (!placed.isNew) {
      if (family !== null) this.#meetFamily(String(family), placed.id);
      return;
    }
    this.#ownerOfVector.set(String(vectorId), { table: 'CodePatterns', id: placed.id });
    if (family !== null) {
      this.#writer.update('CodePatterns', { family_id: this.#family(String(family)) }, 'id = ?', placed.id);
    }
    if (repairedBy !== null) {
      this.#later.push(() => this.#point('CodePatterns', 'repaired_by', placed.id, 'pattern', repairedBy));
    }
  }

  /** The family here that a family of the file is, made when its first new attempt needs it. */
  #family(old: string): bigint {
    const known = this.#families.get(old);
    if (known !== undefined) return known.id;
    const id = this.#writer.insert('PatternFamilies', { project: this.#familyProjects.get(old) ?? null });
    addOne(this.#imported, 'PatternFamilies');
    this.#families.set(old, { id, isNew: true });
    return id;
  }

  /** An attempt of the family is here already: its family takes the new ones too. */
  #meetFamily(old: string, patternId: bigint): void {
    const here = this.#database
      .prepare<bigint | null>('SELECT family_id FROM CodePatterns WHERE id = ?')
      .pluck()
      .safeIntegers(true)
      .get(patternId) as bigint | null;
    const known = this.#families.get(old);
    if (here === null || known?.isNew === false) return;
    if (known !== undefined) {
      this.#database.prepare('UPDATE CodePatterns SET family_id = ? WHERE family_id = ?').run(here, known.id);
      this.#database.prepare('DELETE FROM PatternFamilies WHERE id = ?').run(known.id);
      this.#imported.PatternFamilies = (this.#imported.PatternFamilies ?? 1) - 1;
    }
    this.#families.set(old, { id: here, isNew: false });
  }

  #renewFamilies(): void {
    const renew = this.#database.prepare(
      'UPDATE PatternFamilies SET representative_id = (SELECT min(id) FROM CodePatterns WHERE family_id = ?) WHERE id = ?',
    );
    for (const { id } of this.#families.values()) renew.run(id, id);
  }

  #embedding(cells: Cells): void {
    const kind = cells.owner_kind;
    const isKind = kind === 'chunk' || kind === 'message' || kind === 'todo' || kind === 'pattern';
    const owner = isKind ? this.#at(kind, cells.owner_id ?? null) : undefined;
    if (owner === undefined) {
      addOne(this.#dangling, 'Embeddings');
      return;
    }
    if (!owner.isNew) {
      addOne(this.#equal, 'Embeddings');
      return;
    }
    const vectorId = BigInt(takeVectorIds(this.#database, 1));
    const old = cells.vector_id ?? null;
    this.#insert('Embeddings', {
      ...this.#writer.embedding(cells),
      vector_id: vectorId,
      owner_id: owner.id,
      change_number: BigInt(this.#changeNumber),
    });
    if (typeof old === 'bigint') this.#vectorIds.push([old, vectorId]);
    const named = this.#ownerOfVector.get(String(old));
    if (named !== undefined) this.#writer.update(named.table, { vector_id: vectorId }, 'id = ?', named.id);
  }

  #edge(cells: Cells): void {
    const source = this.#entity(cells.source_id ?? null);
    const target = this.#entity(cells.target_id ?? null);
    if (source === undefined || target === undefined) {
      addOne(this.#dangling, 'GraphEdges');
      return;
    }
    this.#unlessEqual('GraphEdges', { ...cells, source_id: source, target_id: target });
  }

  /** A name that is a ref follows its row; undefined when that is not in the file. Other names stay. */
  #entity(name: Cell): Cell | undefined {
    const match =
      typeof name === 'string' ? /^(memory|chunk|message|todo|pattern)-(\d{1,16})$/.exec(name) : null;
    if (match === null) return name;
    const kind = match[1] as RefKind;
    const placed = this.#placed[kind].get(match[2] as string);
    return placed === undefined ? undefined : `${kind}-${placed.id}`;
  }

  /** A row that others refer to. `extra`: what of its content is in other tables. */
  #owner(table: keyof typeof kindOfTable, cells: Cells, extra = ''): Placed {
    const kind = kindOfTable[table];
    const equal = this.#keysOf(table).take(cells, extra);
    const { id: old, ...own } = cells;
    const placed =
      equal === undefined ? { id: this.#insert(table, own), isNew: true } : { id: equal, isNew: false };
    if (equal !== undefined) addOne(this.#equal, table);
    this.#placed[kind].set(String(old), placed);
    return placed;
  }

  /** A row that refers to others and to which none refers. */
  #referring(
    table: 'ContextLinks' | 'Summaries' | 'CodePatternContext' | 'MigrationQuarantine',
    cells: Cells,
    references: Record<string, RefKind>,
  ): void {
    const mapped = { ...cells };
    for (const [column, kind] of Object.entries(references)) {
      const old = cells[column] ?? null;
      if (old === null) continue;
      const placed = this.#at(kind, old);
      if (placed === undefined) {
        addOne(this.#dangling, table);
        return;
      }
      mapped[column] = placed.id;
    }
    this.#unlessEqual(table, mapped);
  }

  #unlessEqual(table: MergedTable, cells: Cells): void {
    if (this.#keysOf(table).take(cells) !== undefined) {
      addOne(this.#equal, table);
      return;
    }
    const { id: _, ...own } = cells;
    this.#insert(table, own);
  }

  #insert(table: string, cells: Cells): bigint {
    addOne(this.#imported, table);
    return this.#writer.insert(table, cells);
  }

  #point(table: string, column: string, id: bigint, kind: RefKind, old: Cell): void {
    const placed = this.#at(kind, old);
    if (placed === undefined) addOne(this.#dangling, `${table}.${column}`);
    else this.#writer.update(table, { [column]: placed.id }, 'id = ?', id);
  }

  #at(kind: RefKind, old: Cell): Placed | undefined {
    return this.#placed[kind].get(String(old));
  }

  #keysOf(table: MergedTable): ContentKeys {
    let keys = this.#keys.get(table);
    if (keys === undefined) {
      const digests = table === 'Resources' ? textDigestsHere(this.#database) : null;
      const extra = digests === null ? undefined : (id: bigint) => digests.get(String(id)) ?? '';
      keys = new ContentKeys(this.#database, table, contentColumns[table], extra);
      this.#keys.set(table, keys);
    }
    return keys;
  }
}

/** What the texts of a memory's chunks add up to, by the memory's id. */
export class TextDigests {
  readonly digests = new Map<string, string>();

  add({ resource_id: id = null, chunk_text: text = null, revision = null }: Cells): void {
    const key = String(id);
    this.digests.set(key, digestOf([this.digests.get(key) ?? '', revision, text]));
  }
}

function textDigestsHere(database: Database): Map<string, string> {
  const texts = new TextDigests();
  const columns = ['resource_id', 'chunk_text', 'revision'];
  const rows = database
    .prepare<unknown[]>(`SELECT ${cellColumns(columns)} FROM ResourceChunks ORDER BY id`)
    .raw(true)
    .safeIntegers(true)
    .iterate();
  for (const values of rows) texts.add(cellsOf(columns, values));
  return texts.digests;
}
