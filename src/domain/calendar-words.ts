export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const monthNumbers = new Map(monthNames.map((name, i) => [name.toLowerCase(), i]));
const yearPattern = /\b(?:19|20)\d\d\b/g;
const isoMonthPattern = /\b((?:19|20)\d\d)-(\d\d)\b/g;
const wordPattern = /[a-z]+/g;

/** A day as people write it, `8 May 2023`, in UTC; empty where the time is not known. */
export function dateInWords(timeMs: number | null): string {
  if (timeMs === null || Number.isNaN(new Date(timeMs).getTime())) return '';
  const date = new Date(timeMs);
  return `${date.getUTCDate()} ${monthNames[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/**
 * Whether a time lies in a month that the text names in English (`in May`, `8 May 2023`, `2023-05`), and in a year that
 * it names, where it names one. A text that names no month has no time in it.
 */
export function namedMonths(text: string): (timeMs: number | null) => boolean {
  const lower = text.toLowerCase();
  const months = new Set<number>();
  for (const [word] of lower.matchAll(wordPattern)) {
    // "may" is a month where it is written like one: mostly it is a verb.
    if (word === 'may' && !/\bMay\b/.test(text.slice(1))) continue;
    const month = monthNumbers.get(word);
    if (month !== undefined) months.add(month);
  }
  for (const [, , month] of lower.matchAll(isoMonthPattern)) months.add(Number(month) - 1);
  const years = new Set([...lower.matchAll(yearPattern)].map(([year]) => Number(year)));
  return (timeMs) => {
    if (timeMs === null || months.size === 0) return false;
    const date = new Date(timeMs);
    return months.has(date.getUTCMonth()) && (years.size === 0 || years.has(date.getUTCFullYear()));
  };
}
