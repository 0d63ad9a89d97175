const wishPattern = new RegExp(
  [
    // At the beginning of a sentence.
    `(?:^|[.!?\\n])\\W*(?:please )?(?:always|never(?! mind)|from now on|remember to|make sure|avoid|(?:do not|don['’]t)(?! worry))`,
    `\\b(?:I|we)(?:['’]d| would| always| usually| really)? (?:prefer|rather|hate|dislike|avoid)`,
    `\\b(?:I|we) (?:do not|don['’]t) (?:like|want)`,
  ]
    .map((words) => `${words}\\b`)
    .join('|'),
  'i',
);

/**
 * Whether the text says how its writer wants things from now on: a rule, a taste, a dislike. English, by a closed list.
 */
export function statesWish(text: string): boolean {
  return wishPattern.test(text);
}
