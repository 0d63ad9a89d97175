/** What every plot has: colours for light and dark, a title, axes, a legend. No text needs a font of ours. */
import type { PlacedAxis } from './axis.ts';

export const plotWidth = 720;
/** Of the text's font, about: fonts differ from reader to reader. */
const characterWidth = 7;

/** Of the palette of Okabe and Ito, which colour-blind readers can tell apart; darker on white, lighter on black. */
const colours = [
  ['#0072b2', '#56b4e9'],
  ['#d55e00', '#ff9f5a'],
  ['#00795a', '#35c79c'],
  ['#aa3f86', '#e59ac6'],
  ['#6b6b6b', '#b5b5b5'],
  ['#8a6d00', '#f0d442'],
];
export const seriesMax = colours.length;

const style = `
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 15px; font-weight: 600; }
.paper { fill: #ffffff; }
.grid { stroke: #d8dee4; stroke-width: 1; }
.line { fill: none; stroke-width: 2; }
.mark { fill-opacity: 0.55; }
${colours.map(([light], i) => `.s${i} { stroke: ${light}; } .f${i} { fill: ${light}; }`).join('\n')}
@media (prefers-color-scheme: dark) {
text { fill: #d1d7e0; }
.paper { fill: #0d1117; }
.grid { stroke: #30363d; }
${colours.map(([, dark], i) => `.s${i} { stroke: ${dark}; } .f${i} { fill: ${dark}; }`).join('\n')}
}`;

/** A whole SVG file around the given elements. */
export function svgFile(title: string, note: string | undefined, height: number, body: string[]): string {
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${plotWidth}" height="${height}" viewBox="0 0 ${plotWidth} ${height}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}\n</style>`,
    `<rect class="paper" width="${plotWidth}" height="${height}" rx="6"/>`,
    text(16, 26, title, 'class="title"'),
    ...(note === undefined ? [] : [text(16, 44, note)]),
    ...body,
    '</svg>',
  ].join('\n')}\n`;
}

export function text(x: number, y: number, words: string, attributes = ''): string {
  return `<text x="${pixels(x)}" y="${pixels(y)}"${attributes && ` ${attributes}`}>${escaped(words)}</text>`;
}

export function gridLine(x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="grid" x1="${pixels(x1)}" y1="${pixels(y1)}" x2="${pixels(x2)}" y2="${pixels(y2)}"/>`;
}

/** The horizontal axis: grid lines through the whole height, numbers and label below. */
export function horizontalAxis(axis: PlacedAxis, top: number, bottom: number): string[] {
  const middle = ((axis.ticks[0]?.at ?? 0) + (axis.ticks.at(-1)?.at ?? 0)) / 2;
  return [
    ...axis.ticks.flatMap((tick) => [
      gridLine(tick.at, top, tick.at, bottom),
      text(tick.at, bottom + 17, tick.text, 'text-anchor="middle"'),
    ]),
    text(middle, bottom + 36, axis.label, 'text-anchor="middle"'),
  ];
}

/** One swatch with its name a series, in rows as wide as the plot. */
export function legend(names: readonly string[], top: number): { body: string[]; height: number } {
  const rowHeight = 18;
  let x = 16;
  let y = top;
  const body: string[] = [];
  for (const [i, name] of names.entries()) {
    const width = 20 + name.length * characterWidth + 16;
    if (x > 16 && x + width > plotWidth) {
      x = 16;
      y += rowHeight;
    }
    body.push(
      `<rect class="f${i % seriesMax}" x="${pixels(x)}" y="${pixels(y)}" width="12" height="12" rx="2"/>`,
    );
    body.push(text(x + 18, y + 10, name));
    x += width;
  }
  return { body, height: y - top + rowHeight };
}

export function widthOf(words: string): number {
  return words.length * characterWidth;
}

export function pixels(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`Expected a place on the plot, got ${value}.`);
  return String(Number(value.toFixed(1)));
}

function escaped(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
