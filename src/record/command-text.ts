/** A command as a reader sees it, and by which runs of the same tests are known, however they were started. */
export function commandText(words: readonly string[], way: string): string {
  const text = words.map(quoted).join(' ');
  // Two packages of a repository have the same `npm test`, and it is not the same tests.
  return way === '' ? text : `cd ${quoted(way)} && ${text}`;
}

function quoted(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : JSON.stringify(word);
}
