/**
 * A bucket a caller: it holds `burst` requests and gets `perSecond` back every second. Keys are ids of valid
 * tokens and one name for everybody else, so there are no more buckets than tokens and one.
 */
export class RateLimit {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #buckets = new Map<string, { left: number; atMs: number }>();

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
  }

  /** Takes one request; null, or the seconds after which the next one is let through. */
  take(key: string, nowMs: number): number | null {
    const bucket = this.#buckets.get(key) ?? { left: this.#burst, atMs: nowMs };
    bucket.left = Math.min(this.#burst, bucket.left + ((nowMs - bucket.atMs) / 1000) * this.#perSecond);
    bucket.atMs = nowMs;
    this.#buckets.set(key, bucket);
    if (bucket.left < 1) return Math.max(1, Math.ceil((1 - bucket.left) / this.#perSecond));
    bucket.left--;
    return null;
  }
}
