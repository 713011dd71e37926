import { runCommandLine } from '../../harness/commands/command-line.ts';
import type { Host } from '../../harness/commands/host.ts';
import type { Terminal } from '../../harness/live/terminal.ts';

/** What a command line printed and exited with. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a gilt command line in this process, in folder `cwd`, not on a terminal; `answers` are the lines that it reads. */
export async function gilt(
  cwd: string,
  args: readonly string[],
  env: Host['env'] = {},
  answers: readonly string[] = [],
  terminal?: Terminal,
): Promise<Outcome> {
  const lines = answers.values();
  let out = '';
  let err = '';
  const code = await runCommandLine(args, {
    cwd,
    env,
    isOutTerminal: false,
    isErrTerminal: false,
    out: async (text) => {
      out += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    },
    err: (text) => {
      err += text;
    },
    ...(terminal === undefined ? {} : { terminal }),
    ask: async (question) => {
      out += question;
      return lines.next().value;
    },
  });
  return { code, out, err };
}
