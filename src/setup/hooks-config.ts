import { isDeepStrictEqual } from 'node:util';
import { applyEdits, findNodeAtLocation, modify, parseTree } from 'jsonc-parser';
import { addition, isObject, type JsonObject, parsedJson } from './json-config.ts';
import { cannotEdit, notReadable } from './refusals.ts';
import { type Installation, isFromNpx, isOurEntry, programEntry } from './server-entry.ts';
import { lineEndOf } from './text-block.ts';

/** What is added for one event: which of its occurrences call the hook, and the hook. */
interface HookGroup extends JsonObject {
  matcher: string;
  hooks: JsonObject[];
}

/** A new conversation; one that is taken up again knows already. */
const newSessions = 'startup|clear|compact';

/**
 * The hooks of Claude Code that make recording automatic (https://code.claude.com/docs/en/hooks). Logging runs
 * beside the client (`async`; an older client ignores the word and waits for the short moment that it takes).
 */
export function hookGroups(installation: Installation): Record<string, HookGroup> {
  const group = (event: string, matcher: string, isAwaited: boolean): HookGroup => ({
    matcher,
    hooks: [
      {
        type: 'command',
        ...hookCommand(installation, event),
        timeout: 10,
        ...(isAwaited ? {} : { async: true }),
      },
    ],
  });
  return {
    // npx takes longer to start than a client should wait; its answer then comes with the next turn.
    SessionStart: group('SessionStart', newSessions, !isFromNpx(installation)),
    PostToolUse: group('PostToolUse', 'Bash', false),
    PostToolUseFailure: group('PostToolUseFailure', 'Bash', false),
  };
}

/** What `--print` shows. */
export function hooksBlock(groups: Record<string, HookGroup>): string {
  const lists = Object.entries(groups).map(([event, group]) => [event, [group]]);
  return JSON.stringify({ hooks: Object.fromEntries(lists) }, null, 2);
}

/** The settings with our hooks among the user's; everything else as it was. Throws for a text that is no such file. */
export function withHooks(text: string, groups: Record<string, HookGroup>): string {
  if (text.trim() === '') return `${hooksBlock(groups)}\n`;
  let result = text;
  for (const [event, group] of Object.entries(groups)) {
    const there = groupsOf(result, event);
    const at = there?.findIndex(isOurGroup) ?? -1;
    if (at !== -1 && isDeepStrictEqual(there![at], group)) continue;
    const before = result;
    if (there === undefined) result = memberAdded(result, event, group);
    else if (at === -1) result = elementAdded(result, event, group);
    else result = changed(result, ['hooks', event, at], group);
    const expected = [...(there ?? [])];
    expected[at === -1 ? expected.length : at] = group;
    assertOnly(before, result, event, expected);
  }
  return result;
}

/** The settings without our hooks; a list, and the object of lists, that held nothing else goes with them. */
export function withoutHooks(text: string): string {
  if (text.trim() === '') return text;
  let result = text;
  for (const event of Object.keys(hooksOf(parsed(text)))) {
    for (;;) {
      const there = groupsOf(result, event) ?? [];
      const at = there.findIndex(isOurGroup);
      if (at === -1) break;
      const rest = there.filter((_, index) => index !== at);
      const isAlone = Object.keys(hooksOf(parsed(result))).length === 1;
      const path = isAlone ? ['hooks'] : ['hooks', event];
      const before = result;
      result = rest.length > 0 ? elementRemoved(result, event, at) : changed(result, path, undefined);
      assertOnly(before, result, event, rest.length > 0 ? rest : undefined);
    }
  }
  return result;
}

