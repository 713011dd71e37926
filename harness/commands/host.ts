/** What a command knows of the process it runs in. Tests give their own. */
export interface Host {
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly isOutTerminal: boolean;
  readonly isErrTerminal: boolean;
  /** Prints; resolves when the reader of a pipe has taken it, which whoever prints much should await. */
  readonly out: (text: string) => Promise<void>;
  readonly err: (text: string) => void;
}

/** 0 same or done, 1 differs or no golden, 2 cannot tell. */
export type ExitCode = 0 | 1 | 2;

/** Colours only for people: on a terminal, and unless NO_COLOR (no-color.org) is set. */
export function usesColor(host: Host): boolean {
  return host.isOutTerminal && (host.env.NO_COLOR ?? '') === '';
}

/** Whether this runs in continuous integration, where golden/ is never written. */
export function isCi(host: Host): boolean {
  const ci = host.env.CI ?? '';
  return ci !== '' && ci !== 'false' && ci !== '0';
}
