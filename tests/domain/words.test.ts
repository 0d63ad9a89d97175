import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stopWords } from '../../src/domain/stop-words.ts';
import { queryWords, searchText } from '../../src/domain/words.ts';
import { limits } from '../../src/limits.ts';

test.each([
  ['How do I run the tests?', ['run', 'tests']],
  ['What is it?', ['what', 'is', 'it']],
  ['getUserName fails', ['getusername', 'get', 'user', 'name', 'fails']],
  ['parseHTTPResponse', ['parsehttpresponse', 'parse', 'http', 'response']],
  ['snake_case src/app.ts', ['snake', 'case', 'src', 'app', 'ts']],
  ['"a" OR b* NEAR(c) -- ; DROP', ['b', 'near', 'c', 'drop']],
  ['retry Retry RETRY', ['retry']],
  ['the sum of a list', ['sum', 'list']],
  ['the sum of `a`, as in a[i] = s', ['sum', 'a', 'i']],
  ['split (a, b) by x.t', ['split', 'a', 'b', 'x', 't']],
  ['Über café cafe\u0301', ['über', 'café', 'cafe\u0301']],
  ['utf8Bytes v2.1', ['utf8bytes', 'utf8', 'bytes', 'v2', '1']],
  ['?!… 👍', []],
  // Words of the query's own language that say nothing, where it is told.
  ['Welche Datenbank haben wir gewählt?', ['datenbank', 'gewählt']],
  ['Quelle est la base de données ?', ['base', 'données']],
  ['Wie ist das?', ['wie', 'ist', 'das']],
  ['convert der to pem', ['convert', 'der', 'pem']],
  // Scripts without spaces: pairs of letters, and words of other scripts among them.
  ['会議室を予約する', ['会議', '議室', '室を', 'を予', '予約', '約す']],
  ['なぜSQLiteを選びましたか', ['sqlite', 'sq', 'lite', 'を選', '選び']],
  ['する', ['する']],
  ['象', ['象']],
  ['回의실 예약', ['回의', '의실', '예약']],
  ['テ\u3099プロイ', ['デプ', 'プロ', 'ロイ']],
  ['生产环境 deploy', ['生产', '产环', '环境', 'deploy']],
])('queryWords(%j)', (query, words) => {
  expect(queryWords(query)).toEqual(words);
});

test('words are lower case, unique, bounded, and of letters, digits and marks alone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3_000, size: 'max' }), (query) => {
      const words = queryWords(query);
      expect(new Set(words).size).toBe(words.length);
      expect(words.length).toBeLessThanOrEqual(limits.queryTermsMax);
      for (const word of words) {
        expect(word).toBe(word.toLowerCase());
        expect(word).toMatch(/^[\p{L}\p{N}\p{M}]+$/u);
      }
      const telling = words.filter((word) => !stopWords.has(word) || word.length === 1);
      expect([0, words.length]).toContain(telling.length);
    }),
  );
});

test('of too many words the longest stay, in their order', () => {
  const long = Array.from({ length: limits.queryTermsMax }, (_, n) => `longword${n + 100}`);
  expect(queryWords(['tiny', ...long, 'small'].join(' '))).toEqual(long);
});

test('searchText is the text, and behind it the parts of its identifiers', () => {
  expect(searchText('plain words in snake_case')).toBe('plain words in snake_case');
  expect(searchText('call getUserName and setUserName')).toBe(
    'call getUserName and setUserName\nget user name set',
  );
  expect(searchText('SQLiteを選ぶ')).toBe('SQLiteを選ぶ\nSQLite sq lite を選 選ぶ');
});
