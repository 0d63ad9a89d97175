/**
 * Scripts that are written without spaces, and Hangul, whose words grow endings: in a text of these no piece between two spaces
 * is a word that comes again elsewhere, so they are looked up by pairs of letters.
 */
const script = [
  'scx=Han',
  'scx=Hiragana',
  'scx=Katakana',
  'scx=Bopomofo',
  'sc=Hangul',
  'sc=Thai',
  'sc=Lao',
  'sc=Khmer',
  'sc=Myanmar',
]
  .map((name) => `\\p{${name}}`)
  .join('');
const unspaced = new RegExp(`[${script}]`, 'u');
const runs = new RegExp(`[${script}]+|[^${script}]+`, 'gu');

/**
 * What a word with letters of such scripts is looked up by: pairs of these letters, and what stands between them in other
 * scripts (`SQLiteを選ぶ` → `SQLite`, `を選`, `選ぶ`). [] for a word without.
 */
export function unspacedParts(word: string): string[] {
  if (!unspaced.test(word)) return [];
  const parts: string[] = [];
  for (const [run] of word.matchAll(runs)) {
    // File names of macOS come with their marks apart.
    const signs = [...run.normalize()];
    if (!unspaced.test(run) || signs.length < 3) parts.push(signs.join(''));
    else for (let at = 1; at < signs.length; at++) parts.push(signs[at - 1]! + signs[at]!);
  }
  return parts;
}

/** Hiragana alone: endings and particles (`する`, `から`), which every text has. */
export function isInflection(part: string): boolean {
  return /^\p{sc=Hiragana}{1,2}$/u.test(part);
}
