import { readFileSync } from 'node:fs';
import { LtmcError } from './errors.ts';
import { limits } from './limits.ts';
import { type LogLevel, logLevels } from './log.ts';
import { nearestName } from './nearest-name.ts';
import { defaultDatabasePath, pathsOf, type UserFolders, userFolders } from './user-folders.ts';

const toolSets = ['all', 'core'] as const;
export type ToolSet = (typeof toolSets)[number];

/** The settings, as they hold for the whole run of a program. */
export interface Config {
  databasePath: string;
  /** A folder with another export of the model; null: the one that comes with the package. */
  modelFolder: string | null;
  /** Processes that embed a load; null: a default by the number of cores. */
  embeddingWorkers: number | 'all' | null;
  /** The project of calls that name none; null: taken from the working directory. */
  project: string | null;
  /** Which tools are listed. */
  toolSet: ToolSet;
  logLevel: LogLevel;
  /** The address to listen on for HTTP. */
  httpHost: string;
  /** 0: any free one. */
  httpPort: number;
  /** Names in the Host header that are accepted beside the server's own address, each with or without a port. */
  allowedHosts: string[];
}

/** One setting: its flag, its variable and its key in the config file say the same thing. */
export interface Setting {
  flag: string;
  variable: string;
  key: string;
  valueName: string;
  summary: string;
  /** What may be given; absent: any text. */
  choices?: readonly string[];
}

export const settings = {
  databasePath: {
    flag: 'db',
    variable: 'LTMC_DB',
    key: 'db',
    valueName: 'FILE',
    summary: "the database (default: ltmc.db in the user's data folder)",
  },
  modelFolder: {
    flag: 'model-dir',
    variable: 'LTMC_MODEL_DIR',
    key: 'model_dir',
    valueName: 'FOLDER',
    summary: 'another export of the model (default: the one in the package)',
  },
  embeddingWorkers: {
    flag: 'workers',
    variable: 'LTMC_EMBEDDING_WORKERS',
    key: 'embedding_workers',
    valueName: 'N',
    summary:
      'processes that embed a load, each with a model: a number, or all for one a core (default: half the cores, at most 4)',
  },
  project: {
    flag: 'project',
    variable: 'LTMC_PROJECT',
    key: 'project',
    valueName: 'NAME',
    summary: "the project (default: the working directory's git remote)",
  },
  toolSet: {
    flag: 'tools',
    variable: 'LTMC_TOOLS',
    key: 'tools',
    valueName: 'SET',
    summary: 'which tools are listed: all or core (default: all)',
    choices: toolSets,
  },
  logLevel: {
    flag: 'log-level',
    variable: 'LTMC_LOG_LEVEL',
    key: 'log_level',
    valueName: 'LEVEL',
    summary: `${logLevels.join(', ')} (default: warn)`,
    choices: logLevels,
  },
  httpHost: {
    flag: 'host',
    variable: 'LTMC_HTTP_HOST',
    key: 'http_host',
    valueName: 'ADDRESS',
    summary: 'the address to listen on for HTTP (default: 127.0.0.1)',
  },
  httpPort: {
    flag: 'port',
    variable: 'LTMC_HTTP_PORT',
    key: 'http_port',
    valueName: 'PORT',
    summary: 'the port for HTTP; 0 is any free one (default: 5050)',
  },
  allowedHosts: {
    flag: 'allowed-host',
    variable: 'LTMC_ALLOWED_HOSTS',
    key: 'allowed_hosts',
    valueName: 'NAMES',
    summary: 'host names by which HTTP clients may call it, with commas between them',
  },
} as const satisfies Record<keyof Config, Setting>;

type SettingName = keyof typeof settings;
const settingNames = Object.keys(settings) as SettingName[];

/** Values as given on the command line, by flag name, and the file named by `--config`. */
export interface ConfigFlags {
  values: Partial<Record<SettingName, string>>;
  configFile?: string;
}

/** What the settings are read from. All of it is a parameter, so that tests never meet a user's folders. */
export interface ConfigSources {
  flags: ConfigFlags;
  environment: Record<string, string | undefined>;
  platform: NodeJS.Platform;
  /** The user's home folder. */
  home: string;
  /** What relative paths in flags and variables are relative to. */
  workingFolder: string;
  /** Says whether a file is a database of the Python LTMC, without writing anything beside it. */
  isPythonDatabase(path: string): Promise<boolean>;
}

/**
 * The one merge: flag, then environment, then config file, then default. An empty variable counts as not
 * set. Throws `invalid_argument` with the name of the setting and where it came from.
 */
export async function readConfig(sources: ConfigSources): Promise<Config> {
  const folders = userFolders(sources.platform, sources.environment, sources.home);
  const file = readConfigFile(sources, folders);
  const given = {} as Record<SettingName, string | undefined>;
  for (const name of settingNames) {
    const setting: Setting = settings[name];
    const found = firstGiven([
      [sources.flags.values[name], `--${setting.flag}`],
      [sources.environment[setting.variable] || undefined, setting.variable],
      [file.values.get(setting.key), `"${setting.key}" in ${file.path}`],
    ]);
    if (found !== undefined) checkValue(setting, found);
    given[name] = found?.value;
  }

  const paths = pathsOf(sources.platform);
  const absolute = (path: string) =>
    paths.resolve(sources.workingFolder, withHome(path, sources.home, paths));
  return {
    databasePath:
      given.databasePath === undefined
        ? ((await pythonDatabase(sources, absolute)) ??
          defaultDatabasePath(sources.platform, sources.environment, sources.home))
        : absolute(given.databasePath),
    modelFolder: given.modelFolder === undefined ? null : absolute(given.modelFolder),
    embeddingWorkers: given.embeddingWorkers === undefined ? null : workerCount(given.embeddingWorkers),
    project: given.project ?? null,
    toolSet: (given.toolSet as ToolSet | undefined) ?? 'all',
    logLevel: (given.logLevel as LogLevel | undefined) ?? 'warn',
    httpHost: given.httpHost ?? '127.0.0.1',
    httpPort: given.httpPort === undefined ? 5050 : portNumber(given.httpPort),
    allowedHosts: (given.allowedHosts ?? '')
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ''),
  };
}

