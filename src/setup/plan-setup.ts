import { type ClientFile, readClientFile, replaceClientFile } from './client-file.ts';
import type { Client, ClientSurroundings } from './clients.ts';
import { hookGroups, withHooks, withoutHooks } from './hooks-config.ts';
import { jsonBlock, withJsonEntry, withoutJsonEntry } from './json-config.ts';
import { rulesBlock, withoutRules, withRules } from './rules-block.ts';
import { type Installation, type ServerEntry, serverEntry } from './server-entry.ts';
import { shownChange } from './shown-change.ts';
import { tomlBlock, withoutTomlEntry, withTomlEntry } from './toml-config.ts';

/** What is to become of one file. */
export interface FileChange {
  file: ClientFile;
  /** The same as the file's when there is nothing to do; '' when the file goes. */
  text: string;
}

export interface SetupPlan {
  changes: FileChange[];
  /** The rules have to be put there by hand: a field of the client's settings. */
  rulesPlace?: string;
}

export interface SetupRequest {
  client: Client;
  installation: Installation;
  surroundings: ClientSurroundings;
  /** Also the rules; together with `remove`, only what is named. */
  rules: boolean;
  /** Also the hooks; together with `remove`, only what is named. */
  hooks: boolean;
  remove: boolean;
}

/** Reads the client's files and says what they are to become. Writes nothing; throws for a file that cannot be edited. */
export function planSetup(request: SetupRequest): SetupPlan {
  const { client, installation, surroundings, rules, hooks, remove } = request;
  const isAll = remove && !rules && !hooks;
  const changes: FileChange[] = [];
  const change = (path: string, edit: (text: string) => string) => {
    const file = readClientFile(path);
    changes.push({ file, text: edit(file.text) });
  };
  if (!remove || isAll) {
    change(client.configFile(surroundings), (text) =>
      remove ? withoutEntry(text, client) : withEntry(text, client, serverEntry(installation)),
    );
  }
  if ((hooks || isAll) && client.hooksFile !== undefined) {
    change(client.hooksFile(surroundings), (text) =>
      remove ? withoutHooks(text) : withHooks(text, hookGroups(installation)),
    );
  }
  if (!rules && !isAll) return { changes };
  const { instructions } = client;
  if ('place' in instructions) return rules ? { changes, rulesPlace: instructions.place } : { changes };
  const [first, ...others] = instructions.files(surroundings);
  if (remove) {
    for (const path of [first!, ...others]) change(path, (text) => withoutRules(text, instructions.header));
  } else {
    change(first!, (text) => withRules(text, instructions.header));
  }
  return { changes };
}

export interface DoneChange {
  path: string;
  isChanged: boolean;
  lines: string[];
  backup?: string;
}

/** Carries a plan out, file by file. */
export function applySetup({ changes }: SetupPlan, stamp: string): DoneChange[] {
  return changes.map(({ file, text }) => {
    if (text === file.text) return { path: file.path, isChanged: false, lines: [] };
    const lines = shownChange(file.text, text);
    const backup = replaceClientFile(file, text, stamp);
    return { path: file.path, isChanged: true, lines, ...(backup === undefined ? {} : { backup }) };
  });
}

/** What belongs into the client's configuration, for a person who puts it there. */
export function configBlock({ format }: Client, installation: Installation): string {
  const entry = serverEntry(installation);
  return format.kind === 'toml' ? tomlBlock(entry) : JSON.stringify(jsonBlock(format, entry), null, 2);
}

/** What belongs into the client's instructions. */
export function instructionsBlock({ instructions }: Client): string {
  return 'place' in instructions ? rulesBlock : instructions.header + rulesBlock;
}

function withEntry(text: string, { format }: Client, entry: ServerEntry): string {
  return format.kind === 'toml' ? withTomlEntry(text, entry) : withJsonEntry(text, format, entry);
}

function withoutEntry(text: string, { format }: Client): string {
  return format.kind === 'toml' ? withoutTomlEntry(text) : withoutJsonEntry(text, format);
}
