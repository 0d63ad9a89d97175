import { defined } from '../defined.ts';
import type { GroupBy } from '../domain/pattern-analysis.ts';
import { limits } from '../limits.ts';
import { type Command, jsonFlag } from './command.ts';
import { wrongUsage } from './parse-arguments.ts';
import { settingFlags } from './setting-flags.ts';

const defaultDays = 30;
const groupings: readonly GroupBy[] = ['function', 'file', 'module', 'tag'];

export const analyzeCommand: Command = {
  name: 'analyze',
  synopsis: '[options]',
  summary: 'how code attempts went: success rate, trend, most frequent errors',
  description:
    'Counts the code attempts of the last days by outcome. What the environment or chance decided is counted\n' +
    'apart. By default it sees the project of the working directory and what belongs to no project;\n' +
    '--project "*" sees all.',
  flags: [
    {
      name: 'days',
      kind: 'whole number',
      valueName: 'N',
      summary: `how far back, 1 to ${limits.maxAgeDaysMax} (default: ${defaultDays})`,
    },
    { name: 'by', kind: 'text', valueName: 'WHAT', summary: `also by ${groupings.join(', ')}` },
    ...settingFlags(['project', 'databasePath', 'logLevel']),
    jsonFlag,
  ],
  positionals: [],
  async run({ arguments: given, configFlags, environment, terminal, json }) {
    const days = given.numbers.get('days') ?? defaultDays;
    if (days < 1 || days > limits.maxAgeDaysMax) {
      throw wrongUsage(analyzeCommand, `Expected --days to be 1 to ${limits.maxAgeDaysMax}; got ${days}.`);
    }
    const groupBy = groupings.find((name) => name === given.texts.get('by')?.toLowerCase());
    if (given.texts.has('by') && groupBy === undefined) {
      throw wrongUsage(
        analyzeCommand,
        `Expected --by to be one of ${groupings.join(', ')}; got ${JSON.stringify(given.texts.get('by'))}.`,
      );
    }
    const [{ loadConfig, openApp, workingScope }, { analysisJson, printAnalysis }] = await Promise.all([
      import('../app.ts'),
      import('./analyze-output.ts'),
    ]);
    const config = await loadConfig(configFlags, environment);
    const app = await openApp(config, { mustExist: true });
    try {
      const scope = workingScope(config);
      const analysis = await app.services.patternAnalysis.analyze({
        scope,
        timeRangeDays: days,
        ...defined({ groupBy }),
      });
      if (json) terminal.out(`${JSON.stringify(analysisJson(analysis, days))}\n`);
      else printAnalysis(analysis, { days, scope, groupBy, nowMs: Date.now() }, terminal);
    } finally {
      await app.close();
    }
  },
};
