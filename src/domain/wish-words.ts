import { asksWhatAskerSaid } from './overview-words.ts';

/** Questions for help, and texts that say how help should be: English, by closed lists. */
const helpPattern =
  /\b(?:can|could|would|should) (?:I|you|we)\b|\b(?:I|we) should\b|\bhow (?:to|do (?:I|we))\b/i;

const wishPattern = new RegExp(
  [
    // A sentence that begins with it.
    `(?:^|[.!?\\n])\\W*(?:please )?(?:always|never(?! mind)|from now on|remember to|make sure|avoid|(?:do not|don['’]t)(?! worry))`,
    `\\b(?:I|we)(?:['’]d| would| always| usually| really)? (?:prefer|rather|hate|dislike|avoid)`,
    `\\b(?:I|we) (?:do not|don['’]t) (?:like|want)`,
  ]
    .map((words) => `${words}\\b`)
    .join('|'),
  'i',
);

/** Whether the query asks what to do or to have something done, rather than for what was said. */
export function asksForHelp(query: string): boolean {
  return helpPattern.test(query) && !asksWhatAskerSaid(query);
}

/** Whether the text says how its writer wants things from now on: a rule, a taste, a dislike. */
export function statesWish(text: string): boolean {
  return wishPattern.test(text);
}
