import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const start = promisify(execFile);

/** A command that failed, with what it printed. */
export class CommandError extends Error {}

/** Runs a command to its end and returns what it printed. Errors: CommandError. */
export async function run(command: string, args: readonly string[], folder: string): Promise<string> {
  try {
    const { stdout } = await start(command, args, { cwd: folder, maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    throw new CommandError(`${command} in ${folder}: ${textOf(error)}`);
  }
}

// Some tools complain on stdout.
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const printed = `${streamOf(error, 'stderr')}${streamOf(error, 'stdout')}`.trim();
  return printed === '' ? error.message : printed;
}

function streamOf(error: Error, name: 'stderr' | 'stdout'): string {
  const text = Object.entries(error).find(([key]) => key === name)?.[1];
  return typeof text === 'string' ? text : '';
}
