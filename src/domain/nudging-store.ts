import type { Store } from './ports.ts';

/** The writes that may leave vectors pending. */
const writes: ReadonlySet<PropertyKey> = new Set<keyof Store>([
  'storeResource',
  'touchUnchanged',
  'logAttempt',
  'changeMemory',
  'changeAttempt',
  'logMessage',
  'addTodo',
  'remove',
]);

/** The same store, which calls `nudge` after each write that may have left vectors pending. */
export function nudgingStore(store: Store, nudge: () => void): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (!writes.has(name)) return member.bind(target);
      return async (...given: unknown[]) => {
        const result: unknown = await member.apply(target, given);
        nudge();
        return result;
      };
    },
  });
}
