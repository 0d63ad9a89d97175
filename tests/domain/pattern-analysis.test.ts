import { expect, test } from 'vitest';
import { PatternAnalysis } from '../../src/domain/pattern-analysis.ts';
import type { NewAttempt } from '../../src/domain/ports.ts';
import { alone, newAttempt } from '../storage/made-rows.ts';
import { newStore } from '../storage/opened-store.ts';

async function analysisOf(
  nowText: string,
  attempts: readonly (Partial<Omit<NewAttempt, 'createdAt'>> & { at: string })[],
): Promise<PatternAnalysis> {
  const { store } = await newStore();
  for (const { at, ...attempt } of attempts) {
    const createdAt = { text: at, ms: Date.parse(at) };
    await store.logAttempt(newAttempt({ ...attempt, createdAt }), alone);
  }
  return new PatternAnalysis(store, () => Date.parse(nowText));
}

test('the window ends to the millisecond, whatever the day', async () => {
  const analysis = await analysisOf('2026-03-02T00:00:01.000Z', [
    { at: '2026-03-01T00:00:00.999Z' },
    { at: '2026-03-01T00:00:01.000Z' },
    { at: '2026-03-01T23:59:59.999Z' },
    { at: '2026-03-02T00:00:00.000Z', result: 'fail' },
  ]);
  const { total, trend } = await analysis.analyze({ scope: 'all', timeRangeDays: 1 });
  expect(total).toBe(3);
  expect(trend).toEqual([
    { period: '2026-03-01', total: 2, pass: 2, fail: 0, partial: 0, successRate: 1 },
    { period: '2026-03-02', total: 1, pass: 0, fail: 1, partial: 0, successRate: 0 },
  ]);
});

test('in a longer window the trend is by week, from Monday to Sunday', async () => {
  const analysis = await analysisOf('2026-03-10T00:00:00Z', [
    { at: '2026-03-01T23:59:59.999Z' },
    { at: '2026-03-02T00:00:00.000Z' },
    { at: '2026-03-08T23:59:59.999Z' },
    { at: '2026-03-09T00:00:00.000Z' },
    { at: '1969-12-31T00:00:00.000Z' },
  ]);
  const { trend } = await analysis.analyze({ scope: 'all', timeRangeDays: 36_500 });
  expect(trend.map(({ period, total }) => [period, total])).toEqual([
    ['1969-12-29', 1],
    ['2026-02-23', 1],
    ['2026-03-02', 2],
    ['2026-03-09', 1],
  ]);
});

test('times are those of the attempts that have one', async () => {
  const at = '2026-03-01T00:00:00Z';
  const times = [10, 20, 30, 1000];
  const analysis = await analysisOf('2026-03-01T01:00:00Z', [
    ...times.map((executionTimeMs) => ({ at, executionTimeMs })),
    { at },
  ]);
  const { executionTime, total } = await analysis.analyze({ scope: 'all', timeRangeDays: 1 });
  expect({ executionTime, total }).toEqual({
    executionTime: { average: 265, median: 25, p95: 1000 },
    total: 5,
  });
});

test('archived attempts and other projects are not counted', async () => {
  const { store } = await newStore();
  const now = newAttempt().createdAt.ms as number;
  for (const project of ['mine', 'mine', 'other']) await store.logAttempt(newAttempt({ project }), alone);
  await store.changeAttempt(1, { archived: true, searchText: '' });
  const analysis = new PatternAnalysis(store, () => now);
  const { total } = await analysis.analyze({ scope: { project: 'mine' }, timeRangeDays: 1 });
  expect(total).toBe(1);
});
