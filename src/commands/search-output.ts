import { formatRef } from '../ids.ts';
import type { Terminal } from './command.ts';
import type { FoundMemories, FoundMemory } from './found-memories.ts';
import { paint } from './terminal-style.ts';
import { threeDigits } from './three-digits.ts';
import { visibleLine, visibleText } from './visible-text.ts';

/** The one document of `ltmc search --json`. Names are those of the tools' answers. */
export function searchJson(found: FoundMemories): Record<string, unknown> {
  const { search, nearest } = found;
  return {
    success: true,
    query: found.query,
    confidence: found.confidence,
    mode: search.mode,
    ...(search.reason === undefined ? {} : { mode_reason: search.reason }),
    hits: found.hits.map((hit) => ({
      ref: formatRef('chunk', hit.chunkId),
      resource_id: hit.resourceId,
      file_name: hit.fileName,
      resource_type: hit.resourceType,
      project: hit.project,
      created_at: hit.createdAt,
      score: threeDigits(hit.score),
      ...(hit.similarity === undefined ? {} : { similarity: threeDigits(hit.similarity) }),
      text: hit.text,
    })),
    count: found.hits.length,
    ...(nearest === undefined
      ? {}
      : {
          nearest: {
            resource_id: nearest.resourceId,
            file_name: nearest.fileName,
            score: threeDigits(nearest.score),
          },
        }),
    known_projects: found.knownProjects,
  };
}

/** The hits for a person: what was stored is shown with its control characters visible, never sent. */
export function printSearch(found: FoundMemories, terminal: Terminal): void {
  const { bold, dim, yellow } = paint(terminal.colour);
  const { mode, reason } = found.search;
  if (reason !== undefined) {
    terminal.err(`${yellow(mode === 'lexical' ? 'By words only' : 'Judged by words')}: ${reason}\n`);
  }
  if (found.hits.length === 0) {
    terminal.out('Nothing relevant here.\n');
    if (found.nearest !== undefined) {
      const name = visibleLine(found.nearest.fileName ?? '(no name)');
      terminal.out(`${dim(`Closest was ${name}, score ${found.nearest.score.toFixed(2)}.`)}\n`);
    }
  }
  if (found.knownProjects !== undefined && found.scope !== 'all') {
    const names = found.knownProjects.map(visibleLine);
    const project = visibleLine(found.scope.project ?? 'none');
    const others =
      names.length === 0 ? 'There are no others.' : `There are: ${names.join(', ')}; all: --project "*"`;
    terminal.err(`The project ${project} holds nothing. ${others}\n`);
  } else if (found.hits.length === 0 && found.scope !== 'all') {
    terminal.err('All projects: --project "*"\n');
  }
  if (found.hits.length > 0 && found.confidence === 'low') {
    terminal.out(`${dim('Not sure: about half of such answers are right.')}\n\n`);
  }
  found.hits.forEach((hit, index) => {
    const gap = index === 0 ? '' : '\n';
    terminal.out(`${gap}${bold(`${hit.n}. ${title(hit)}`)}  ${dim(details(hit))}\n`);
    terminal.out(`${indented(visibleText(hit.text.trim()))}\n`);
  });
}

function title(hit: FoundMemory): string {
  return visibleLine(hit.fileName ?? '(no name)');
}

function details(hit: FoundMemory): string {
  const date = visibleLine(hit.createdAt?.slice(0, 10) ?? 'no date');
  const project = hit.project === null ? [] : [visibleLine(hit.project)];
  return [date, ...project, `score ${hit.score.toFixed(2)}`].join(' · ');
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `   ${line}`))
    .join('\n');
}
