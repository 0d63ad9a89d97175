import { describe, expect, test } from 'vitest';
import { LtmcError } from '../../src/errors.ts';
import type { ConfigFormat } from '../../src/setup/clients.ts';
import { withJsonEntry, withoutJsonEntry } from '../../src/setup/json-config.ts';
import { rulesBlock, withoutRules, withRules } from '../../src/setup/rules-block.ts';
import { shownChange } from '../../src/setup/shown-change.ts';
import { withoutTomlEntry, withTomlEntry } from '../../src/setup/toml-config.ts';

const entry = { command: '/opt/node', args: ['/opt/ltmc/dist/cli.js', 'serve'] };
const newer = { command: '/opt/node24', args: ['/opt/ltmc/dist/cli.js', 'serve', '--db', '/d.db'] };
type JsonFormat = Extract<ConfigFormat, { kind: 'json' }>;
const strict: JsonFormat = { kind: 'json', container: 'mcpServers', comments: false, typed: true };
const vscode: JsonFormat = { kind: 'json', container: 'servers', comments: true, typed: true };

function refusal(work: () => unknown): LtmcError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof LtmcError) return thrown;
    throw thrown;
  }
  throw new Error('Expected a refusal.');
}

const claudeCode = `{
  "numStartups": 12,
  "oauthAccount": { "emailAddress": "ada@example.org" },
  "mcpServers": {
    "memory": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-memory"],
      "env": { "TOKEN": "s3cret" }
    }
  },
  "projects": {"/home/ada/x": {"mcpServers": {"ltmc": {"command": "elsewhere"}}}}
}
`;
const vscodeFile = `// my servers
{
\t"inputs": [], // nothing to ask
\t"servers": {
\t\t/* the first */
\t\t"github": {
\t\t\t"url": "https://example.org/mcp", // remote
\t\t},
\t\t// the last line
\t},
}
`;

describe('JSON', () => {
  const files: [string, string, JsonFormat][] = [
    ['with servers', claudeCode, strict],
    ['without servers', '{\n    "theme": "dark",\n    "list": [1,   2]\n}\n', strict],
    ['of one line', '{"a":1,"mcpServers":{"x":{"command":"y"}}}', strict],
    ['with Windows line ends', claudeCode.replaceAll('\n', '\r\n'), strict],
    ['with comments and tabs', vscodeFile, vscode],
    ['without an end of line', '{\n  "a": "ü€😀"\n}', vscode],
  ];

  test.each(files)(
    'a file %s gets the entry, twice is once, and back is byte for byte',
    (_, text, format) => {
      const after = withJsonEntry(text, format, entry);
      expect(after).not.toBe(text);
      expect(withJsonEntry(after, format, entry)).toBe(after);
      expect(withoutJsonEntry(after, format)).toBe(text);
      if (!format.comments) {
        const { mcpServers, ...others } = JSON.parse(after);
        const { mcpServers: before, ...othersBefore } = JSON.parse(text);
        expect(others).toEqual(othersBefore);
        expect(mcpServers).toEqual({ ...before, ltmc: { type: 'stdio', ...entry } });
      }
    },
  );

  test('only lines are added', () => {
    for (const [, text, format] of files.filter(([name]) => name !== 'of one line')) {
      const gone = shownChange(text, withJsonEntry(text, format, entry)).filter((line) =>
        line.startsWith('-'),
      );
      // The line before it gets a comma.
      expect(gone.length).toBeLessThanOrEqual(1);
    }
    const after = withJsonEntry(vscodeFile, vscode, entry);
    for (const comment of [
      '// my servers',
      '// nothing to ask',
      '/* the first */',
      '// remote',
      '// the last line',
    ]) {
      expect(after).toContain(comment);
    }
  });

  test('an empty file becomes one', () => {
    expect(JSON.parse(withJsonEntry('', strict, entry))).toEqual({
      mcpServers: { ltmc: { type: 'stdio', ...entry } },
    });
    expect(withoutJsonEntry('', strict)).toBe('');
  });

  test('an entry of ours is brought up to date, and what the user added to it stays', () => {
    const text =
      '{\n  "mcpServers": {\n    "ltmc": {\n      "command": "npx",\n      "args": ["-y", "ltmc@0.0.1"],\n      "env": { "LTMC_TOOLS": "core" }\n    }\n  }\n}\n';
    const after = withJsonEntry(text, strict, newer);
    expect(JSON.parse(after).mcpServers.ltmc).toEqual({ ...newer, env: { LTMC_TOOLS: 'core' } });
    expect(withJsonEntry(after, strict, newer)).toBe(after);
  });

  test.each([
    ['a comma too many', '{"mcpServers": {},}', strict],
    ['a comment where there may be none', '{ // hi\n "mcpServers": {} }', strict],
    ['half a file', '{"mcpServers": {', vscode],
    ['a list', '[]', vscode],
    ['servers that are a list', '{"servers": []}', vscode],
    ['no JSON at all', 'mcpServers: {}', vscode],
    ['the same key twice', '{"mcpServers": {"a": {}}, "mcpServers": {"b": {}}}', strict],
  ])('%s is refused', (_, text, format) => {
    expect(refusal(() => withJsonEntry(text, format, entry)).message).toMatch(
      /^Expected .* left as it (is|was)/,
    );
  });

  test("another program's entry under our name is refused both ways", () => {
    const text = '{"mcpServers": {"ltmc": {"command": "python", "args": ["ltmc_mcp_server.py"]}}}';
    expect(refusal(() => withJsonEntry(text, strict, entry)).message).toContain('starts something else');
    expect(refusal(() => withoutJsonEntry(text, strict)).message).toContain('starts something else');
  });
});

