import { type AccessScope, accessScopes } from '../access-scope.ts';
import type { Command, Invocation } from './command.ts';
import { jsonFlag } from './command.ts';
import { wrongUsage } from './parse-arguments.ts';
import { settingFlags } from './setting-flags.ts';
import { visibleLine } from './visible-text.ts';

export const tokenCommand: Command = {
  name: 'token',
  synopsis: 'create|list|revoke [TOKEN] [options]',
  summary: 'tokens for clients that reach the server over HTTP',
  description:
    'create prints a new token, once; only its hash is kept. The scope read looks, write also adds and\n' +
    'changes, admin also removes for good. revoke takes an id or a name from list; a running server heeds\n' +
    'it at its next request.',
  flags: [
    { name: 'scope', kind: 'text', valueName: 'SCOPE', summary: `${accessScopes.join(', ')}; for create` },
    { name: 'name', kind: 'text', valueName: 'NAME', summary: 'what it is for; for create' },
    ...settingFlags(['databasePath']),
    jsonFlag,
  ],
  positionals: [
    { name: 'create, list or revoke', required: true },
    { name: 'the id or name of the token to revoke', required: false },
  ],
  async run(invocation) {
    const [action, which] = invocation.arguments.positionals;
    const { loadConfig, tokenFiles } = await import('../app.ts');
    const tokens = await tokenFiles(await loadConfig(invocation.configFlags, invocation.environment));
    if (action === 'create' && which === undefined) return create(invocation, tokens);
    if (action === 'list' && which === undefined) return list(invocation, tokens);
    if (action === 'revoke' && which !== undefined) return revoke(invocation, tokens, which);
    throw wrongUsage(tokenCommand, 'Expected create, list, or revoke with an id or name.');
  },
};

type Tokens = Awaited<ReturnType<typeof import('../app.ts').tokenFiles>>;

function create({ arguments: given, terminal, json }: Invocation, tokens: Tokens): void {
  const scope = given.texts.get('scope') as AccessScope | undefined;
  if (scope === undefined || !accessScopes.includes(scope)) {
    throw wrongUsage(
      tokenCommand,
      `Expected --scope to be one of ${accessScopes.join(', ')}; got ${scope === undefined ? 'nothing' : JSON.stringify(scope)}.`,
      'For example: ltmc token create --scope write --name laptop',
    );
  }
  const createdAt = new Date().toISOString();
  const { token, record } = tokens.create({ scope, name: given.texts.get('name') ?? '', createdAt });
  if (json) {
    terminal.out(`${JSON.stringify({ success: true, token, ...record })}\n`);
    return;
  }
  terminal.out(`${token}\n`);
  terminal.err(`ltmc: token ${record.id} with the scope ${scope}; it is not shown again\n`);
}

function list({ terminal, json }: Invocation, tokens: Tokens): void {
  const records = tokens.list();
  if (json) {
    terminal.out(`${JSON.stringify({ success: true, tokens: records })}\n`);
    return;
  }
  if (records.length === 0) terminal.err('ltmc: there is no token yet\n');
  for (const { id, scope, createdAt, name } of records) {
    terminal.out(`${id}  ${scope.padEnd(5)}  ${createdAt}  ${visibleLine(name)}\n`);
  }
}

function revoke({ terminal, json }: Invocation, tokens: Tokens, which: string): void {
  const revoked = tokens.revoke(which);
  if (json) terminal.out(`${JSON.stringify({ success: true, revoked })}\n`);
  else terminal.err(`ltmc: token ${revoked.id} is revoked\n`);
}
