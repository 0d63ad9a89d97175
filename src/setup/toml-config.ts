import { isDeepStrictEqual } from 'node:util';
import { parse } from 'smol-toml';
import { cannotEdit, notOurs, notReadable } from './refusals.ts';
import { isOurEntry, type ServerEntry, serverName, startsTheSame } from './server-entry.ts';
import { appendBlock, cutBlock } from './text-block.ts';

type TomlTable = Record<string, unknown>;

const table = `mcp_servers.${serverName}`;
const mark = '# Added by `ltmc setup codex`; `ltmc setup codex --remove` takes it out.';

/** What is added, and what `--print` shows. JSON's strings are TOML's basic strings. */
export function tomlBlock(entry: ServerEntry): string {
  return [mark, `[${table}]`, commandLine(entry), argsLine(entry)].join('\n');
}

/** The entry of that name, whatever it is; undefined when there is none. Throws for a text that is no TOML. */
export function tomlEntry(text: string): unknown {
  return serversOf(parsed(text))[serverName];
}

/** The text with our table in it; everything else as it was. Throws for a text that is no TOML. */
export function withTomlEntry(text: string, entry: ServerEntry): string {
  const there = serversOf(parsed(text))[serverName];
  if (there === undefined) return checked(text, appendBlock(text, tomlBlock(entry)), entry);
  if (!isOurEntry(there)) throw notOurs();
  if (startsTheSame(there, entry)) return text;
  const { start, stop } = ourTable(text);
  const lines = text
    .slice(start, stop)
    .replace(/^([ \t]*)command[ \t]*=.*?(?=\r?$)/m, (_line, indent: string) => indent + commandLine(entry))
    .replace(
      /^([ \t]*)args[ \t]*=[ \t]*\[.*\][ \t]*(?=\r?$)/m,
      (_line, indent: string) => indent + argsLine(entry),
    );
  return checked(text, text.slice(0, start) + lines + text.slice(stop), {
    ...(there as TomlTable),
    ...entry,
  });
}

/** The text without our table and the tables below it. */
export function withoutTomlEntry(text: string): string {
  const there = serversOf(parsed(text))[serverName];
  if (there === undefined) return text;
  if (!isOurEntry(there)) throw notOurs();
  const { start, stop } = ourTable(text);
  return checked(text, cutBlock(text, start, stop), undefined);
}

/** From our mark, or the table's header, to its last line and that of the tables below it. */
function ourTable(text: string): { start: number; stop: number } {
  let start = -1;
  let stop = -1;
  let isOurs = false;
  let previous = { at: 0, line: '' };
  let at = 0;
  for (const whole of text.split('\n')) {
    const line = whole.trim();
    const header = /^\[\[?\s*(.*?)\s*\]\]?\s*(#.*)?$/.exec(line)?.[1];
    if (header !== undefined) {
      isOurs = header === table || (start !== -1 && header.startsWith(`${table}.`));
      if (isOurs && start === -1) start = previous.line === mark ? previous.at : at;
    }
    if (isOurs && line !== '' && !line.startsWith('#')) stop = at + whole.replace(/\r$/, '').length;
    previous = { at, line };
    at += whole.length + 1;
  }
  if (start === -1) throw cannotEdit();
  return { start, stop };
}

/** Refuses an edit after which anything but our entry reads differently. */
function checked(before: string, after: string, entry: unknown): string {
  const expected = parsed(before);
  const found = parsed(after);
  const servers = { ...serversOf(expected), ...(entry === undefined ? {} : { [serverName]: entry }) };
  if (entry === undefined) delete (servers as TomlTable)[serverName];
  const isSame =
    isDeepStrictEqual(plain(serversOf(found)), plain(servers)) &&
    isDeepStrictEqual(plain({ ...found, mcp_servers: null }), plain({ ...expected, mcp_servers: null }));
  if (!isSame) throw cannotEdit();
  return after;
}

/** Dates and big numbers as text, prototypes apart. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? `${item}n` : item)));
}

function parsed(text: string): TomlTable {
  try {
    return parse(text, { integersAsBigInt: true }) as TomlTable;
  } catch (cause) {
    throw notReadable('TOML', cause);
  }
}

function serversOf(config: TomlTable): TomlTable {
  const servers = config.mcp_servers;
  if (servers === undefined) return {};
  if (typeof servers !== 'object' || servers === null || Array.isArray(servers)) {
    throw notReadable('TOML whose mcp_servers is a table');
  }
  return servers as TomlTable;
}

function commandLine({ command }: ServerEntry): string {
  return `command = ${JSON.stringify(command)}`;
}

function argsLine({ args }: ServerEntry): string {
  return `args = [${args.map((word) => JSON.stringify(word)).join(', ')}]`;
}
