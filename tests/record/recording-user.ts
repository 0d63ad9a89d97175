import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { PatternRecord } from '../../src/domain/ports.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { type Ran, runLtmc, userEnvironment } from '../cli/run-ltmc.ts';

/** A user of the test's own with a folder to work in. */
export interface RecordingUser {
  home: string;
  project: string;
  database: string;
  environment: Record<string, string>;
  /** Writes a file of the project. */
  write(path: string, text: string | Uint8Array): void;
  git(...words: string[]): string;
  /** Runs `ltmc record` in the project. */
  record(
    words: string[],
    options?: { cwd?: string; input?: string; environment?: Record<string, string> },
  ): Promise<Ran>;
  ltmc(words: string[], options?: { input?: string; cwd?: string }): Promise<Ran>;
  /** All attempts, oldest first. */
  attempts(): Promise<PatternRecord[]>;
}

/** `git`: the project is a repository, as yet without a commit. Without a model unless `model` is said. */
export function recordingUser(
  folder: string,
  { git = true, model = false, name = 'my project' }: { git?: boolean; model?: boolean; name?: string } = {},
): RecordingUser {
  const home = mkdtempSync(join(folder, 'home-'));
  const project = join(home, name);
  mkdirSync(project);
  const environment = userEnvironment(home, {
    // The Node of the tests comes first, so that a command can name it.
    PATH: dirname(process.execPath) + delimiter + process.env.PATH,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CEILING_DIRECTORIES: home,
    ...(model ? {} : { LTMC_MODEL_DIR: join(home, 'no-model') }),
  });
  const database = join(home, '.local', 'share', 'ltmc', 'ltmc.db');
  const user: RecordingUser = {
    home,
    project,
    database,
    environment,
    write(path, text) {
      mkdirSync(dirname(join(project, path)), { recursive: true });
      writeFileSync(join(project, path), text);
    },
    git: (...words) =>
      execFileSync('git', words, {
        cwd: project,
        env: environment,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    record: (words, { cwd = project, input, environment: more = {} } = {}) =>
      runLtmc(['record', ...words], {
        environment: { ...environment, ...more },
        cwd,
        ...(input === undefined ? {} : { input }),
      }),
    ltmc: (words, { input, cwd = project } = {}) =>
      runLtmc(words, { environment, cwd, ...(input === undefined ? {} : { input }) }),
    async attempts() {
      if (!existsSync(database)) return [];
      const store = await openSqliteStore({ path: database });
      try {
        const { counts } = await store.status();
        return await store.getPatterns(Array.from({ length: counts.patterns }, (_, index) => index + 1));
      } finally {
        await store.close();
      }
    },
  };
  if (git) {
    user.git('init', '--quiet', '--initial-branch=main');
    user.git('config', 'user.name', 'Test');
    user.git('config', 'user.email', 'test@example.com');
  }
  return user;
}

/** A commit of all there is. */
export function commit(user: RecordingUser, subject: string): void {
  user.git('add', '--all');
  user.git('commit', '--quiet', '--message', subject);
}

/** Words that run a line of JavaScript. */
export function script(line: string): string[] {
  return ['--', 'node', '-e', line];
}
