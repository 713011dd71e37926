const LARGEST_LAG_MS = 100;

/** Keeps a guest's time from passing faster than ours. One that falls behind isn't hurried afterwards. */
export class Pacer {
  readonly #now: () => number;
  #startMs: number | undefined; // when the guest's time was 0, so to speak

  constructor(nowMs: () => number) {
    this.#now = nowMs;
  }

  /** How long to wait until our time has come to where the guest is. */
  lead(guestSeconds: number): number {
    const guestMs = guestSeconds * 1000;
    const now = this.#now();
    this.#startMs = Math.max(this.#startMs ?? Number.NEGATIVE_INFINITY, now - guestMs - LARGEST_LAG_MS);
    return Math.max(0, this.#startMs + guestMs - now);
  }
}
