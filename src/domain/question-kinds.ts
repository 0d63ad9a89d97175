/**
 * What a question to a conversation asks for, where that says which messages answer it: English, by closed lists. A
 * question may be of several kinds or of none.
 */
const overviewPattern =
  /\b(?:summar(?:y|ies)|summari[sz](?:e|ed|es|ing)|recap|overview|order in which|in (?:what|which) order)\b/i;

const said =
  '(?:brought up|bring up|mention(?:ed)?|say|said|tell|told|ask(?:ed)?|raised?|discuss(?:ed)?|talk(?:ed)?|describ(?:e|ed)|outlined?|shared?|report(?:ed)?)';
const askerSaidPattern = new RegExp(
  `\\bI(?: have|['’]ve)? ${said}\\b|\\b(?:did|have|had) I (?:ever )?${said}\\b`,
  'i',
);

const helpPattern =
  /\b(?:can|could|would|should) (?:I|you|we)\b|\b(?:I|we) should\b|\bhow (?:to|do (?:I|we))\b/i;

const presentPattern = /\b(?:is|are|has|have|does|do)\b/i;
const pastPattern = /\b(?:when|did|was|were)\b/i;

/** How something went from beginning to end, in whatever was said of it: a summary, an order. */
export function asksForOverview(query: string): boolean {
  return overviewPattern.test(query);
}

/** What the one who asks has said. */
export function asksWhatAskerSaid(query: string): boolean {
  return askerSaidPattern.test(query);
}

/** What to do, or to have something done; not for what was said. */
export function asksForHelp(query: string): boolean {
  return helpPattern.test(query) && !asksWhatAskerSaid(query);
}

/** How things are or have been so far, rather than what happened once. */
export function asksHowThingsAre(query: string): boolean {
  return presentPattern.test(query) && !pastPattern.test(query);
}
