/**
 * Where compiled code is kept: in the user's own cache folder, because whoever can write there can run code
 * as this user, and the system's temporary folder is open to others. null: nowhere, because the
 * environment names no home. Runs before the Node version is known to be new, so it imports nothing.
 */
export function compileCacheFolder(
  platform: NodeJS.Platform,
  environment: Record<string, string | undefined>,
): string | null {
  const home = environment.HOME;
  if (platform === 'win32') {
    const local = environment.LOCALAPPDATA;
    return local ? `${local}\\ltmc\\cache` : null;
  }
  if (platform === 'darwin') return home ? `${home}/Library/Caches/ltmc` : null;
  const cache = environment.XDG_CACHE_HOME;
  if (cache?.startsWith('/')) return `${cache}/ltmc`;
  return home ? `${home}/.cache/ltmc` : null;
}
