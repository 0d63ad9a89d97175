/**
 * Whether a JSON text has more than `levelsMax` lists and objects inside each other. Asked before the text is
 * parsed: what is nested thousands of levels deep ends recursive readers.
 */
export function isDeeperThan(json: string, levelsMax: number): boolean {
  let level = 0;
  let inText = false;
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (inText) {
      if (code === 0x5c) index++;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++level > levelsMax) return true;
    } else if (code === 0x5d || code === 0x7d) level--;
  }
  return false;
}
