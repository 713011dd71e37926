import type { Terminal } from '../live/terminal.ts';

/** What a command knows of the process it runs in. Tests give their own. */
export interface Host {
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly isOutTerminal: boolean;
  readonly isErrTerminal: boolean;
  /** Prints; resolves when the reader of a pipe has taken it, which whoever prints much should await. */
  readonly out: (text: string | Uint8Array) => Promise<void>;
  readonly err: (text: string) => void;
  /** Prints a question and reads a line; undefined when there is no more to read. */
  /** The terminal, where both input and output are one. */
  readonly terminal?: Terminal;
  readonly ask: (question: string) => Promise<string | undefined>;
}

/** 0 same or done, 1 differs or no golden, 2 cannot tell; 125 is 2 in the words of `git bisect run`. */
export type ExitCode = 0 | 1 | 2 | 125;

/** Colours only for people: on a terminal, and unless NO_COLOR (no-color.org) is set. */
export function usesColor(host: Host): boolean {
  return host.isOutTerminal && (host.env.NO_COLOR ?? '') === '';
}

/** Whether this runs in continuous integration, where golden/ is never written. */
export function isCi({ env }: Pick<Host, 'env'>): boolean {
  const ci = env.CI ?? '';
  return ci !== '' && ci !== 'false' && ci !== '0';
}
