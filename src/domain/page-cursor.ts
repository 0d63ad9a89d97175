import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';

/** Which part of a list is asked for. */
export interface ListPage {
  /** 1 to limits.listRowsMax. */
  limit: number;
  /** `nextCursor` of the page before; absent for the first page. */
  cursor?: string;
}

/** The position that a cursor stands for, a positive integer; null for the first page. Throws `invalid_argument`. */
export function positionOf(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const position = Number(cursor);
  if (/^[1-9]\d{0,15}$/.test(cursor) && Number.isSafeInteger(position)) return position;
  throw new LtmcError(
    'invalid_argument',
    `Expected cursor to be the next_cursor of an earlier answer; got ${JSON.stringify(cursor.slice(0, limits.echoedArgumentCharactersMax))}.`,
    'Leave it out to begin at the first page.',
  );
}

/** The cursor of the page behind one that ends at `position`; nothing where there is no such page. */
export function cursorAfter(more: boolean, position: number | undefined): { nextCursor?: string } {
  return more && position !== undefined ? { nextCursor: String(position) } : {};
}
