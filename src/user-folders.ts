import { posix, win32 } from 'node:path';

export interface UserFolders {
  /** Where the database lies by default. */
  data: string;
  /** Where config.json is looked for. */
  config: string;
}

/** The path rules of a platform, which need not be the one that runs. */
export function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

/**
 * LTMC's folders for this user. Linux and the like follow the XDG base directories, where a variable that is
 * no absolute path is to be ignored (https://specifications.freedesktop.org/basedir-spec/latest/).
 */
export function userFolders(
  platform: NodeJS.Platform,
  environment: Record<string, string | undefined>,
  home: string,
): UserFolders {
  const paths = pathsOf(platform);
  const fromVariable = (name: string, fallback: string) => {
    const value = environment[name];
    return paths.join(value !== undefined && paths.isAbsolute(value) ? value : fallback, 'ltmc');
  };
  if (platform === 'win32') {
    return {
      data: fromVariable('LOCALAPPDATA', paths.join(home, 'AppData', 'Local')),
      config: fromVariable('APPDATA', paths.join(home, 'AppData', 'Roaming')),
    };
  }
  if (platform === 'darwin') {
    const folder = paths.join(home, 'Library', 'Application Support', 'ltmc');
    return { data: folder, config: folder };
  }
  return {
    data: fromVariable('XDG_DATA_HOME', paths.join(home, '.local', 'share')),
    config: fromVariable('XDG_CONFIG_HOME', paths.join(home, '.config')),
  };
}

/** The database of a user who names none. */
export function defaultDatabasePath(
  platform: NodeJS.Platform,
  environment: Record<string, string | undefined>,
  home: string,
): string {
  return pathsOf(platform).join(userFolders(platform, environment, home).data, 'ltmc.db');
}
