/**
 * Imported by every bench: with `--help` the comment at the head of the program that runs is printed, and nothing else
 * happens.
 */
import { readFileSync } from 'node:fs';

if (process.argv.includes('--help')) {
  const program = readFileSync(process.argv[1] as string, 'utf8');
  const comment = /^\/\*\*\n([\s\S]*?)\n? ?\*\/$/m.exec(program)?.[1] ?? '';
  console.log(comment.replaceAll(/^ \* ?/gm, ''));
  process.exit(0);
}
