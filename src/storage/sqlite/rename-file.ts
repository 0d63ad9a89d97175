import { renameSync } from 'node:fs';
import { limits } from '../../limits.ts';

/** What tests set; of the system by default. */
export interface RenameSurroundings {
  platform: NodeJS.Platform;
  rename: (from: string, to: string) => void;
  wait: (ms: number) => Promise<void>;
}

const systemSurroundings: RenameSurroundings = {
  platform: process.platform,
  rename: renameSync,
  wait: (ms) => new Promise((settle) => setTimeout(settle, ms)),
};

/**
 * Puts a file in another's place. Windows refuses that while a program (often one that looks for viruses) has the
 * other open: there it is tried again for limits.renameMsMax. Throws what the file system throws.
 */
export async function renameFile(
  from: string,
  to: string,
  surroundings: Partial<RenameSurroundings> = {},
): Promise<void> {
  const { platform, rename, wait } = { ...systemSurroundings, ...surroundings };
  for (let waitedMs = 0; ; waitedMs += limits.renameRetryMs) {
    try {
      return rename(from, to);
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code ?? '';
      const isBusy = platform === 'win32' && ['EBUSY', 'EPERM', 'EACCES'].includes(code);
      if (!isBusy || waitedMs >= limits.renameMsMax) throw thrown;
    }
    await wait(limits.renameRetryMs);
  }
}
