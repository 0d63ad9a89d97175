import { pathsOf } from '../user-folders.ts';

/** What decides where a client keeps its files. All of it is a parameter, so that tests never meet a user's. */
export interface ClientSurroundings {
  platform: NodeJS.Platform;
  environment: Record<string, string | undefined>;
  home: string;
  isFolder(path: string): boolean;
  /** Whether there is a file with something in it. */
  hasText(path: string): boolean;
}

/** How a client's configuration names its servers. */
export type ConfigFormat =
  | {
      kind: 'json';
      /** The object that holds one entry a server. */
      container: 'mcpServers' | 'servers';
      /** Comments and trailing commas are allowed. */
      comments: boolean;
      /** An entry says `"type": "stdio"`. */
      typed: boolean;
    }
  | { kind: 'toml' };

/** Where a client reads a user's own instructions: a file, or a field of its settings that only it can write. */
export type Instructions =
  | {
      /** The first is where they go; `--remove` looks in all of them. */
      files(surroundings: ClientSurroundings): string[];
      /** What the file must begin with, where the client asks for it. */
      header: string;
    }
  | { place: string };

export interface Client {
  name: string;
  title: string;
  configFile(surroundings: ClientSurroundings): string;
  format: ConfigFormat;
  instructions: Instructions;
  /** The settings in which the client looks for hooks; absent where it has none that fit. */
  hooksFile?(surroundings: ClientSurroundings): string;
  /** What a person does next. */
  next: string;
}

/** The package family name of Claude Desktop from the Microsoft Store; Windows gives such programs folders of their own. */
const claudeStorePackage = 'Claude_pzs8sxrjxfjjc';

/** Each client's files as its documentation names them, in the order of the help. */
export const clients: readonly Client[] = [
  {
    // https://code.claude.com/docs/en/mcp (user scope) and /en/memory
    name: 'claude-code',
    title: 'Claude Code',
    configFile: (surroundings) =>
      inFolder(surroundings, claudeFolder(surroundings) ?? surroundings.home, '.claude.json'),
    format: { kind: 'json', container: 'mcpServers', comments: false, typed: true },
    instructions: {
      files: (surroundings) => [claudeFile(surroundings, 'CLAUDE.md')],
      header: '',
    },
    // https://code.claude.com/docs/en/settings (user settings)
    hooksFile: (surroundings) => claudeFile(surroundings, 'settings.json'),
    next: 'Start a new session of Claude Code; /mcp lists the server.',
  },
  {
    // https://modelcontextprotocol.io/docs/develop/connect-local-servers
    name: 'claude-desktop',
    title: 'Claude Desktop',
    configFile: (surroundings) =>
      inFolder(surroundings, claudeDesktopFolder(surroundings), 'claude_desktop_config.json'),
    format: { kind: 'json', container: 'mcpServers', comments: false, typed: false },
    instructions: { place: 'Settings, Profile, personal preferences' },
    next: 'Quit Claude Desktop and start it again.',
  },
  {
    // https://cursor.com/docs/mcp and /docs/rules: user rules have no file that Cursor reads
    name: 'cursor',
    title: 'Cursor',
    configFile: (surroundings) => inFolder(surroundings, surroundings.home, '.cursor', 'mcp.json'),
    format: { kind: 'json', container: 'mcpServers', comments: true, typed: true },
    instructions: { place: 'Cursor Settings, Rules, User Rules' },
    next: 'Cursor asks to enable the server, or lists it under Settings, MCP.',
  },
  {
    // https://code.visualstudio.com/docs/agents/reference/mcp-configuration and
    // https://code.visualstudio.com/docs/agent-customization/custom-instructions
    name: 'vscode',
    title: 'VS Code',
    configFile: (surroundings) =>
      inFolder(surroundings, applicationData(surroundings), 'Code', 'User', 'mcp.json'),
    format: { kind: 'json', container: 'servers', comments: true, typed: true },
    instructions: {
      files: (surroundings) => [
        inFolder(surroundings, surroundings.home, '.copilot', 'instructions', 'ltmc.instructions.md'),
      ],
      header: "---\napplyTo: '**'\n---\n",
    },
    next: 'VS Code asks whether to trust the server when it starts it first (MCP: List Servers).',
  },
  {
    // https://developers.openai.com/codex/mcp and /codex/guides/agents-md
    name: 'codex',
    title: 'Codex',
    configFile: (surroundings) => inFolder(surroundings, codexFolder(surroundings), 'config.toml'),
    format: { kind: 'toml' },
    instructions: { files: codexInstructions, header: '' },
    next: 'Start a new session of Codex; /mcp lists the server.',
  },
];

function inFolder({ platform }: ClientSurroundings, folder: string, ...names: string[]): string {
  return pathsOf(platform).join(folder, ...names);
}

/** Electron's folder for a program's own data. */
function applicationData(surroundings: ClientSurroundings): string {
  const { platform, home } = surroundings;
  if (platform === 'win32') {
    return given(surroundings, 'APPDATA') ?? inFolder(surroundings, home, 'AppData', 'Roaming');
  }
  if (platform === 'darwin') return inFolder(surroundings, home, 'Library', 'Application Support');
  return given(surroundings, 'XDG_CONFIG_HOME') ?? inFolder(surroundings, home, '.config');
}

function claudeDesktopFolder(surroundings: ClientSurroundings): string {
  if (surroundings.platform === 'win32') {
    const local =
      given(surroundings, 'LOCALAPPDATA') ?? inFolder(surroundings, surroundings.home, 'AppData', 'Local');
    const own = inFolder(surroundings, local, 'Packages', claudeStorePackage);
    if (surroundings.isFolder(own)) return inFolder(surroundings, own, 'LocalCache', 'Roaming', 'Claude');
  }
  return inFolder(surroundings, applicationData(surroundings), 'Claude');
}

function claudeFile(surroundings: ClientSurroundings, name: string): string {
  const folder = claudeFolder(surroundings) ?? inFolder(surroundings, surroundings.home, '.claude');
  return inFolder(surroundings, folder, name);
}

function claudeFolder(surroundings: ClientSurroundings): string | undefined {
  return given(surroundings, 'CLAUDE_CONFIG_DIR');
}

function codexFolder(surroundings: ClientSurroundings): string {
  return given(surroundings, 'CODEX_HOME') ?? inFolder(surroundings, surroundings.home, '.codex');
}

/** Codex reads the override alone where there is one with something in it. */
function codexInstructions(surroundings: ClientSurroundings): string[] {
  const folder = codexFolder(surroundings);
  const plain = inFolder(surroundings, folder, 'AGENTS.md');
  const override = inFolder(surroundings, folder, 'AGENTS.override.md');
  return surroundings.hasText(override) ? [override, plain] : [plain, override];
}

/** A variable that holds an absolute path; another one says nothing about where a client looks. */
function given({ platform, environment }: ClientSurroundings, name: string): string | undefined {
  const value = environment[name];
  return value !== undefined && pathsOf(platform).isAbsolute(value) ? value : undefined;
}
