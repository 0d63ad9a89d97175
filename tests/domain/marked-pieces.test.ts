import { expect, test } from 'vitest';
import { markedAgreement } from '../../src/domain/marked-pieces.ts';
import { rankedByWording } from '../../src/domain/ranking.ts';

test('a text agrees by the share of the marked pieces that it holds as they stand', () => {
  const texts = ["l.sort(key=lambda x: x['title'])", 'sort(list_of_dicts, "age")', 'the Title of l'];
  expect(markedAgreement("sort a list `l` of dicts by dict value 'title'", texts)).toEqual([1, 0, 0.5]);
  expect(markedAgreement('what is "list_of_dicts"?', texts)).toEqual([0, 1, 0]);
  // A part of a name is not the name.
  expect(markedAgreement('the `list`', texts)).toEqual([0, 0, 0]);
  expect(markedAgreement("write 'data to be encoded'", ["'data to be encoded'.encode()", 'data'])).toEqual([
    1, 0,
  ]);
});

test('nothing marked, no agreement: apostrophes, marks around nothing, a mark that is never closed', () => {
  const texts = ["s and t don't matter: l, '', `"];
  for (const query of ["the store's list isn't l", "join by '' or ' '", 'the `l of all', '`l\n`', '']) {
    expect(markedAgreement(query, texts)).toEqual([0]);
  }
});

test('of candidates that are about as near, the one with the marked names is first', () => {
  const [other, named] = ['df_out = preprocessing.scale(data)', 'mylist.sort(key=len)'] as const;
  const first = [
    { hit: other, relevance: 0.6 },
    { hit: named, relevance: 0.5 },
  ];
  const orderFor = (query: string) => rankedByWording(first, query, (text) => text).map(({ hit }) => hit);
  expect(orderFor('sort by length')).toEqual([other, named]);
  expect(orderFor('sort `mylist` by length')).toEqual([named, other]);
});
