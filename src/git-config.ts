export interface GitRemote {
  name: string;
  url: string;
}

/**
 * The remotes in the text of a git config file, in its order, each with its first URL. Reads the syntax of
 * https://git-scm.com/docs/git-config#_syntax; other files that it includes are not followed.
 */
export function readRemotes(text: string): GitRemote[] {
  const remotes = new Map<string, string>();
  let remote: string | undefined;
  // A backslash at the end of a line goes on with the next one.
  for (const line of text.replace(/\\\r?\n/g, '').split(/\r?\n/)) {
    let rest = line.trim();
    const section = /^\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(rest);
    if (section !== null) {
      const [whole, name = '', subsection] = section;
      remote = name.toLowerCase() === 'remote' ? subsection?.replace(/\\(.)/g, '$1') : undefined;
      rest = rest.slice(whole.length).trim();
    }
    const url = /^url\s*=\s*(.*)$/i.exec(rest)?.[1];
    if (remote === undefined || url === undefined || remotes.has(remote)) continue;
    const value = unquoted(url);
    if (value !== '') remotes.set(remote, value);
  }
  return [...remotes].map(([name, url]) => ({ name, url }));
}

/** A value without its quotes, escapes and the comment behind it. */
function unquoted(raw: string): string {
  let value = '';
  let quoted = false;
  for (let at = 0; at < raw.length; at++) {
    const character = raw[at]!;
    if (character === '"') quoted = !quoted;
    else if (character === '\\') value += raw[++at] ?? '';
    else if (!quoted && (character === '#' || character === ';')) break;
    else value += character;
  }
  return value.trim();
}
