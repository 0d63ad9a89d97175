import { attemptSearchText } from './attempt-text.ts';
import { messageSearchText } from './message-text.ts';
import { todoText } from './todos.ts';
import type { RowWords } from './transfer.ts';
import { searchText } from './words.ts';

/** What the services index when they store a row, for rows that are there already. */
export const rowWords: RowWords = {
  chunk: searchText,
  attempt: attemptSearchText,
  message: messageSearchText,
  todo: (title, description) => searchText(todoText(title, description)),
};
