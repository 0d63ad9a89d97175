import { monthNames } from './calendar-words.ts';

/** Questions about a time, and texts that name one: English, by closed lists. Neither says whether it is the right one. */
const asksWhenPattern =
  /\bwhen\b|\bhow long\b|\b(?:what|which) (?:day|date|month|year|time)\b|\bhow (?:many|much) (?:time|days?|weeks?|months?|years?)\b/i;

const dayNames = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';
// May is a verb as a rule.
const months = monthNames.filter((name) => name !== 'May').join('|');
const spans = `night|day|week|month|year|weekend|summer|winter|spring|fall|autumn|${dayNames}`;
const timePattern = new RegExp(
  [
    'yesterday|today|tonight|tomorrow|ago|since|recently|weekend',
    dayNames,
    months,
    `(?:last|next|past|this|previous|coming) (?:\\w+ )?(?:${spans})`,
    'for (?:\\w+ ){0,2}(?:years?|months?|weeks?|days?)',
  ]
    .map((words) => `\\b(?:${words})\\b`)
    .join('|'),
  'i',
);

export function asksWhen(query: string): boolean {
  return asksWhenPattern.test(query);
}

/** Whether the text names a day, a month or a span of time, or says how long ago something was. */
export function namesTime(text: string): boolean {
  return timePattern.test(text);
}
