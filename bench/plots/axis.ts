export interface Axis {
  label: string;
  /** Default linear. Values on a log axis must be above zero. */
  scale?: 'linear' | 'log';
  /** Default: what the values need, on a linear axis with zero. */
  min?: number;
  max?: number;
}

export interface PlacedAxis {
  label: string;
  ticks: { at: number; text: string }[];
  /** Where a value lies, in pixels. */
  at(value: number): number;
}

/** Chooses ends and round ticks for the values, and maps them to pixels from `first` to `last`. */
export function placeAxis(axis: Axis, values: readonly number[], first: number, last: number): PlacedAxis {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) throw new Error(`Expected values for the axis "${axis.label}", got none.`);
  const isLog = axis.scale === 'log';
  const least = axis.min ?? Math.min(...finite, ...(isLog ? [] : [0]));
  const most = axis.max ?? Math.max(...finite);
  if (isLog && least <= 0) throw new Error(`Expected values above zero on a log axis, got ${least}.`);
  const ticks = isLog ? logTicks(least, most) : linearTicks(least, most);
  const from = axis.min ?? Math.min(least, ticks[0] ?? least);
  const to = axis.max ?? Math.max(most, ticks.at(-1) ?? most);
  const scaled = (value: number) => (isLog ? Math.log10(value) : value);
  const span = scaled(to) - scaled(from) || 1;
  const at = (value: number) => first + ((scaled(value) - scaled(from)) / span) * (last - first);
  return {
    label: axis.label,
    at,
    ticks: ticks
      .filter((tick) => tick >= from - span * 1e-9 && tick <= to + span * 1e-9)
      .map((tick) => ({ at: at(tick), text: shownNumber(tick) })),
  };
}

/** At most seven steps of 1, 2 or 5 times a power of ten that hold the range. */
function linearTicks(least: number, most: number): number[] {
  const range = most - least || Math.abs(most) || 1;
  const power = 10 ** Math.floor(Math.log10(range / 6));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => range / size <= 6) ?? power * 10;
  const first = Math.floor(least / step + 1e-9);
  const last = Math.ceil(most / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten that hold the range; with 2 and 5 between them where it is short. */
function logTicks(least: number, most: number): number[] {
  const factors = Math.log10(most / least) < 2 ? [1, 2, 5] : [1];
  const lowest = Math.floor(Math.log10(least) + 1e-9);
  const highest = Math.ceil(Math.log10(most) - 1e-9);
  const all: number[] = [];
  for (let power = lowest; power <= highest; power++) {
    for (const factor of factors) all.push(Number((factor * 10 ** power).toPrecision(12)));
  }
  const below = all.findLastIndex((tick) => tick <= least * (1 + 1e-9));
  const above = all.findIndex((tick) => tick >= most * (1 - 1e-9));
  return all.slice(Math.max(0, below), above === -1 ? undefined : above + 1);
}

export function shownNumber(value: number): string {
  if (Math.abs(value) >= 100 || Number.isInteger(value)) {
    return Math.round(value).toLocaleString('en-US');
  }
  return String(Number(value.toPrecision(2)));
}