/** On Windows without a shell, which may be one of two; elsewhere as a line for sh, which every version knows. */
function hookCommand(installation: Installation, event: string): JsonObject {
  const { command, args } = programEntry(installation, ['hook', event, ...installation.flags]);
  if (installation.platform === 'win32') return { command, args };
  return { command: [command, ...args].map(shellWord).join(' ') };
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A group whose one hook calls `ltmc hook`; one to which the user added is the user's. */
function isOurGroup(group: unknown): boolean {
  if (!isObject(group) || !Array.isArray(group.hooks) || group.hooks.length !== 1) return false;
  const [hook] = group.hooks as unknown[];
  if (!isObject(hook)) return false;
  if (Array.isArray(hook.args)) return isOurEntry(hook) && hook.args.includes('hook');
  const line = typeof hook.command === 'string' ? hook.command : '';
  return /(?:\bltmc(?:@[\w.-]+)?|[\\/]dist[\\/]cli\.js)['"]? hook [A-Z]\w+/.test(line);
}

/** What our hooks in a client's settings start, as command and arguments. */
export function hookEntries(text: string): { command: string; args: string[] }[] {
  if (text.trim() === '') return [];
  const groups = Object.keys(hooksOf(parsed(text))).flatMap((event) => groupsOf(text, event) ?? []);
  return groups.filter(isOurGroup).map((group) => {
    const [hook] = (group as HookGroup).hooks as [{ command: string; args?: string[] }];
    if (hook.args !== undefined) return { command: hook.command, args: hook.args };
    const [command = '', ...args] = shellWords(hook.command);
    return { command, args };
  });
}

/** The words of a line as hookCommand writes it. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|\\'|[^\s'])+/g)].map(([word]) =>
    word.replace(/\\'|'([^']*)'/g, (found, quoted?: string) => (found === "\\'" ? "'" : (quoted ?? ''))),
  );
}

function parsed(text: string): JsonObject {
  return parsedJson(text, { comments: false });
}

function hooksOf(settings: JsonObject): JsonObject {
  if (settings.hooks === undefined) return {};
  if (!isObject(settings.hooks)) throw notReadable('JSON whose "hooks" is an object');
  return settings.hooks;
}

function groupsOf(text: string, event: string): unknown[] | undefined {
  const groups = hooksOf(parsed(text))[event];
  if (groups !== undefined && !Array.isArray(groups)) throw notReadable(`JSON whose "${event}" is a list`);
  return groups;
}

function changed(text: string, path: (string | number)[], value: unknown): string {
  return applyEdits(text, modify(text, path, value, {}));
}

function memberAdded(text: string, event: string, group: HookGroup): string {
  return addition(text, ['hooks', event], [group]) ?? changed(text, ['hooks', event], [group]);
}

/** At the end of the event's list, laid out like the rest of the file. */
function elementAdded(text: string, event: string, group: HookGroup): string {
  const list = findNodeAtLocation(parseTree(text)!, ['hooks', event])!;
  const last = list.children?.at(-1);
  if (last === undefined) return changed(text, ['hooks', event], [group]);
  const at = last.offset + last.length;
  if (!text.trim().includes('\n')) return `${text.slice(0, at)},${JSON.stringify(group)}${text.slice(at)}`;
  const unit = /\n([\t ]+)\S/.exec(text)?.[1] ?? '  ';
  const line = lineEndOf(text) + unit.repeat(3);
  const placed = line + JSON.stringify(group, null, unit).split('\n').join(line);
  return `${text.slice(0, at)},${placed}${text.slice(at)}`;
}

/** One of several elements, with the comma and the white space between it and its neighbour. */
function elementRemoved(text: string, event: string, at: number): string {
  const elements = findNodeAtLocation(parseTree(text)!, ['hooks', event])!.children!;
  const ends = elements.map(({ offset, length }) => offset + length);
  const start = at === 0 ? elements[0]!.offset : ends[at - 1]!;
  const stop = at === 0 ? elements[1]!.offset : ends[at]!;
  return text.slice(0, start) + text.slice(stop);
}

/** Refuses an edit after which anything but this event's list reads differently. */
function assertOnly(before: string, after: string, event: string, groups: unknown[] | undefined): void {
  const expected = parsed(before);
  const hooks = { ...hooksOf(expected) };
  if (groups === undefined) delete hooks[event];
  else hooks[event] = groups;
  if (Object.keys(hooks).length === 0) delete expected.hooks;
  else expected.hooks = hooks;
  if (!isDeepStrictEqual(parsed(after), expected)) throw cannotEdit();
}
