#!/usr/bin/env node
import { runCommandLine } from './commands/command-line.ts';

const SIGINT_EXIT_CODE = 130; // 128 + the signal's number, as shells expect

// A reader that has seen enough (gilt dump | head) closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.on('SIGINT', () => {
  process.exit(SIGINT_EXIT_CODE);
});

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
});
