import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { batchCommandLine } from '../../src/record/batch-command-line.ts';
import { programName, resolveCommand } from '../../src/record/resolve-command.ts';

const files = new Set([
  'C:\\node\\npm.cmd',
  'C:\\node\\node.exe',
  'C:\\tools\\run.BAT',
  'C:\\work\\npm.cmd',
  'C:\\work\\bin\\go.exe',
]);

const windows = {
  platform: 'win32' as const,
  environment: {
    Path: 'relative;C:\\missing;C:\\node;C:\\tools',
    PATHEXT: '.COM;.EXE;.BAT;.CMD',
    ComSpec: 'C:\\cmd.exe',
  },
  workingFolder: 'C:\\work',
  isFile: (path: string) => [...files].some((file) => file.toLowerCase() === path.toLowerCase()),
};

test('everywhere but on Windows the words go to the system as they are', () => {
  const surroundings = { ...windows, platform: 'linux' as const };
  expect(resolveCommand(['npm', 'run', 'a b', '$HOME;'], surroundings)).toEqual({
    file: 'npm',
    words: ['run', 'a b', '$HOME;'],
    isVerbatim: false,
  });
});

test('Windows: a program is found by PATHEXT along the path, in the working folder only where it is named', () => {
  expect(resolveCommand(['node', '--test'], windows)).toEqual({
    file: 'C:\\node\\node.exe',
    words: ['--test'],
    isVerbatim: false,
  });
  expect(resolveCommand(['bin\\go.exe', 'test'], windows)).toMatchObject({ file: 'C:\\work\\bin\\go.exe' });
  expect(resolveCommand(['cargo'], windows)).toBeNull();
  expect(resolveCommand(['npm.exe'], windows)).toBeNull();
});

test('Windows: a batch file runs in cmd.exe, each word in quotes that last', () => {
  expect(resolveCommand(['npm', 'test', '--', 'a&b', '%PATH%', 'say "hi"', 'end\\'], windows)).toEqual({
    file: 'C:\\cmd.exe',
    words: [
      '/e:ON',
      '/v:OFF',
      '/d',
      '/s',
      '/c',
      '""C:\\node\\npm.cmd" test -- "a&b" "%%cd:~,%PATH%%cd:~,%" "say ""hi""" "end\\\\""',
    ],
    isVerbatim: true,
  });
  expect(resolveCommand(['.\\npm'], windows)!.words.at(-1)).toBe('""C:\\work\\npm.cmd""');
  expect(batchCommandLine('C:\\x.cmd', ['', 'a\\"b', 'plain-1.2/x_y:z'])).toBe(
    '""C:\\x.cmd" "" "a\\\\""b" plain-1.2/x_y:z"',
  );
  expect(() => batchCommandLine('C:\\x.cmd', ['two\nlines'])).toThrow('without line ends');
});

test('the name of a program', () => {
  expect(['C:\\node\\npx.CMD', '/usr/bin/npx', 'npx', './gradlew', 'PyTest.exe'].map(programName)).toEqual([
    'npx',
    'npx',
    'npx',
    'gradlew',
    'pytest',
  ]);
});

test.runIf(process.platform === 'win32')('cmd.exe hands every word on as it was given', () => {
  const words = ['a&b', '%PATH%', 'say "hi"', 'end\\', '', '^|<>'];
  const line = batchCommandLine(process.execPath, ['-p', 'JSON.stringify(process.argv.slice(1))', ...words]);
  const { stdout } = spawnSync('cmd.exe', ['/e:ON', '/v:OFF', '/d', '/s', '/c', line], {
    windowsVerbatimArguments: true,
  });
  expect(JSON.parse(String(stdout))).toEqual(words);
});
