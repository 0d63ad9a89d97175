import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * WAL keeps its index in memory shared between processes, which network file systems do not share between
 * machines (https://www.sqlite.org/wal.html, "all processes must be on the same host computer").
 * There the rollback journal is used.
 */
export type JournalMode = 'wal' | 'delete';

/** `f_type` of statfs(2) on Linux: NFS, SMB, CIFS, SMB2, AFS, Coda, NCP, Ceph, 9p, FUSE. */
const networkFileSystemTypes = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x73757245, 0x564c, 0x00c36400, 0x01021997, 0x65735546,
]);

export interface FileSystemProbe {
  platform: NodeJS.Platform;
  /** `f_type` of the folder that holds the database; undefined where it cannot be told. */
  fileSystemType: number | undefined;
}

export function probeFileSystem(path: string): FileSystemProbe {
  try {
    return { platform: process.platform, fileSystemType: Number(statfsSync(dirname(path)).type) >>> 0 };
  } catch {
    return { platform: process.platform, fileSystemType: undefined };
  }
}

/** Windows tells a network share by its path; Linux by the kind of file system; elsewhere WAL is assumed safe. */
export function journalModeFor(path: string, probe: FileSystemProbe): JournalMode {
  if (probe.platform === 'win32') return /^[\\/]{2}(?![?.][\\/](?!UNC))/i.test(path) ? 'delete' : 'wal';
  if (probe.platform === 'linux' && probe.fileSystemType !== undefined) {
    return networkFileSystemTypes.has(probe.fileSystemType) ? 'delete' : 'wal';
  }
  return 'wal';
}
