#!/usr/bin/env node
import './optimise-late.ts';
import { createInterface } from 'node:readline';
import { runCommandLine } from './commands/command-line.ts';
import { NodeTerminal } from './live/node-terminal.ts';

// 128 + the signal's number, as shells expect
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

// A reader that has seen enough (gilt dump | head) closes the pipe; that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

// An exit like any other, so that what is half done is cleaned up.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => process.exit(EXIT_CODES[signal]));
}

// Read on demand, and as lines that wait: answers may come from a pipe, all at once.
let input: AsyncIterator<string> | undefined;

async function ask(question: string): Promise<string | undefined> {
  process.stdout.write(question);
  input ??= createInterface({ input: process.stdin, terminal: false })[Symbol.asyncIterator]();
  const { value, done } = await input.next();
  return done === true ? undefined : value;
}

process.exitCode = await runCommandLine(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  isOutTerminal: process.stdout.isTTY,
  // A terminal without a width (some pseudo terminals) can't show a spinner: ora would clear lines without end.
  isErrTerminal: process.stderr.isTTY && process.stderr.columns > 0,
  out: (text) =>
    new Promise((resolve) => {
      process.stdout.write(text, () => resolve());
    }),
  err: (text) => {
    process.stderr.write(text);
  },
  ...(process.stdin.isTTY && process.stdout.isTTY ? { terminal: new NodeTerminal(process.stdin, process.stdout) } : {}),
  ask,
});
await input?.return?.();
