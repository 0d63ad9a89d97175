import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlotChains } from '../../src/storage/sqlite/slot-chains.ts';

/** The slots of an id, among those that share its chain. */
function slotsOf(chains: SlotChains, ids: readonly number[], id: number): number[] {
  const slots: number[] = [];
  for (let slot = chains.first(id); slot >= 0; slot = chains.after(slot)) {
    if (ids[slot] === id) slots.push(slot);
  }
  return slots.sort((a, b) => a - b);
}

// Migrated rows have ids of any size and sign.
const anyId = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.maxSafeInteger());

test('every slot that was added and not removed is found by its id', () => {
  fc.assert(
    fc.property(fc.array(anyId, { maxLength: 200 }), fc.infiniteStream(fc.boolean()), (ids, removed) => {
      const chains = new SlotChains((slot) => ids[slot] as number);
      const left = new Set<number>();
      ids.forEach((_, slot) => {
        chains.add(slot);
        left.add(slot);
        const gone = Math.floor(slot / 2);
        if (removed.next().value === true && left.delete(gone)) chains.remove(gone);
      });
      for (const id of new Set(ids)) {
        const expected = [...left].filter((slot) => ids[slot] === id).sort((a, b) => a - b);
        expect(slotsOf(chains, ids, id)).toEqual(expected);
      }
    }),
  );
});

test.each([1, 64, 1_024, 65_536, 2 ** 32 - 1])('ids that are %i apart do not share a few chains', (step) => {
  const ids = Array.from({ length: 20_000 }, (_, i) => i * step);
  const chains = new SlotChains((slot) => ids[slot] as number);
  for (const slot of ids.keys()) chains.add(slot);
  const longest = Math.max(
    ...ids.map((id) => {
      let length = 0;
      for (let slot = chains.first(id); slot >= 0; slot = chains.after(slot)) length++;
      return length;
    }),
  );
  expect(longest).toBeLessThan(12);
});
