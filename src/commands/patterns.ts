import { defined } from '../defined.ts';
import type { AttemptResult } from '../domain/ports.ts';
import { limits } from '../limits.ts';
import { askedQuery, topKFlag } from './asked-query.ts';
import { type Command, jsonFlag } from './command.ts';
import { wrongUsage } from './parse-arguments.ts';
import { settingFlags } from './setting-flags.ts';

const results: readonly AttemptResult[] = ['pass', 'fail', 'partial'];

export const patternsCommand: Command = {
  name: 'patterns',
  synopsis: 'QUERY [options]',
  summary: 'what code attempts at a task came to, what worked first',
  description:
    'Prints the code attempts that answer a task, a piece of code or an error text best: what passed before\n' +
    'what failed, and for a failure what repaired it. By default it sees the project of the working directory\n' +
    'and what belongs to no project; --project "*" sees all.',
  flags: [
    { name: 'result', kind: 'text', valueName: 'RESULT', summary: 'only pass, fail or partial' },
    { name: 'function', kind: 'text', valueName: 'NAME', summary: 'only attempts at this function' },
    { name: 'file', kind: 'text', valueName: 'NAME', summary: 'only attempts in this file' },
    topKFlag,
    ...settingFlags(['project', 'databasePath', 'modelFolder', 'logLevel']),
    jsonFlag,
  ],
  positionals: [{ name: 'QUERY', required: true }],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const { query, topK } = askedQuery(patternsCommand, given);
    const result = results.find((name) => name === given.texts.get('result')?.toLowerCase());
    if (given.texts.has('result') && result === undefined) {
      throw wrongUsage(
        patternsCommand,
        `Expected --result to be one of ${results.join(', ')}; got ${JSON.stringify(given.texts.get('result'))}.`,
      );
    }
    const functionName = given.texts.get('function');
    const fileName = given.texts.get('file');

    const [{ loadConfig, openApp, workingScope }, { patternsJson, printPatterns }] = await Promise.all([
      import('../app.ts'),
      import('./patterns-output.ts'),
    ]);
    const config = await loadConfig(configFlags, environment);
    const app = await openApp(config, { mustExist: true });
    try {
      const scope = workingScope(config);
      const found = await app.services.codePatterns.find({
        scope,
        query,
        ...defined({ result, functionName, fileName }),
        topK,
        // A person's terminal has no token budget; a document has the most there is.
        detail: 'brief',
        maxTokens: limits.answerTokensMax,
        includeWeak: false,
        explain: false,
      });
      if (json) terminal.out(`${JSON.stringify(patternsJson(query, found))}\n`);
      else printPatterns(found, scope, terminal, Date.now());
    } finally {
      await app.close();
    }
  },
};
