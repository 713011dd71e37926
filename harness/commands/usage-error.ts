/** The command line itself is wrong. The message is one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