function portNumber(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw wrongSetting(
    `Expected the port to be a whole number from 0 to 65535; got ${shown(value)}.`,
    'For example: 5050',
  );
}

function workerCount(value: string): number | 'all' {
  if (value === 'all') return value;
  const count = Number(value);
  if (/^\d{1,3}$/.test(value) && count >= 1 && count <= limits.bulkWorkersMax) return count;
  throw wrongSetting(
    `Expected the workers to be a whole number from 1 to ${limits.bulkWorkersMax}, or all; got ${shown(value)}.`,
    'For example: all',
  );
}

interface Given {
  value: string;
  /** Where it came from, for a person: `--tools`, `LTMC_TOOLS`, `"tools" in /home/…/config.json`. */
  origin: string;
}

function firstGiven(candidates: [string | undefined, string][]): Given | undefined {
  for (const [value, origin] of candidates) if (value !== undefined) return { value, origin };
  return undefined;
}

function checkValue(setting: Setting, { value, origin }: Given): void {
  if (setting.choices !== undefined && !setting.choices.includes(value)) {
    throw wrongSetting(
      `Expected ${origin} to be one of ${setting.choices.join(', ')}; got ${shown(value)}.`,
      `For example: ${setting.choices[0]}`,
    );
  }
  if (value.trim() === '' || value.includes('\0') || value.length > limits.nameCharactersMax) {
    throw wrongSetting(
      `Expected ${origin} to be a text of 1 to ${limits.nameCharactersMax} characters; got ${value.length}.`,
      'Leave it out to get the default.',
    );
  }
}

/** The database of the Python LTMC that DB_PATH names; other programs use that variable too. */
async function pythonDatabase(
  sources: ConfigSources,
  absolute: (path: string) => string,
): Promise<string | undefined> {
  const given = sources.environment.DB_PATH;
  if (!given) return undefined;
  const path = absolute(given);
  return (await sources.isPythonDatabase(path)) ? path : undefined;
}

interface ConfigFile {
  path: string;
  values: Map<string, string>;
}

/** The config file's values. Paths in it are made absolute by its own folder. A missing one is empty, unless it was named. */
function readConfigFile(sources: ConfigSources, folders: UserFolders): ConfigFile {
  const paths = pathsOf(sources.platform);
  const named = sources.flags.configFile;
  const path =
    named === undefined
      ? paths.join(folders.config, 'config.json')
      : paths.resolve(sources.workingFolder, withHome(named, sources.home, paths));
  const values = new Map<string, string>();

  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (named === undefined && (cause as NodeJS.ErrnoException).code === 'ENOENT') return { path, values };
    throw wrongSetting(
      `Expected the config file ${path} to be readable; it is not.`,
      'Check the path and its permissions.',
      cause,
    );
  }

  const keys: string[] = settingNames.map((name) => settings[name].key);
  const numbers: string[] = [settings.embeddingWorkers.key, settings.httpPort.key];
  for (const [key, given] of Object.entries(parseObject(text, path))) {
    if (!keys.includes(key)) {
      const nearest = nearestName(key, keys);
      throw wrongSetting(
        `Expected only known settings in ${path}; got ${shown(key)}.`,
        nearest === undefined ? `There are: ${keys.join(', ')}.` : `Did you mean "${nearest}"?`,
      );
    }
    const value = typeof given === 'number' && numbers.includes(key) ? String(given) : given;
    if (typeof value !== 'string') {
      throw wrongSetting(
        `Expected "${key}" in ${path} to be a text; got ${Array.isArray(value) ? 'a list' : typeof value}.`,
        `For example: {"${key}": "…"}`,
      );
    }
    const isPath = key === settings.databasePath.key || key === settings.modelFolder.key;
    const readable = isPath && value !== '';
    values.set(
      key,
      readable ? paths.resolve(paths.dirname(path), withHome(value, sources.home, paths)) : value,
    );
  }
  return { path, values };
}

function parseObject(text: string, path: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    // Some editors begin a file with a byte order mark.
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw wrongSetting(`Expected ${path} to be JSON; it is not.`, 'For example: {"tools": "core"}', cause);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw wrongSetting(`Expected ${path} to hold one JSON object.`, 'For example: {"tools": "core"}');
  }
  return parsed as Record<string, unknown>;
}

/** Client configurations are no shells: nobody replaces the `~` in their paths. */
function withHome(path: string, home: string, paths: ReturnType<typeof pathsOf>): string {
  if (path === '~') return home;
  return /^~[/\\]/.test(path) ? paths.join(home, path.slice(2)) : path;
}

/** A value in a message: quoted, its control characters escaped, short. */
function shown(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

function wrongSetting(message: string, hint: string, cause?: unknown): LtmcError {
  return new LtmcError('invalid_argument', message, hint, { cause });
}