const codex = `# my settings
model = "gpt-5.1-codex"
big = 9007199254740993 # exact
when = 2026-11-22T10:00:00Z

[mcp_servers.docs] # first
command = "docs-server"
args = [
  "--root", # where
  "/docs",
]

[mcp_servers.docs.env]
TOKEN = "s3cret"

[profiles.fast]
note = '''
[mcp_servers.ltmc]
is only mentioned here
'''
`;

describe('TOML', () => {
  const files: [string, string][] = [
    ['with tables', codex.replace(/note = '''[\s\S]*'''/, 'note = 1')],
    ['that is empty', ''],
    ['without an end of line', 'model = "x"'],
    ['with Windows line ends', 'model = "x"\r\n\r\n[mcp_servers.a]\r\ncommand = "b"\r\n'],
  ];

  test.each(files)('a file %s gets the table, twice is once, and back is byte for byte', (_, text) => {
    const after = withTomlEntry(text, entry);
    expect(after.startsWith(text)).toBe(true);
    expect(after).toContain('[mcp_servers.ltmc]');
    expect(withTomlEntry(after, entry)).toBe(after);
    expect(withoutTomlEntry(after)).toBe(text);
  });

  test('a newer path changes two lines; what the client or the user put below stays', () => {
    const text = `${withTomlEntry('model = "x"\n', entry)}startup_timeout_sec = 20\n\n[mcp_servers.ltmc.tools.store_memory]\napproval_mode = "approve"\n\n# mine\n[other]\na = 1\n`;
    const after = withTomlEntry(text, newer);
    expect(shownChange(text, after)).toEqual([
      '- command = "/opt/node"',
      '- args = ["/opt/ltmc/dist/cli.js", "serve"]',
      '+ command = "/opt/node24"',
      '+ args = ["/opt/ltmc/dist/cli.js", "serve", "--db", "/d.db"]',
    ]);
    const removed = withoutTomlEntry(after);
    expect(removed).toContain('# mine\n[other]\na = 1\n');
    expect(removed).not.toContain('ltmc');
  });

  test('a Windows path keeps its backslashes', () => {
    const text = withTomlEntry('', { command: 'C:\\node\\node.exe', args: ['C:\\ltmc\\dist\\cli.js'] });
    expect(text).toContain('command = "C:\\\\node\\\\node.exe"');
  });

  test.each([
    ['no TOML', 'model = '],
    ['servers on one line', 'mcp_servers = { docs = { command = "x" } }\n'],
    ['our entry in a form of its own', '[mcp_servers]\nltmc = { command = "ltmc" }\n'],
    ["another program's table", '[mcp_servers.ltmc]\ncommand = "python"\n'],
    ['arguments on several lines', '[mcp_servers.ltmc]\ncommand = "ltmc"\nargs = [\n  "x",\n]\n'],
  ])('%s is refused', (_, text) => {
    expect(refusal(() => withTomlEntry(text, entry)).message).toMatch(/left as it (is|was)/);
  });

  test('our name inside a text is no table', () => {
    const after = withTomlEntry(codex, entry);
    // The table cannot be told from the text by its lines: rather nothing than half of it.
    expect(refusal(() => withoutTomlEntry(after)).message).toMatch(/left as it (is|was)/);
    expect(after.startsWith(codex)).toBe(true);
  });
});

describe('rules', () => {
  test.each([
    ['a text', '# Mine\n\nUse tabs.\n'],
    ['a text without an end of line', '# Mine'],
    ['Windows line ends', '# Mine\r\n\r\nUse tabs.\r\n'],
    ['nothing', ''],
  ])('are put behind %s, once, and taken out again', (_, text) => {
    const after = withRules(text, '');
    expect(after.startsWith(text)).toBe(true);
    expect(after.replaceAll('\r', '')).toContain(rulesBlock);
    expect(withRules(after, '')).toBe(after);
    expect(withoutRules(after, '')).toBe(text);
  });

  test('an older block is replaced where it stands, and text behind it stays', () => {
    const text = '# Mine\n\n<!-- ltmc:begin -->\nold\n<!-- ltmc:end -->\nMore of mine.\n';
    const after = withRules(text, '');
    expect(after).toBe(`# Mine\n\n${rulesBlock}\nMore of mine.\n`);
    expect(withoutRules(after, '')).toBe('# Mine\nMore of mine.\n');
  });

  test('a file that is only ours goes', () => {
    const header = "---\napplyTo: '**'\n---\n";
    const text = withRules('', header);
    expect(text).toBe(`${header}${rulesBlock}\n`);
    expect(withoutRules(text, header)).toBe('');
  });

  test.each(['<!-- ltmc:begin -->\nhalf', 'half\n<!-- ltmc:end -->', `${rulesBlock}\n${rulesBlock}`])(
    'marks that do not pair are refused',
    (text) => {
      expect(refusal(() => withRules(text, '')).message).toContain('do not pair');
      expect(refusal(() => withoutRules(text, '')).message).toContain('do not pair');
    },
  );
});

test('a change shows its own lines, and no line that holds more than the change', () => {
  const text = `{"history": "${'x'.repeat(500)}", "a": 1}`;
  const lines = shownChange(text, withJsonEntry(text, strict, entry));
  expect(lines.join('')).not.toContain('xxx');
  expect(lines).toHaveLength(2);
  expect(shownChange(claudeCode, withJsonEntry(claudeCode, strict, entry)).join('\n')).not.toContain(
    's3cret',
  );
});
