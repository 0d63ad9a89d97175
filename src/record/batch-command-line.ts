import { LtmcError } from '../errors.ts';

/** Characters that cmd.exe takes as they are outside quotes. */
const plainWord = /^[A-Za-z0-9#$*+\-./:?@\\_\u00a0-\uffff]+$/;

/**
 * The command line after `cmd.exe /e:ON /v:OFF /d /s /c` that runs a batch file with these words and nothing
 * else. A batch file hands its words on as `%*`, where cmd.exe reads them once more, so carets do not last;
 * what lasts are quotes. Inside them only `"` and `%` mean anything: the first is doubled, the second is
 * followed by an expansion of nothing. (The same rules as the standard library of Rust has since
 * CVE-2024-24576.) Throws `wrong_usage` for a line end, which no batch file can be given.
 */
export function batchCommandLine(file: string, words: readonly string[]): string {
  return `"${[`"${file}"`, ...words.map(quoted)].join(' ')}"`;
}

function quoted(word: string): string {
  if (/[\r\n\0]/.test(word)) {
    throw new LtmcError(
      'wrong_usage',
      'Expected words without line ends; got one, and on Windows a batch file cannot be given one.',
      'Put the words into a script and record that.',
    );
  }
  const escaped = word
    // Backslashes before a quote are doubled, so that the program sees as many as were given.
    .replace(/(\\*)"/g, '$1$1""')
    .replaceAll('%', '%%cd:~,%');
  if (plainWord.test(word) && !word.endsWith('\\')) return escaped;
  return `"${escaped.replace(/(\\+)$/, '$1$1')}"`;
}
