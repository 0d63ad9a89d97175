import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type ConfigSources, readConfig } from '../../src/config.ts';
import { LtmcError } from '../../src/errors.ts';
import { userFolders } from '../../src/user-folders.ts';

const folder = mkdtempSync(join(tmpdir(), 'ltmc-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sources(given: Partial<ConfigSources>): ConfigSources {
  return {
    flags: { values: {} },
    environment: {},
    platform: 'linux',
    home: join(folder, 'home'),
    workingFolder: join(folder, 'work'),
    isPythonDatabase: () => Promise.resolve(false),
    ...given,
  };
}

function configFile(contents: unknown): string {
  const path = join(folder, 'config.json');
  writeFileSync(path, typeof contents === 'string' ? contents : JSON.stringify(contents));
  return path;
}

async function refusal(given: Partial<ConfigSources>): Promise<LtmcError> {
  const thrown: unknown = await readConfig(sources(given)).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(LtmcError);
  expect((thrown as LtmcError).code).toBe('invalid_argument');
  return thrown as LtmcError;
}

describe('the folders of a user', () => {
  test('Linux follows the XDG variables and ignores relative ones', () => {
    expect(userFolders('linux', {}, '/home/ada')).toEqual({
      data: '/home/ada/.local/share/ltmc',
      config: '/home/ada/.config/ltmc',
    });
    const set = { XDG_DATA_HOME: '/data', XDG_CONFIG_HOME: '/etc/ada' };
    expect(userFolders('linux', set, '/home/ada')).toEqual({ data: '/data/ltmc', config: '/etc/ada/ltmc' });
    expect(userFolders('freebsd', { XDG_DATA_HOME: 'data' }, '/home/ada').data).toBe(
      '/home/ada/.local/share/ltmc',
    );
  });

  test('macOS and Windows have their own', () => {
    const library = '/Users/ada/Library/Application Support/ltmc';
    expect(userFolders('darwin', { XDG_DATA_HOME: '/data' }, '/Users/ada')).toEqual({
      data: library,
      config: library,
    });
    const windows = { LOCALAPPDATA: 'D:\\Local', APPDATA: 'D:\\Roaming' };
    expect(userFolders('win32', windows, 'C:\\Users\\ada')).toEqual({
      data: 'D:\\Local\\ltmc',
      config: 'D:\\Roaming\\ltmc',
    });
    expect(userFolders('win32', {}, 'C:\\Users\\ada').data).toBe('C:\\Users\\ada\\AppData\\Local\\ltmc');
  });
});

describe('the merge', () => {
  test('without anything the defaults hold', async () => {
    expect(await readConfig(sources({ home: '/home/ada' }))).toMatchObject({
      databasePath: '/home/ada/.local/share/ltmc/ltmc.db',
      modelFolder: null,
      project: null,
      toolSet: 'all',
      logLevel: 'warn',
    });
  });

  test('a flag beats a variable, a variable beats the file, the file beats the default', async () => {
    const file = configFile({ db: 'file.db', project: 'file', tools: 'core', log_level: 'debug' });
    const config = await readConfig(
      sources({
        flags: { values: { databasePath: 'flag.db' }, configFile: file },
        environment: { LTMC_DB: '/variable.db', LTMC_PROJECT: 'variable', LTMC_TOOLS: '' },
      }),
    );
    expect(config).toMatchObject({
      databasePath: join(folder, 'work', 'flag.db'),
      modelFolder: null,
      project: 'variable',
      toolSet: 'core',
      logLevel: 'debug',
    });
  });

  test("paths in the file are relative to the file's folder; ~ is the home folder everywhere", async () => {
    const file = configFile({ db: 'memory.db', model_dir: '~/model' });
    const fromFile = await readConfig(sources({ flags: { values: {}, configFile: file } }));
    expect(fromFile.databasePath).toBe(join(folder, 'memory.db'));
    expect(fromFile.modelFolder).toBe(join(folder, 'home', 'model'));
    const fromVariable = await readConfig(sources({ environment: { LTMC_DB: '~/memory.db' } }));
    expect(fromVariable.databasePath).toBe(join(folder, 'home', 'memory.db'));
  });

  test('a config file in the working directory is not read', async () => {
    configFile({ project: 'from the working directory' });
    expect((await readConfig(sources({ workingFolder: folder }))).project).toBeNull();
  });

  test('what is wrong is named with its origin and a way out', async () => {
    const tools = await refusal({ environment: { LTMC_TOOLS: 'some' } });
    expect(tools.message).toBe('Expected LTMC_TOOLS to be one of all, core; got "some".');
    const unknown = await refusal({ flags: { values: {}, configFile: configFile({ tool: 'core' }) } });
    expect(unknown.message).toContain('got "tool"');
    expect(unknown.hint).toBe('Did you mean "tools"?');
    const type = await refusal({ flags: { values: {}, configFile: configFile({ db: ['x'] }) } });
    expect(type.message).toContain('"db"');
    expect(type.message).toContain('a list');
    await refusal({ flags: { values: {}, configFile: configFile('{"db": ') } });
    await refusal({ flags: { values: {}, configFile: configFile('[]') } });
    const missing = await refusal({ flags: { values: {}, configFile: join(folder, 'nowhere.json') } });
    expect(missing.message).toContain('nowhere.json');
    await refusal({ flags: { values: { project: ' ' } } });
  });

  test('the workers for a load are a number, all of them, or left to the program', async () => {
    const workers = async (given: string) =>
      (await readConfig(sources({ environment: { LTMC_EMBEDDING_WORKERS: given } }))).embeddingWorkers;
    expect(await workers('')).toBeNull();
    expect(await workers('3')).toBe(3);
    expect(await workers('all')).toBe('all');
    for (const wrong of ['0', '65', '1.5', 'many'])
      expect((await refusal({ flags: { values: { embeddingWorkers: wrong } } })).message).toContain(wrong);
  });

  test('a setting that is a number may stand in the file as a number', async () => {
    const read = (text: string) =>
      readConfig(sources({ flags: { values: {}, configFile: configFile(text) } }));
    const config = await read('{"embedding_workers": 3, "http_port": 5051}');
    expect(config).toMatchObject({ embeddingWorkers: 3, httpPort: 5051 });
    const zero = { flags: { values: {}, configFile: configFile('{"embedding_workers": 0}') } };
    expect((await refusal(zero)).message).toContain('whole number');
  });

  test('DB_PATH counts only for a database of the Python LTMC, and only where LTMC_DB is not set', async () => {
    const environment = { DB_PATH: '/old.db' };
    const asked: string[] = [];
    const isPythonDatabase = (path: string) => {
      asked.push(path);
      return Promise.resolve(path === '/old.db');
    };
    expect((await readConfig(sources({ environment, isPythonDatabase }))).databasePath).toBe('/old.db');
    const other = await readConfig(sources({ environment: { DB_PATH: '/app.db' }, isPythonDatabase }));
    expect(other.databasePath).toBe(join(folder, 'home/.local/share/ltmc/ltmc.db'));
    const named = { ...environment, LTMC_DB: '/new.db' };
    expect((await readConfig(sources({ environment: named, isPythonDatabase }))).databasePath).toBe(
      '/new.db',
    );
    expect(asked).toEqual(['/old.db', '/app.db']);
  });
});
