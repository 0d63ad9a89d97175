/**
 * The tokens of one database, each a file of its own in a folder beside it. Not a table: a copy, a backup or
 * an export of the database then carries no token, and bringing an old state back brings no revoked token
 * back. Making one is a new file and revoking one is its removal, so no two processes can undo each other's
 * change, and both hold for a running server from the next request on.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type AccessScope, accessScopes } from '../access-scope.ts';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';

export interface TokenRecord {
  /** 16 hexadecimal digits; tells tokens apart and proves nothing. */
  id: string;
  name: string;
  scope: AccessScope;
  createdAt: string;
}

type NewToken = Omit<TokenRecord, 'id'>;

/** What is kept of a token: its SHA-256. It holds 256 random bits, so nobody finds it from that. */
interface StoredToken extends TokenRecord {
  sha256: string;
}

export class TokenFiles {
  /** Holds a file a token. */
  readonly folder: string;
  /** Where the first token stands in clear, for its owner to copy into a client. */
  readonly firstTokenFile: string;

  constructor(databasePath: string) {
    this.folder = `${databasePath}.tokens`;
    this.firstTokenFile = `${databasePath}.token`;
  }

  /** The clear token is in the answer and nowhere else. */
  create(given: NewToken): { token: string; record: TokenRecord } {
    const token = newToken();
    return { token, record: this.#keep(token, given) };
  }

  #keep(token: string, { scope, name, createdAt }: NewToken): TokenRecord {
    const sha256 = hashOf(token);
    const kept: TokenRecord = { id: sha256.slice(0, 16), name, scope, createdAt };
    mkdirSync(dirname(this.folder), { recursive: true, mode: 0o700 });
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    chmodSync(this.folder, 0o700);
    const stored: StoredToken = { ...kept, sha256 };
    writeFileSync(this.#fileOf(kept.id), `${JSON.stringify(stored)}\n`, { mode: 0o600, flag: 'wx' });
    return kept;
  }

  /** The record of a token that was made here and not revoked; null for any other text. */
  find(token: string): TokenRecord | null {
    const sha256 = hashOf(token);
    const stored = this.#read(sha256.slice(0, 16));
    if (stored === null) return null;
    return timingSafeEqual(Buffer.from(stored.sha256, 'hex'), Buffer.from(sha256, 'hex'))
      ? record(stored)
      : null;
  }

  /** Oldest first. */
  list(): TokenRecord[] {
    const ids = this.#names().filter((name) => /^[0-9a-f]{16}\.json$/.test(name));
    return ids
      .map((name) => this.#read(name.slice(0, 16)))
      .filter((stored) => stored !== null)
      .map(record)
      .sort((one, other) => one.createdAt.localeCompare(other.createdAt) || one.id.localeCompare(other.id));
  }

  /** By id or by name. Throws `not_found`, and `invalid_argument` for a name that several have. */
  revoke(idOrName: string): TokenRecord {
    const tokens = this.list();
    const found = tokens.filter(({ id, name }) => id === idOrName || name === idOrName);
    const [token] = found;
    if (token === undefined) {
      throw new LtmcError(
        'not_found',
        `Expected the id or name of a token, got ${JSON.stringify(idOrName)}.`,
        'Run: ltmc token list',
      );
    }
    if (found.length > 1) {
      throw new LtmcError(
        'invalid_argument',
        `Expected the name of one token, got ${JSON.stringify(idOrName)}, which ${found.length} have.`,
        `Name one by its id: ${found.map(({ id }) => id).join(', ')}`,
      );
    }
    const standsInClear = this.#firstToken()?.id === token.id;
    rmSync(this.#fileOf(token.id));
    if (standsInClear) rmSync(this.firstTokenFile, { force: true });
    return token;
  }

  /**
   * Makes the first token, with the scope admin, and writes it in clear to `firstTokenFile`. False where there
   * is a token already. Of two servers that start at once one makes it: the one that makes the file.
   */
  async ensureFirst(createdAt: string): Promise<boolean> {
    const untilMs = Date.now() + limits.firstTokenMsMax;
    while (this.list().length === 0) {
      const token = newToken();
      if (this.#claimFirstTokenFile(token)) {
        this.#keep(token, { scope: 'admin', name: 'first', createdAt });
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, limits.firstTokenCheckMs));
      // Nobody is making it: an interrupted start left the file, or the tokens were removed by hand.
      if (Date.now() > untilMs && this.#firstToken() === null) rmSync(this.firstTokenFile, { force: true });
    }
    return false;
  }

  #claimFirstTokenFile(token: string): boolean {
    mkdirSync(dirname(this.firstTokenFile), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(this.firstTokenFile, `${token}\n`, { mode: 0o600, flag: 'wx' });
      return true;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw thrown;
    }
  }

  /** The token that stands in clear in the file, while it is valid. */
  #firstToken(): TokenRecord | null {
    try {
      return this.find(readFileSync(this.firstTokenFile, 'utf8').trim());
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw thrown;
    }
  }

  #fileOf(id: string): string {
    return join(this.folder, `${id}.json`);
  }

  #names(): string[] {
    try {
      return readdirSync(this.folder);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw thrown;
    }
  }

  /** A file that is not there, or not whole, is no token. */
  #read(id: string): StoredToken | null {
    try {
      const stored = JSON.parse(readFileSync(this.#fileOf(id), 'utf8')) as StoredToken;
      const whole = /^[0-9a-f]{64}$/.test(stored.sha256) && accessScopes.includes(stored.scope);
      return whole && stored.sha256.startsWith(id) ? stored : null;
    } catch {
      return null;
    }
  }
}

function newToken(): string {
  return `ltmc_${randomBytes(32).toString('base64url')}`;
}

function record({ id, name, scope, createdAt }: StoredToken): TokenRecord {
  return { id, name, scope, createdAt };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
