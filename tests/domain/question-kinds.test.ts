import { expect, test } from 'vitest';
import {
  asksForHelp,
  asksForOverview,
  asksHowThingsAre,
  asksWhatAskerSaid,
} from '../../src/domain/question-kinds.ts';

const kinds = {
  overview: asksForOverview,
  'what the asker said': asksWhatAskerSaid,
  help: asksForHelp,
  'how things are': asksHowThingsAre,
};

test.each<[string, (keyof typeof kinds)[]]>([
  ['Summarise the release', ['overview']],
  ['Can you give me a summary of the release?', ['overview', 'help']],
  ['In what order did I bring up the ports?', ['overview', 'what the asker said']],
  ['Can you list the order in which I brought up the ports?', ['overview', 'what the asker said']],
  ['What have I told you of the server?', ['what the asker said', 'how things are']],
  ['Which port did you mention?', []],
  ['How should I name the branch?', ['help']],
  ['How do I start it?', ['help', 'how things are']],
  ['Which bands has Grace seen?', ['how things are']],
  ['When does the train leave?', []],
  ['Who fixed the build?', []],
  ['a canon of Scandinavian didactics', []],
])('%s', (query, expected) => {
  const found = Object.entries(kinds).filter(([, asks]) => asks(query));
  expect(found.map(([kind]) => kind).sort()).toEqual(expected.toSorted());
});
