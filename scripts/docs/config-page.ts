import { type Config, readConfig, type Setting, settings } from '../../src/config.ts';
import { userFolders } from '../../src/user-folders.ts';

const platforms = [
  ['Linux', 'linux', '~'],
  ['macOS', 'darwin', '~'],
  ['Windows', 'win32', '%USERPROFILE%'],
] as const;

/** docs/config.md */
export async function configPage(): Promise<string> {
  const defaults = await defaultsOn('linux', '~');
  const rows = Object.entries(settings).map(([name, setting]: [string, Setting]) => {
    const value = defaultOf(name, setting, defaults[name as keyof Config]);
    return `| \`--${setting.flag} ${setting.valueName}\` | \`${setting.variable}\` | \`${setting.key}\` | ${value} | ${setting.summary.replace(defaultPhrase, '')} |`;
  });
  const places = await Promise.all(
    platforms.map(async ([label, platform, home]) => {
      const { databasePath } = await defaultsOn(platform, home);
      const { config } = userFolders(platform, {}, home);
      const separator = platform === 'win32' ? '\\' : '/';
      return `| ${label} | \`${databasePath}\` | \`${config}${separator}config.json\` |`;
    }),
  );
  return `# Configuration

<!-- Written from the code by \`npm run docs\`; do not edit by hand. -->

LTMC needs no configuration. A setting is taken from the first of these that gives it: the flag, the environment variable,
the config file, the default. An empty variable counts as not set. \`ltmc COMMAND --help\` says which flags a command takes.

## Settings

| flag | variable | key in the config file | default | what it is |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Every value in the config file is a text. Paths in it are relative to its folder; in flags and variables to the working
directory. A key that LTMC does not know is refused, with the nearest one that it does. \`DB_PATH\`, which the Python LTMC
used, counts only if it names a database of that program and \`--db\` and \`LTMC_DB\` are not given.

\`\`\`json
{ "project": "atlas", "tools": "core", "log_level": "info" }
\`\`\`

## Where things lie

| platform | database | config file |
| --- | --- | --- |
${places.join('\n')}

\`XDG_DATA_HOME\` and \`XDG_CONFIG_HOME\` are honoured on Linux and the like, \`LOCALAPPDATA\` and \`APPDATA\` on Windows.
\`--config FILE\` names another config file. A config file in the working directory is never read, and neither is \`.env\`.
`;
}

/** The settings of a user who has set nothing. */
function defaultsOn(platform: NodeJS.Platform, home: string): Promise<Config> {
  return readConfig({
    flags: { values: {} },
    environment: {},
    platform,
    home,
    workingFolder: home,
    isPythonDatabase: async () => false,
  });
}

/** A value where there is one for everybody, otherwise the words of the summary. */
function defaultOf(name: string, { summary }: Setting, value: Config[keyof Config]): string {
  const isForEverybody = typeof value === 'number' || (typeof value === 'string' && name !== 'databasePath');
  return isForEverybody ? `\`${value}\`` : (defaultPhrase.exec(summary)?.[1] ?? 'none');
}

const defaultPhrase = / ?\(default: ([^)]*)\)/;
