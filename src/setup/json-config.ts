import { isDeepStrictEqual } from 'node:util';
import {
  applyEdits,
  findNodeAtLocation,
  type JSONPath,
  modify,
  type ParseError,
  parse,
  parseTree,
} from 'jsonc-parser';
import type { ConfigFormat } from './clients.ts';
import { cannotEdit, notOurs, notReadable } from './refusals.ts';
import { isOurEntry, type ServerEntry, serverName, startsTheSame } from './server-entry.ts';
import { lineEndOf } from './text-block.ts';

type JsonFormat = Extract<ConfigFormat, { kind: 'json' }>;
export type JsonObject = Record<string, unknown>;

/** The text with our entry in it; everything else, comments too, as it was. Throws for a text that is no such file. */
export function withJsonEntry(text: string, format: JsonFormat, entry: ServerEntry): string {
  if (text.trim() === '') return `${JSON.stringify(jsonBlock(format, entry), null, 2)}\n`;
  const before = parsedJson(text, format);
  const there = serversOf(before, format)[serverName];
  const full = typedEntry(format, entry);
  if (there === undefined) return edited(text, format, [[[format.container, serverName], full]]);
  if (!isOurEntry(there)) throw notOurs();
  if (startsTheSame(there, entry)) return text;
  // Only what starts the server: an environment that the user added stays.
  return edited(text, format, [
    [[format.container, serverName, 'command'], entry.command],
    [[format.container, serverName, 'args'], entry.args],
  ]);
}

/** The text without our entry; a list of servers that held nothing else goes with it. */
export function withoutJsonEntry(text: string, format: JsonFormat): string {
  if (text.trim() === '') return text;
  const servers = serversOf(parsedJson(text, format), format);
  if (servers[serverName] === undefined) return text;
  if (!isOurEntry(servers[serverName])) throw notOurs();
  const path = Object.keys(servers).length === 1 ? [format.container] : [format.container, serverName];
  return edited(text, format, [[path, undefined]]);
}

/** The entry of that name, whatever it is; undefined when there is none. Throws for a text that is no such file. */
export function jsonEntry(text: string, format: JsonFormat): unknown {
  return text.trim() === '' ? undefined : serversOf(parsedJson(text, format), format)[serverName];
}

/** What `--print` shows. */
export function jsonBlock(format: JsonFormat, entry: ServerEntry): JsonObject {
  return { [format.container]: { [serverName]: typedEntry(format, entry) } };
}

function typedEntry({ typed }: JsonFormat, entry: ServerEntry): JsonObject {
  return typed ? { type: 'stdio', ...entry } : { ...entry };
}

/** Applies the changes to the text and makes sure that they did what they say and nothing else. */
function edited(text: string, format: JsonFormat, changes: readonly [JSONPath, unknown][]): string {
  const expected = parsedJson(text, format);
  let result = text;
  for (const [path, value] of changes) {
    result = addition(result, path, value) ?? applyEdits(result, modify(result, path, value, {}));
    put(expected, path, value);
  }
  // A key that occurs twice is edited where it does not count.
  if (!isDeepStrictEqual(parsedJson(result, format), expected)) throw cannotEdit();
  return result;
}

/**
 * The text with a new member at the end of an object, laid out like the rest of the file; null where nothing
 * new is put in, or all is on one line. (The parser's own formatter would lay the neighbours out anew.)
 */
export function addition(text: string, path: JSONPath, value: unknown): string | null {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root === undefined || value === undefined || !text.trim().includes('\n')) return null;
  if (findNodeAtLocation(root, path) !== undefined) return null;
  const parentPath = path.slice(0, -1);
  const parent = findNodeAtLocation(root, parentPath);
  // Its parent is new too: one object around it.
  if (parent === undefined) return addition(text, parentPath, { [path.at(-1)!]: value });

  const lineEnd = lineEndOf(text);
  const unit = /\n([\t ]+)\S/.exec(text)?.[1] ?? '  ';
  const line = (depth: number) => lineEnd + unit.repeat(depth);
  const member = `${JSON.stringify(path.at(-1))}: ${JSON.stringify(value, null, unit)}`;
  const placed = line(path.length) + member.split('\n').join(line(path.length));
  const last = parent.children?.at(-1);
  if (last !== undefined) return spliced(text, last.offset + last.length, 0, `,${placed}`);
  const inside = text.slice(parent.offset + 1, parent.offset + parent.length - 1);
  const isBlank = inside.trim() === '';
  const content = isBlank ? placed + line(path.length - 1) : placed;
  return spliced(text, parent.offset + 1, isBlank ? inside.length : 0, content);
}

function spliced(text: string, at: number, length: number, content: string): string {
  return text.slice(0, at) + content + text.slice(at + length);
}

function put(object: JsonObject, path: JSONPath, value: unknown): void {
  const [key, ...rest] = path as string[];
  if (rest.length > 0) {
    object[key!] ??= {};
    put(object[key!] as JsonObject, rest, value);
  } else if (value === undefined) delete object[key!];
  else object[key!] = value;
}

export function parsedJson(text: string, { comments }: { comments: boolean }): JsonObject {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { disallowComments: !comments, allowTrailingComma: comments });
  if (errors.length > 0) throw notReadable(comments ? 'JSON with comments' : 'JSON');
  if (!isObject(value)) throw notReadable('a JSON object');
  return value;
}

function serversOf(config: JsonObject, { container }: JsonFormat): JsonObject {
  const servers = config[container];
  if (servers === undefined) return {};
  if (!isObject(servers)) throw notReadable(`JSON whose "${container}" is an object`);
  return servers;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
