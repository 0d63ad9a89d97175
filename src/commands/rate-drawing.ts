const dayMs = 86_400_000;
const levels = '▁▂▃▄▅▆▇█';

/**
 * A rate of 0 to 1 as a bar: full up to the rate; the interval around it, as far as it lies beyond, is shaded.
 */
export function rateBar(
  rate: number,
  interval: readonly [low: number, high: number] | null,
  columns: number,
): string {
  const [low, high] = interval ?? [rate, rate];
  return Array.from({ length: columns }, (_, column) => {
    const middle = (column + 0.5) / columns;
    if (middle <= Math.min(rate, low)) return '█';
    if (middle <= rate) return '▓';
    return middle <= high ? '▒' : '░';
  }).join('');
}

/**
 * The success rate of each day or week up to now, the oldest first and as many as fit; `·` for one without
 * attempts. The periods of `trend` are UTC dates, in a weekly trend Mondays.
 */
export function sparkLine(
  trend: readonly { period: string; successRate: number }[],
  days: number,
  nowMs: number,
  columnsMax: number,
): { text: string; unit: 'day' | 'week' } {
  const unit = days <= 31 ? 'day' : 'week';
  const stepMs = unit === 'day' ? dayMs : 7 * dayMs;
  const rates = new Map(trend.map(({ period, successRate }) => [period, successRate]));
  const newest = Math.max(lastStart(nowMs, unit), ...trend.map(({ period }) => Date.parse(period)));
  const oldest = Math.min(...trend.map(({ period }) => Date.parse(period)));
  const steps = Math.min(Math.round((newest - oldest) / stepMs) + 1, Math.max(1, columnsMax));
  const text = Array.from({ length: steps }, (_, index) => {
    const start = newest - (steps - 1 - index) * stepMs;
    const rate = rates.get(new Date(start).toISOString().slice(0, 10));
    return rate === undefined ? '·' : levels[Math.round(rate * (levels.length - 1))];
  }).join('');
  return { text, unit };
}

/** When the day, or the week from Monday on, began in UTC. 1 January 1970 was a Thursday. */
function lastStart(nowMs: number, unit: 'day' | 'week'): number {
  const day = Math.floor(nowMs / dayMs);
  return (unit === 'day' ? day : day - ((day + 3) % 7)) * dayMs;
}
