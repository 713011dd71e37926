/** A broken invariant: a bug in gilt itself, never the guest's or the user's doing. Stays on in every build. */
export class AssertionError extends Error {
  constructor(message: string) {
    super(`broken invariant: ${message}`);
    this.name = 'AssertionError';
  }
}

/** Throws AssertionError unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** For the branch of a switch that no value can reach; the compiler checks that it can't. */
export function unreachable(value: never): never {
  throw new AssertionError(`unexpected ${JSON.stringify(value)}`);
}
