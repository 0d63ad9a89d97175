import { defined } from '../defined.ts';
import type { MemorySummary, ReadScope } from '../domain/ports.ts';
import { formatRef } from '../ids.ts';
import { limits } from '../limits.ts';
import { type Command, jsonFlag, type Terminal } from './command.ts';
import { wrongUsage } from './parse-arguments.ts';
import { rowTime } from './row-time.ts';
import { settingFlags } from './setting-flags.ts';
import { paint } from './terminal-style.ts';
import { visibleLine } from './visible-text.ts';

export const listCommand: Command = {
  name: 'list',
  synopsis: '[options]',
  summary: 'the memories there are, newest first',
  description:
    'Prints one line a memory: its ref, its date, its type and its name. By default it sees the project of\n' +
    'the working directory and what belongs to no project; --project "*" sees all.',
  flags: [
    {
      name: 'type',
      kind: 'text',
      valueName: 'TYPE',
      summary: 'only those of this resource type, such as document or code',
    },
    {
      name: 'limit',
      kind: 'whole number',
      valueName: 'N',
      summary: `how many, 1 to ${limits.listRowsMax} (default: ${limits.listRowsDefault})`,
    },
    ...settingFlags(['project', 'databasePath', 'logLevel']),
    jsonFlag,
  ],
  positionals: [],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const limit = given.numbers.get('limit') ?? limits.listRowsDefault;
    if (limit < 1 || limit > limits.listRowsMax) {
      throw wrongUsage(listCommand, `Expected --limit to be 1 to ${limits.listRowsMax}; got ${limit}.`);
    }
    const resourceType = given.texts.get('type');
    const { loadConfig, openApp, workingScope } = await import('../app.ts');
    const config = await loadConfig(configFlags, environment);
    const app = await openApp(config, { mustExist: true });
    try {
      const scope = workingScope(config);
      const { memories, nextCursor } = await app.services.catalog.list({
        scope,
        limit,
        ...defined({ resourceType }),
      });
      if (json) terminal.out(`${JSON.stringify(listJson(memories, nextCursor))}\n`);
      else printList(memories, nextCursor !== undefined, scope, terminal);
    } finally {
      await app.close();
    }
  },
};

function listJson(memories: readonly MemorySummary[], nextCursor: string | undefined) {
  return {
    success: true,
    memories: memories.map((memory) => ({
      ref: formatRef('memory', memory.resourceId),
      resource_id: memory.resourceId,
      file_name: memory.fileName,
      resource_type: memory.resourceType,
      tags: memory.tags,
      project: memory.project,
      origin: memory.origin,
      created_at: rowTime(memory.createdAt),
      chunk_count: memory.chunkCount,
      revision: memory.revision,
    })),
    count: memories.length,
    next_cursor: nextCursor,
  };
}

function printList(
  memories: readonly MemorySummary[],
  more: boolean,
  scope: ReadScope,
  terminal: Terminal,
): void {
  const { bold, dim } = paint(terminal.colour);
  if (memories.length === 0) {
    const where = scope === 'all' ? 'No memories.' : 'No memories here. All projects: --project "*"';
    terminal.err(`${where}\n`);
    return;
  }
  const refWidth = Math.max(...memories.map(({ resourceId }) => formatRef('memory', resourceId).length));
  const typeWidth = Math.max(...memories.map(({ resourceType }) => visibleLine(resourceType ?? '-').length));
  for (const memory of memories) {
    const ref = formatRef('memory', memory.resourceId).padEnd(refWidth);
    const date = (rowTime(memory.createdAt) ?? '').slice(0, 10).padEnd(10);
    const project = scope === 'all' ? `  ${dim(visibleLine(memory.project ?? 'no project'))}` : '';
    terminal.out(
      `${bold(ref)}  ${dim(date)}  ${visibleLine(memory.resourceType ?? '-').padEnd(typeWidth)}  ${visibleLine(memory.fileName ?? '-')}${project}\n`,
    );
  }
  if (more) terminal.err(`There are more: --limit N shows up to ${limits.listRowsMax}.\n`);
}
