import type { Database } from './database.ts';

export function addToCounters(database: Database, amounts: ReadonlyMap<string, number>): void {
  const add = database.prepare(
    'INSERT INTO Counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
  );
  for (const [name, amount] of amounts) add.run(name, amount);
}

export function readCounters(database: Database): Map<string, number> {
  const rows = database.prepare<{ name: string; value: number }>('SELECT name, value FROM Counters').all();
  return new Map(rows.map(({ name, value }) => [name, value]));
}
