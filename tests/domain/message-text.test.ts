import { expect, test } from 'vitest';
import { messageEmbeddingText, messageSearchText, messageText } from '../../src/domain/message-text.ts';
import { limits } from '../../src/limits.ts';

const words = (count: number, word = 'word') =>
  Array.from({ length: count }, (_, i) => `${word}${i}`).join(' ');

test('full text holds the day, the speaker, all of the text and the parts of its names', () => {
  const text = messageSearchText('Grace', 'see getUserName', Date.parse('2023-05-08T10:00:00Z'));
  expect(text).toBe('8 May 2023 Grace: see getUserName\nget user name');
  expect(messageSearchText(null, 'hello', null)).toBe('hello');
  const long = words(2_000);
  expect(messageSearchText('user', long, null)).toContain(' word1999');
});

test('a message is embedded behind the one that it follows', () => {
  const [asked, said] = [messageText('user', 'Shall we ship on Friday?'), messageText('assistant', 'Yes.')];
  expect(messageEmbeddingText(said, asked)).toBe('user: Shall we ship on Friday?\nassistant: Yes.');
  expect(messageEmbeddingText(said, null)).toBe('assistant: Yes.');
});

test('of a long message its beginning is embedded, and none of it with the next one', () => {
  const long = words(limits.messageEmbeddedWordsMax + 40);
  expect(messageEmbeddingText(long, null)).toBe(words(limits.messageEmbeddedWordsMax));
  expect(messageEmbeddingText('and then?', words(limits.precedingWordsMax + 1, 'a'))).toBe('and then?');
  expect(messageEmbeddingText('and then?', words(limits.precedingWordsMax, 'a'))).toBe(
    `${words(limits.precedingEmbeddedWordsMax, 'a')}\nand then?`,
  );
});

test('a text without spaces is bounded too', () => {
  const long = '字'.repeat(50_000);
  expect(messageEmbeddingText(long, long).length).toBe(
    limits.messageEmbeddedWordsMax * limits.wordCharactersTypicalMax,
  );
});
