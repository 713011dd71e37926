import { runCommandLine } from '../../harness/commands/command-line.ts';
import type { Host } from '../../harness/commands/host.ts';

/** What a command line printed and exited with. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a gilt command line in this process, in folder `cwd`, not on a terminal. */
export async function gilt(cwd: string, args: readonly string[], env: Host['env'] = {}): Promise<Outcome> {
  let out = '';
  let err = '';
  const code = await runCommandLine(args, {
    cwd,
    env,
    isOutTerminal: false,
    isErrTerminal: false,
    out: async (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}
