import { limits } from '../limits.ts';
import type { ProjectName, ReadScope, Store } from './ports.ts';

type ProjectStore = Pick<Store, 'projects'>;

/**
 * Of each store the projects that were found last: the look walks over an index with an entry for every vector.
 * A project that is emptied stays known until the next look.
 */
const knownProjects = new WeakMap<ProjectStore, ReadonlySet<string>>();

/**
 * What projects there are, most used first, for a question about one that is not known; otherwise undefined.
 * `foundProjects` are the projects of the rows that the question found: they spare the look.
 */
export async function projectsInstead(
  store: ProjectStore,
  scope: ReadScope,
  foundProjects: readonly ProjectName[],
): Promise<string[] | undefined> {
  if (scope === 'all' || scope.project === null || foundProjects.includes(scope.project)) return undefined;
  if (knownProjects.get(store)?.has(scope.project)) return undefined;
  const projects = await store.projects(limits.projectNamesMax);
  knownProjects.set(store, new Set(projects));
  return projects.includes(scope.project) ? undefined : projects.slice(0, limits.knownProjectsMax);
}
