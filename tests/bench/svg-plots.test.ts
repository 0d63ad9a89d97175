import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placeAxis } from '../../bench/plots/axis.ts';
import { barPlot } from '../../bench/plots/bar-plot.ts';
import { everyPlot } from '../../bench/plots/every-plot.ts';
import { linePlot } from '../../bench/plots/line-plot.ts';
import { pagesWithTables, withTables } from '../../bench/plots/page-tables.ts';
import { packageRoot } from '../../src/package-root.ts';

const lines = linePlot({
  title: 'Growth & <size>',
  note: 'a note',
  x: { label: 'memories', scale: 'log' },
  y: { label: 'ms' },
  series: [
    {
      name: 'store',
      points: [
        [1000, 20],
        [10_000, 21],
        [100_000, 22],
      ],
      samples: [[1000, 19.5]],
    },
    {
      name: 'with a gap',
      points: [
        [1000, 4],
        [10_000, Number.NaN],
        [100_000, 9],
      ],
    },
  ],
});
const bars = barPlot({
  title: 'Start',
  x: { label: 'ms' },
  groups: [
    { name: 'one', bars: [{ name: 'cold', samples: [100, 200, 120] }] },
    { name: 'two', bars: [{ name: 'cold', samples: [] }] },
  ],
});

test('a plot is well formed, and words in it are escaped', () => {
  for (const svg of [lines, bars]) expectWellFormed(svg);
  expect(lines).toContain('Growth &amp; &lt;size&gt;');
});

test('a gap parts a line in two', () => {
  const drawn = (name: string) => lines.match(new RegExp(`<polyline class="line ${name}"`, 'g'))?.length;
  expect([drawn('s0'), drawn('s1')]).toEqual([1, 2]);
});

test('a bar ends at the median and shows it; what was not measured says so', () => {
  const width = (share: number) => share * (placeAxis({ label: '' }, [0, 200], 0, 1).at(120) - 0);
  const [bar] = [...bars.matchAll(/<rect class="f0"[^>]* width="([\d.]+)"/g)].map((found) =>
    Number(found[1]),
  );
  const dots = [...bars.matchAll(/cx="([\d.]+)"/g)].map((found) => Number(found[1]));
  expect(dots).toHaveLength(3);
  const across = Math.max(...dots) - Math.min(...dots);
  // 100 and 200 are the outermost dots; the bar begins at zero.
  expect(bar).toBeCloseTo(width(across * 2), 0);
  expect(bars).toContain('>120</text>');
  expect(bars).toContain('>not measured</text>');
});

test.each([
  [{ label: '', scale: 'log' as const }, [1000, 100_000], ['1,000', '10,000', '100,000']],
  [{ label: '', scale: 'log' as const }, [3, 40], ['2', '5', '10', '20', '50']],
  [{ label: '' }, [4, 31], ['0', '10', '20', '30', '40']],
  [{ label: '', min: 0, max: 1 }, [0.2, 0.9], ['0', '0.2', '0.4', '0.6', '0.8', '1']],
])('an axis has round numbers %#', (axis, values, texts) => {
  const placed = placeAxis(axis, values, 0, 100);
  expect(placed.ticks.map(({ text }) => text)).toEqual(texts);
  expect([placed.ticks[0]?.at, placed.ticks.at(-1)?.at]).toEqual([0, 100]);
});

test('a log axis refuses zero', () => {
  expect(() => placeAxis({ label: '', scale: 'log' }, [0, 1], 0, 1)).toThrow('above zero');
});

test('the plots in docs are what the kept results give', () => {
  for (const { file, draw } of everyPlot) {
    const svg = draw();
    expectWellFormed(svg);
    expect(readFileSync(join(packageRoot, 'docs', 'plots', file), 'utf8')).toBe(svg);
  }
});

test.each(pagesWithTables)('the tables of %s are what the kept results give', (name) => {
  const page = readFileSync(join(packageRoot, name), 'utf8');
  expect(page).toContain('<!-- table ');
  expect(withTables(page)).toBe(page);
});

/** Every element is closed in its order, no attribute is there twice, no number is missing. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [tag, close, name, attributes, alone] of svg.matchAll(
    /<(\/?)([a-zA-Z]+)((?:\s[^<>]*?)?)(\/?)>/g,
  )) {
    if (close === '/') expect(open.pop(), tag).toBe(name);
    else if (alone === '') open.push(name as string);
    const names = [...(attributes ?? '').matchAll(/([\w:-]+)="[^"<]*"/g)].map((found) => found[1]);
    expect(new Set(names).size, tag).toBe(names.length);
    expect((attributes ?? '').replace(/\s[\w:-]+="[^"<]*"/g, ''), tag).toBe('');
  }
  expect(open).toEqual([]);
  expect(svg.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;)/);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
}
