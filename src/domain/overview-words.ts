/** Questions about a conversation as a whole or about one's own part in it: English, by closed lists. */
const overviewPattern =
  /\b(?:summar(?:y|ies)|summari[sz](?:e|ed|es|ing)|recap|overview|order in which|in (?:what|which) order)\b/i;

const said =
  '(?:brought up|bring up|mention(?:ed)?|say|said|tell|told|ask(?:ed)?|raised?|discuss(?:ed)?|talk(?:ed)?|describ(?:e|ed)|outlined?|shared?|report(?:ed)?)';
const askerSaidPattern = new RegExp(
  `\\bI(?: have|['’]ve)? ${said}\\b|\\b(?:did|have|had) I (?:ever )?${said}\\b`,
  'i',
);

/** Whether the query asks how something went from beginning to end, in whatever was said of it. */
export function asksForOverview(query: string): boolean {
  return overviewPattern.test(query);
}

/** Whether it asks for what the one who asks has said. */
export function asksWhatAskerSaid(query: string): boolean {
  return askerSaidPattern.test(query);
}
