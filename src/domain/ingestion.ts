import type { Clock } from './clock.ts';
import { FieldMasks } from './field-masks.ts';
import type { MaskedSecret, Memories } from './memories.ts';
import type { MemoryCatalog } from './memory-catalog.ts';
import { contentHash } from './memory-text.ts';
import type { MemorySummary, ProjectName, Store } from './ports.ts';
import { timestampAt } from './timestamp.ts';
import { searchText } from './words.ts';

export interface IngestScope {
  project: ProjectName;
  /**
   * What the file names are relative to, as a name that other checkouts share; null where they are absolute.
   * Only files of the same source can vanish or be renamed.
   */
  source: string | null;
  /** The files that are there now. */
  fileNames: readonly string[];
  /** Whether a file of this name would have been met, were it there. */
  isCovered(fileName: string): boolean;
}

export interface IngestFile {
  fileName: string;
  content: string;
  resourceType: string;
}

export interface TakenFile {
  resourceId: number;
  /** `changed`: it supersedes its earlier version; `renamed`: known content whose own file is gone. */
  outcome: 'stored' | 'changed' | 'renamed' | 'unchanged';
  renamedFrom?: string;
  pendingVectors: number;
  masked: MaskedSecret[];
}

export interface ArchivedFile {
  resourceId: number;
  fileName: string;
}

/** Keeps memories of files in step with the files. It knows no file system: it is told what is there. */
export class Ingestion {
  readonly #store: Store;
  readonly #memories: Memories;
  readonly #catalog: MemoryCatalog;
  readonly #clock: Clock;

  constructor(store: Store, memories: Memories, catalog: MemoryCatalog, clock: Clock) {
    this.#store = store;
    this.#memories = memories;
    this.#catalog = catalog;
    this.#clock = clock;
  }

  /** Compares what an earlier run stored with what is there now. Writes nothing yet. */
  async begin(scope: IngestScope): Promise<IngestRun> {
    const maskKey = await this.#store.maskKey();
    const listed = await this.#catalog.all({ scope: { project: scope.project } });
    const ofProject = listed.filter((memory) => memory.project === scope.project);
    const isKnown = (memory: MemorySummary) =>
      memory.origin === 'file' && (memory.metadata?.[sourceKey] ?? null) === scope.source;
    return new IngestRun({
      store: this.#store,
      memories: this.#memories,
      clock: this.#clock,
      scope,
      known: ofProject.filter(isKnown),
      otherNames: new Set(ofProject.filter((memory) => !isKnown(memory)).map(({ fileName }) => fileName)),
      maskKey,
    });
  }
}

/** The member of a memory's metadata that says what its file name is relative to. */
const sourceKey = 'ingested_from';

interface RunParts {
  store: Store;
  memories: Memories;
  clock: Clock;
  scope: IngestScope;
  /** Newest first. */
  known: readonly MemorySummary[];
  /** Names of memories that are no earlier version of a file: notes, files of another source. */
  otherNames: ReadonlySet<string | null>;
  maskKey: Uint8Array;
}

/** One run over one scope. Each file is a transaction of its own: a run that was broken off goes on with the next. */
export class IngestRun {
  readonly #parts: RunParts;
  /** Newest first; more than one only where a run was killed between two writes. */
  readonly #knownByName = new Map<string, MemorySummary[]>();
  /** Memories whose file is gone, by type and content. */
  readonly #gone = new Map<string, MemorySummary[]>();
  readonly #kept = new Set<number>();

  constructor(parts: RunParts) {
    this.#parts = parts;
    const present = new Set(parts.scope.fileNames.map((name) => this.#masks().take('file_name', name)));
    for (const memory of parts.known) {
      const name = memory.fileName ?? '';
      this.#knownByName.set(name, [...(this.#knownByName.get(name) ?? []), memory]);
      if (present.has(name) || !parts.scope.isCovered(name)) continue;
      const key = contentKey(memory.resourceType, memory.contentHash);
      this.#gone.set(key, [...(this.#gone.get(key) ?? []), memory]);
    }
  }

  /** Throws like Memories.store. */
  async take({ fileName, content, resourceType }: IngestFile): Promise<TakenFile> {
    const { memories, scope, otherNames } = this.#parts;
    const masks = this.#masks();
    const name = masks.take('file_name', fileName);
    const hash = contentHash(masks.take('content', content));
    const versions = this.#knownByName.get(name) ?? [];
    const [known, ...older] = versions;
    if (known?.contentHash === hash) {
      await this.#archive(older);
      this.keep(fileName);
      return { resourceId: known.resourceId, outcome: 'unchanged', pendingVectors: 0, masked: masks.masked };
    }
    const renamed = known === undefined ? await this.#rename(contentKey(resourceType, hash), name) : null;
    if (renamed !== null) return { ...renamed, pendingVectors: 0, masked: masks.masked };

    // Superseding takes every memory of that name; a note under it is no earlier version of the file.
    const replace = known !== undefined && !otherNames.has(name);
    const stored = await memories.store({
      project: scope.project,
      fileName,
      content,
      resourceType,
      tags: [],
      metadata: scope.source === null ? null : { [sourceKey]: scope.source },
      replace,
      origin: 'file',
      vectorsLater: true,
    });
    if (!replace) await this.#archive(versions);
    this.keep(fileName);
    const { resourceId, pendingVectors, masked } = stored;
    const outcome = stored.unchanged ? 'unchanged' : known === undefined ? 'stored' : 'changed';
    return { resourceId, outcome, pendingVectors, masked };
  }

  /** Leaves the memory of a file that is there and could not be read as it is. */
  keep(fileName: string): void {
    const versions = this.#knownByName.get(this.#masks().take('file_name', fileName)) ?? [];
    for (const { resourceId } of versions) this.#kept.add(resourceId);
  }

  /** Archives the memories of files that are gone. Call it only when every file was taken. */
  async archiveVanished(): Promise<ArchivedFile[]> {
    const { known, scope } = this.#parts;
    return this.#archive(
      known.filter(
        ({ resourceId, fileName }) => !this.#kept.has(resourceId) && scope.isCovered(fileName ?? ''),
      ),
    );
  }

  async #archive(memories: readonly MemorySummary[]): Promise<ArchivedFile[]> {
    const archived: ArchivedFile[] = [];
    for (const { resourceId, fileName } of memories) {
      const change = { archived: true, changedAt: this.#now() };
      const changed = await this.#parts.store.changeMemory(resourceId, change, searchText);
      if (changed !== null) archived.push({ resourceId, fileName: fileName ?? '' });
    }
    return archived;
  }

  /** Gives the memory of a file that is gone the new name of its content; null when there is none. */
  async #rename(key: string, name: string) {
    const memory = this.#gone.get(key)?.pop();
    if (memory === undefined) return null;
    const { resourceId } = memory;
    const change = { fileName: name, changedAt: this.#now() };
    const changed = await this.#parts.store.changeMemory(resourceId, change, searchText);
    // Removed by another process since the run began.
    if (changed === null) return null;
    this.#kept.add(resourceId);
    return { resourceId, outcome: 'renamed' as const, renamedFrom: memory.fileName ?? '' };
  }

  #masks(): FieldMasks {
    return new FieldMasks(this.#parts.maskKey);
  }

  #now() {
    return timestampAt(this.#parts.clock());
  }
}

function contentKey(resourceType: string | null, hash: string | null): string {
  return JSON.stringify([resourceType, hash]);
}
