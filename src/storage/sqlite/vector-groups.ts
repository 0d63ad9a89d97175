import type { EmbeddingRole, OwnerKind } from '../../domain/embedding-text.ts';
import type { ProjectName, ReadScope } from '../../domain/ports.ts';

/** What vectors have in common that filters ask for. */
export interface VectorGroup {
  ownerKind: OwnerKind;
  role: EmbeddingRole;
  project: ProjectName;
  modelHash: string;
}

export interface GroupFilter {
  ownerKind: OwnerKind;
  scope: ReadScope;
  /** undefined: vectors of any model file. */
  modelHashes: readonly string[] | undefined;
}

/** An owner has one vector of a primary role, so that counting these counts owners. */
const primaryRoles: ReadonlySet<EmbeddingRole> = new Set(['text', 'prompt']);

/** The groups that occur, numbered from 0. */
export class VectorGroups {
  readonly list: VectorGroup[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(group: VectorGroup): number {
    const { ownerKind, role, project, modelHash } = group;
    const key = `${ownerKind} ${role} ${modelHash} ${project === null ? '' : `/${project}`}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.list.push(group) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }

  /** For each group whether the filter lets it through. */
  wanted({ ownerKind, scope, modelHashes }: GroupFilter): boolean[] {
    return this.list.map((group) => {
      const seen = scope === 'all' || group.project === null || group.project === scope.project;
      const comparable = modelHashes === undefined || modelHashes.includes(group.modelHash);
      return group.ownerKind === ownerKind && seen && comparable;
    });
  }

  isPrimary(number: number): boolean {
    return primaryRoles.has((this.list[number] as VectorGroup).role);
  }
}
