import type { Command } from './command.ts';

export const demoCommand: Command = {
  name: 'demo',
  synopsis: '',
  summary: 'what LTMC does, on real text, in a temporary folder',
  description:
    'Starts the server as a client would, stores real text, asks in other words, logs a failing and a\n' +
    'passing attempt, kills the server, starts it again, and asks again. Exits with 0 only if every answer\n' +
    'was right. Nothing of yours is read or written.',
  flags: [],
  positionals: [],
  async run({ terminal }) {
    const { runDemo } = await import('./demo/run-demo.ts');
    await runDemo(terminal);
  },
};
