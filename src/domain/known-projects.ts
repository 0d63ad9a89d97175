import { limits } from '../limits.ts';
import type { ProjectName, ReadScope, Store } from './ports.ts';

/**
 * Tells a question about an unknown project what projects there are. Which are known is remembered, because
 * looking through all rows for it costs more than a search; a project that is emptied stays known until
 * the process ends.
 */
export class KnownProjects {
  readonly #store: Pick<Store, 'projects'>;
  #seen: ReadonlySet<string> = new Set();

  constructor(store: Pick<Store, 'projects'>) {
    this.#store = store;
  }

  /** The projects in use, most used first, when the scope's is none of them; otherwise undefined. */
  async instead(scope: ReadScope, foundProjects: readonly ProjectName[]): Promise<string[] | undefined> {
    if (scope === 'all' || scope.project === null || foundProjects.includes(scope.project)) return undefined;
    if (this.#seen.has(scope.project)) return undefined;
    const projects = await this.#store.projects(limits.projectNamesMax);
    this.#seen = new Set(projects);
    return this.#seen.has(scope.project) ? undefined : projects.slice(0, limits.knownProjectsMax);
  }
}
