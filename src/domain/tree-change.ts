/** Code that is a change of a working tree in git's notation, as a recorded test run has it (src/record/tree-diff.ts). */
export function isTreeChange(code: string): boolean {
  return code.startsWith(treeChangeStart);
}

const treeChangeStart = 'diff --git ';

/** The lines that a change takes out and brings in, without their signs. */
export function changedLines(change: string): { removed: string; added: string } {
  const removed: string[] = [];
  const added: string[] = [];
  let inHunk = false;
  for (const line of change.split('\n')) {
    // Behind a file's head, where `---` and `+++` name it, everything is a hunk until the next file.
    if (line.startsWith(treeChangeStart)) inHunk = false;
    else if (line.startsWith('@@')) inHunk = true;
    else if (inHunk && line.startsWith('-')) removed.push(line.slice(1));
    else if (inHunk && line.startsWith('+')) added.push(line.slice(1));
  }
  return { removed: removed.join('\n'), added: added.join('\n') };
}
