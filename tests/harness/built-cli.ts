import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** Builds gilt as `npm run build` does it, into node_modules/, so that packages are found and dist/ is left alone. */
export async function buildGilt(name: string): Promise<string> {
  const outdir = resolve('node_modules/.cache', name);
  await promisify(execFile)(process.execPath, ['build.mjs', outdir]);
  return outdir;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Starts a program of Node's in a folder. */
export function startNode(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    err += bytes.toString();
  });
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, out, err }));
  return { child, ended };
}

/** The command line of a built gilt. */
export function cliOf(built: string): string {
  return join(built, 'cli.js');
}
