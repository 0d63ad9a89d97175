import type { MaskedSecret } from './memories.ts';
import { maskSecrets } from './secret-masks.ts';
import { assertWellFormed } from './well-formed.ts';

/** Takes a call's texts one by one: refuses what is not well-formed Unicode, masks secrets, and keeps count. */
export class FieldMasks {
  readonly masked: MaskedSecret[] = [];
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** The text as it will be stored. Throws `invalid_argument` for half of a surrogate pair. */
  take(field: string, text: string): string {
    assertWellFormed(field, text);
    const { text: safe, masked } = maskSecrets(text, this.#key);
    for (const { kind, count } of masked) this.#add({ kind, count, field });
    return safe;
  }

  /** null and '' both mean not given. */
  takeOptional(field: string, text: string | null): string | null {
    return text === null || text === '' ? null : this.take(field, text);
  }

  /** Every string inside a JSON value, names of members included. */
  takeJson<Value>(field: string, value: Value): Value {
    if (typeof value === 'string') return this.take(field, value) as Value;
    if (Array.isArray(value)) return value.map((item: unknown) => this.takeJson(field, item)) as Value;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        this.take(field, name),
        this.takeJson(field, item as unknown),
      ]),
    ) as Value;
  }

  #add(secret: MaskedSecret): void {
    const known = this.masked.find(({ kind, field }) => kind === secret.kind && field === secret.field);
    if (known === undefined) this.masked.push(secret);
    else known.count += secret.count;
  }
}
