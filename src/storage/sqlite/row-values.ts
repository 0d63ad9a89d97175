import type { Origin } from '../../domain/ports.ts';

/** Tags are a JSON array of strings; old rows hold anything, and what is no such array reads as no tags. */
export function decodeTags(text: string | null): string[] {
  const value = decodeJson(text);
  return Array.isArray(value) ? value.filter((tag): tag is string => typeof tag === 'string') : [];
}

export function encodeTags(tags: readonly string[]): string | null {
  return tags.length === 0 ? null : JSON.stringify(tags);
}

/** Metadata is a JSON object; what is no object reads as none. */
export function decodeMetadata(text: string | null): Record<string, unknown> | null {
  const value = decodeJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

export function decodeOrigin(text: string | null): Origin | null {
  return text === 'user' || text === 'agent' || text === 'file' || text === 'import' ? text : null;
}

function decodeJson(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The first `limit` rows, and whether there are more. */
export function pageOf<Row, Item>(
  rows: Iterable<Row>,
  limit: number,
  item: (row: Row) => Item,
): { rows: Item[]; more: boolean } {
  const items: Item[] = [];
  for (const row of rows) {
    if (items.length === limit) return { rows: items, more: true };
    items.push(item(row));
  }
  return { rows: items, more: false };
}

/** The rows with these ids in the order of the ids; those that are not there are left out. */
export function inOrderOf<Row extends { id: number }>(ids: readonly number[], rows: readonly Row[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
