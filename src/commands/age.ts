const steps: readonly [unit: string, ms: number][] = [
  ['y', 365 * 86_400_000],
  ['mo', 30 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
];

/** How long ago, in the largest unit that fits: `3 d`. `?` for a time that is not known. */
export function ageOf(ms: number | null, nowMs: number): string {
  if (ms === null) return '?';
  const passed = Math.max(0, nowMs - ms);
  const step = steps.find(([, size]) => passed >= size);
  return step === undefined ? 'now' : `${Math.floor(passed / step[1])} ${step[0]}`;
}
