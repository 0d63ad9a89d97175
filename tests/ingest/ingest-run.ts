import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Ran, runLtmc, temporaryFolder, userEnvironment } from '../cli/run-ltmc.ts';

/** JSON whose shape a test asserts by using it. */
// biome-ignore lint/suspicious/noExplicitAny: the assertions say what is expected of it
export type Json = any;

export interface Workspace {
  /** A git repository with a remote, inside the home of a user of its own. */
  repository: string;
  home: string;
  environment: Record<string, string>;
  database: string;
  write(path: string, content: string | Uint8Array): void;
  git(...words: string[]): void;
  ltmc(...words: string[]): Promise<Ran>;
  /** Runs a command that must succeed, with --json. */
  json(...words: string[]): Promise<Json>;
  ingest(...words: string[]): Promise<Json>;
  /** File names of the memories that are not archived, in the order of their names. */
  names(...words: string[]): Promise<string[]>;
}

const folder = temporaryFolder();

export function newWorkspace(): Workspace {
  const home = mkdtempSync(join(folder, 'home-'));
  const repository = join(home, 'work', 'app');
  const database = join(home, 'data', 'ltmc.db');
  mkdirSync(repository, { recursive: true });
  const environment = userEnvironment(home, { LTMC_DB: database, GIT_CONFIG_NOSYSTEM: '1' });
  const git = (...words: string[]) => {
    execFileSync('git', words, { cwd: repository, env: environment, stdio: 'pipe' });
  };
  git('init', '-q');
  git('remote', 'add', 'origin', 'git@example.org:ada/app.git');
  const ltmc = (...words: string[]) => runLtmc(words, { environment, cwd: repository });
  const json = async (...words: string[]): Promise<Json> => {
    const { code, stdout, stderr } = await ltmc(...words, '--json');
    if (code !== 0) throw new Error(`Expected \`ltmc ${words.join(' ')}\` to succeed: ${stdout}${stderr}`);
    return JSON.parse(stdout);
  };
  return {
    repository,
    home,
    environment,
    database,
    git,
    ltmc,
    json,
    write(path, content) {
      mkdirSync(dirname(join(repository, path)), { recursive: true });
      writeFileSync(join(repository, path), content);
    },
    ingest: (...words) => json('ingest', ...words),
    async names(...words) {
      const { memories } = await json('list', '--limit', '1000', ...words);
      return (memories as Json[]).map(({ file_name }) => file_name as string).sort();
    },
  };
}

/** The names in a list of an ingest's answer. */
export function namesOf(list: Json[]): string[] {
  return list.map(({ file_name }) => file_name as string).sort();
}
