import type { ProjectName, ReadScope } from '../domain/ports.ts';
import type { ToolContext } from './tool.ts';

/** What a call may see: the project it names, else the server's; "*" is everything. */
export function readScope(project: string | undefined, context: ToolContext): ReadScope {
  const named = project?.trim();
  if (named === '*') return 'all';
  return { project: named ?? context.defaultProject };
}

/** The one project that a call writes to. */
export function projectToWriteTo(project: string | undefined, context: ToolContext): ProjectName {
  return project?.trim() ?? context.defaultProject;
}
