/**
 * The texts that stand for a chat message in the two indexes; docs/chat-retrieval.md has the measurements behind them.
 * Full text holds all of it, so that a word deep in a long message is found. The vector stands for its beginning, which says
 * what it is about (a vector for each part lost: a long message gets many draws), behind the message that it follows.
 */
import { limits } from '../limits.ts';
import { dateInWords } from './calendar-words.ts';
import { searchText } from './words.ts';

/** Who said it, and what. */
export function messageText(role: string | null, content: string): string {
  return role === null ? content : `${role}: ${content}`;
}

/** What full text indexes: the message behind the day on which it was written. */
export function messageSearchText(role: string | null, content: string, createdAtMs: number | null): string {
  return searchText(`${dateInWords(createdAtMs)} ${messageText(role, content)}`.trimStart());
}

/**
 * What is embedded of a message, given both as messageText has them. "Yes, on Friday" means something only behind its
 * question; a long message before is none that this one answers word by word, and stays out.
 */
export function messageEmbeddingText(text: string, precedingText: string | null): string {
  const own = beginning(text, limits.messageEmbeddedWordsMax);
  if (precedingText === null || isLong(precedingText)) return own;
  return `${beginning(precedingText, limits.precedingEmbeddedWordsMax)}\n${own}`;
}

function isLong(text: string): boolean {
  return beginning(text, limits.precedingWordsMax).length < text.trimEnd().length;
}

/** The first words of a text; scripts without spaces count by characters. */
function beginning(text: string, wordsMax: number): string {
  const bounded = text.slice(0, wordsMax * limits.wordCharactersTypicalMax);
  let words = 0;
  for (const { index, 0: word } of bounded.matchAll(/\S+/g)) {
    words++;
    if (words === wordsMax) return bounded.slice(0, index + word.length);
  }
  return bounded;
}
