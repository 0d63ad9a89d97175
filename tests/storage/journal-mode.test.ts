import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type FileSystemProbe,
  journalModeFor,
  probeFileSystem,
} from '../../src/storage/sqlite/journal-mode.ts';

const onLinux = (fileSystemType: number | undefined): FileSystemProbe => ({
  platform: 'linux',
  fileSystemType,
});
const onWindows: FileSystemProbe = { platform: 'win32', fileSystemType: undefined };

describe('the journal of a database', () => {
  test.each([
    ['ext4', 0xef53],
    ['xfs', 0x58465342],
    ['btrfs', 0x9123683e],
    ['tmpfs', 0x01021994],
    ['overlay', 0x794c7630],
    ['zfs', 0x2fc12fc1],
    ['a kind that cannot be told', undefined],
  ])('is the write-ahead log on Linux on %s', (_, type) => {
    expect(journalModeFor('/data/ltmc.db', onLinux(type))).toBe('wal');
  });

  test.each([
    ['NFS', 0x6969],
    ['SMB', 0x517b],
    ['CIFS', 0xff534d42],
    ['SMB2', 0xfe534d42],
    ['AFS', 0x5346414f],
    ['Ceph', 0x00c36400],
    ['9p', 0x01021997],
    ['FUSE', 0x65735546],
  ])('is the rollback journal on Linux on %s', (_, type) => {
    expect(journalModeFor('/mnt/share/ltmc.db', onLinux(type))).toBe('delete');
  });

  test.each([
    ['C:\\Users\\ada\\ltmc.db', 'wal'],
    ['D:/data/ltmc.db', 'wal'],
    ['\\\\?\\C:\\data\\ltmc.db', 'wal'],
    ['\\\\.\\C:\\data\\ltmc.db', 'wal'],
    ['ltmc.db', 'wal'],
    ['\\\\server\\share\\ltmc.db', 'delete'],
    ['//server/share/ltmc.db', 'delete'],
    ['\\\\?\\UNC\\server\\share\\ltmc.db', 'delete'],
    ['\\\\?\\unc\\server\\share\\ltmc.db', 'delete'],
  ])('on Windows at %s is %s', (path, mode) => {
    expect(journalModeFor(path, onWindows)).toBe(mode);
  });

  test('is the write-ahead log on macOS, whose kinds have other numbers', () => {
    expect(journalModeFor('/Users/ada/ltmc.db', { platform: 'darwin', fileSystemType: 0x1a })).toBe('wal');
    expect(journalModeFor('/Users/ada/ltmc.db', { platform: 'darwin', fileSystemType: 0x6969 })).toBe('wal');
  });

  test('asks the file system of the folder, before the file is there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ltmc-probe-'));
    const probe = probeFileSystem(join(folder, 'not-yet.db'));
    rmSync(folder, { recursive: true });
    expect(probe.platform).toBe(process.platform);
    expect(probe.fileSystemType).toBeTypeOf('number');
    expect(probeFileSystem(join(folder, 'gone', 'ltmc.db')).fileSystemType).toBeUndefined();
  });
});
