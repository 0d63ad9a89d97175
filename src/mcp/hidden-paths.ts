import { dirname } from 'node:path';

export type HidePaths = (text: string) => string;

/**
 * For clients that reach the server over HTTP: commands in errors and hints say `DB` and `BACKUP` instead of
 * where those files lie; the other folders that LTMC knows are taken out too.
 */
export function pathHider(databasePath: string, folders: Readonly<Record<string, string>>): HidePaths {
  const names: [path: string, name: string][] = [
    [databasePath, 'DB'],
    [dirname(databasePath), 'FOLDER'],
    ...Object.entries(folders).map(([name, path]): [string, string] => [path, name]),
  ];
  // A path is named before the folder it is in; the root folder names nothing.
  const known = names.filter(([path]) => path.length > 1).sort(([one], [other]) => other.length - one.length);
  const patterns = known.flatMap(([path, name]): [RegExp, string][] =>
    // Commands show a path as JSON does.
    [...new Set([path, JSON.stringify(path).slice(1, -1)])].flatMap((written): [RegExp, string][] => [
      ...(name === 'DB'
        ? [[new RegExp(`${escaped(written)}\\.backup_\\d{8}_\\d{6}`, 'g'), 'BACKUP'] as [RegExp, string]]
        : []),
      [new RegExp(escaped(written), 'g'), name],
    ]),
  );
  return (text) => patterns.reduce((hidden, [pattern, name]) => hidden.replace(pattern, name), text);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
