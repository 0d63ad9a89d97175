import { expect, test } from 'vitest';
import { hookGroups, withHooks, withoutHooks } from '../../src/setup/hooks-config.ts';
import type { Installation } from '../../src/setup/server-entry.ts';

const installed: Installation = {
  platform: 'linux',
  nodePath: '/usr/bin/node',
  programPath: "/home/o'hara/lib/ltmc/dist/cli.js",
  version: '1.2.3',
  flags: ['--db', '/data/my notes.db'],
};
const groups = hookGroups(installed);

const texts = [
  '{}\n',
  '{\n  "model": "opus"\n}\n',
  '{ "model": "opus" }',
  '{\r\n\t"hooks": {\r\n\t\t"Stop": [\r\n\t\t\t{ "hooks": [{ "type": "command", "command": "say done" }] }\r\n\t\t]\r\n\t}\r\n}\r\n',
  '{\n    "hooks": {\n        "PostToolUse": [\n            { "matcher": "Edit", "hooks": [{ "type": "command", "command": "fmt" }] }\n        ]\n    },\n    "z": 1\n}\n',
  '{"hooks":{"PostToolUse":[{"matcher":"Edit","hooks":[]},{"matcher":"Bash","hooks":[{"type":"command","command":"log"}]}]}}',
];

test.each(texts)('hooks come into %j, once, and go again without a trace', (text) => {
  const added = withHooks(text, groups);
  const before = JSON.parse(text).hooks ?? {};
  for (const [event, group] of Object.entries(groups)) {
    expect(JSON.parse(added).hooks[event]).toEqual([...(before[event] ?? []), group]);
  }
  expect(withHooks(added, groups)).toBe(added);
  expect(JSON.parse(withoutHooks(added))).toEqual(JSON.parse(text));
  // Down to the white space, but for an object that held nothing.
  if (text !== '{}\n') expect(withoutHooks(added)).toBe(text);
});

test('a file that is not there yet gets lists of groups', () => {
  expect(JSON.parse(withHooks('', groups))).toEqual({
    hooks: Object.fromEntries(Object.entries(groups).map(([event, group]) => [event, [group]])),
  });
});

test('an older entry of ours is brought up to date in its place; a group that the user added to is the user`s', () => {
  const old = hookGroups({ ...installed, programPath: '/old/ltmc/dist/cli.js', flags: [] });
  const text = withHooks('{\n  "a": 1\n}\n', old);
  expect(JSON.parse(withHooks(text, groups))).toEqual(JSON.parse(withHooks('{"a":1}', groups)));

  const shared = {
    ...groups.PostToolUse!,
    hooks: [...groups.PostToolUse!.hooks, { type: 'command', command: 'x' }],
  };
  const mixed = JSON.stringify({ hooks: { PostToolUse: [shared] } });
  expect(withoutHooks(mixed)).toBe(mixed);
});

test('another program`s hooks are not ours', () => {
  const text = JSON.stringify({
    hooks: {
      PostToolUse: [
        { matcher: 'Bash', hooks: [{ type: 'command', command: 'myltmc hook PostToolUse' }] },
        { matcher: 'Bash', hooks: [{ type: 'command', command: 'git hook run' }] },
      ],
    },
  });
  expect(withoutHooks(text)).toBe(text);
});

test.each([
  ['{"hooks": []}', 'an object'],
  ['{"hooks": {"PostToolUse": {}}}', 'a list'],
  ['[]', 'a JSON object'],
  ['{', 'JSON'],
])('%s is refused, not rewritten', (text, what) => {
  expect(() => withHooks(text, groups)).toThrow(what);
});

test('a shell reads the line as it was meant; Windows gets no shell', () => {
  expect(groups.SessionStart!.hooks[0]!.command).toBe(
    "/usr/bin/node '/home/o'\\''hara/lib/ltmc/dist/cli.js' hook SessionStart --db '/data/my notes.db'",
  );
  const windows = hookGroups({
    ...installed,
    platform: 'win32',
    nodePath: 'C:\\Program Files\\nodejs\\node.exe',
    programPath: 'C:\\npm\\node_modules\\ltmc\\dist\\cli.js',
  });
  expect(windows.PostToolUse!.hooks[0]).toMatchObject({
    command: 'C:\\Program Files\\nodejs\\node.exe',
    args: ['C:\\npm\\node_modules\\ltmc\\dist\\cli.js', 'hook', 'PostToolUse', '--db', '/data/my notes.db'],
  });
  expect(JSON.parse(withoutHooks(withHooks('{"a":1}', windows)))).toEqual({ a: 1 });
});

test('only the start of a session is waited for, and not where npx starts it', () => {
  expect(groups.SessionStart!.hooks[0]).not.toHaveProperty('async');
  expect(groups.PostToolUse!.hooks[0]).toHaveProperty('async', true);
  const cached = hookGroups({
    ...installed,
    programPath: '/home/u/.npm/_npx/1/node_modules/ltmc/dist/cli.js',
  });
  expect(cached.SessionStart!.hooks[0]).toMatchObject({
    command: "npx -y --prefer-offline ltmc@1.2.3 hook SessionStart --db '/data/my notes.db'",
    async: true,
  });
  expect(JSON.parse(withoutHooks(withHooks('{"a":1}', cached)))).toEqual({ a: 1 });
});
