/** What differs between two reports of the same failure is taken out here. Every pattern is linear. */

const colourCodes = /\u001b\[[0-9;?]{0,20}[A-Za-z]/g;

export function withoutColours(text: string): string {
  return text.includes('\u001b') ? text.replace(colourCodes, '') : text;
}

/** A message with its paths, addresses, numbers, times and quoted values taken out; one line, bounded. */
export function normaliseMessage(message: string): string {
  return message
    .slice(0, 400)
    .split('\n', 1)[0]!
    .replace(/\b0x[0-9a-fA-F]+\b/g, '<addr>')
    .replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<id>')
    .replace(/(?:[A-Za-z]:)?(?:[\w.@~-]{0,80}[\\/]){1,40}([\w.@-]{1,80})/g, '$1')
    .replace(/\d+(?:[.,:]\d+)*/g, '<n>')
    .replace(/\s+/g, ' ')
    .replaceAll(';', ',')
    .trim();
}

const outside =
  /node_modules|site-packages|dist-packages|node:|internal[\\/]|<frozen|<string>|<anonymous>|[\\/]lib[\\/]python\d|[\\/]usr[\\/]lib|\.cargo[\\/]registry|rustc[\\/]|rustlib|[\\/]pkg[\\/]mod[\\/]|[\\/]go[\\/]src[\\/]|[\\/]usr[\\/]local[\\/]go|\.rustup|\bwasm:/;

/** A source file of the project itself, not of a library or the language. */
export function isInsideProject(path: string): boolean {
  return path !== '' && !outside.test(path.slice(0, 500));
}

/** The last two parts of a path: the same wherever the project lies. */
export function normalisePath(path: string): string {
  const parts = path
    .slice(-500)
    .replace(/^file:\/+/, '/')
    .split(/[\\/]/)
    .filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.slice(-2).join('/');
}

/** A test's name without what changes from run to run: its duration, and the path before its file. */
export function normaliseTest(name: string): string {
  const bare = name
    .slice(0, 300)
    .replace(/\s*[([]?\d+(?:\.\d+)? ?m?s[)\]]?$/, '')
    .replaceAll(';', ' ')
    .replaceAll(',', ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const colons = bare.indexOf('::');
  if (colons > 0 && /[\\/.]/.test(bare.slice(0, colons)))
    return normalisePath(bare.slice(0, colons)) + bare.slice(colons);
  return bare;
}
