/** Escape sequences of terminals: CSI, OSC (ended by BEL or ST), the other strings, and two-character ones. */
const escapes =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u009b[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[PX^_][^\u001b]*(?:\u001b\\)?|\u001b[ -/]*[0-~]?/g;

/** Controls that are left then, line feed and tab apart. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * A terminal's output as text: no colours, and of a line that was drawn over by carriage returns what stood
 * there last. Never throws; half a surrogate pair becomes U+FFFD.
 */
export function plainOutput(output: string): string {
  return output
    .replace(escapes, '')
    .replace(/\r+\n/g, '\n')
    .split('\n')
    .map((line) => lastDrawn(line).replace(controls, '').trimEnd())
    .join('\n')
    .toWellFormed();
}

function lastDrawn(line: string): string {
  if (!line.includes('\r')) return line;
  return line.split('\r').findLast((part) => part.trim() !== '') ?? '';
}
