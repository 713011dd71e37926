import { spawn } from 'node:child_process';
import { escapeLine } from '../report/escape.ts';
import { freeEnvironment } from './git.ts';

const LAST_BYTES = 4096; // of what a command printed
const LONGEST_LINE = 200;

/** Told of a command that runs in a process group of its own, which then doesn't get the terminal's signals. */
export interface GroupWatcher {
  beginBuild(group: number): void;
  endBuild(group: number): void;
}

/** Runs a shell command to its end, in silence. Says why it failed, in one line; undefined when it didn't. */
export function runShell(command: string, cwd: string, watcher?: GroupWatcher): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', command], {
      cwd,
      env: freeEnvironment(),
      detached: watcher !== undefined,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('latin1')).slice(-LAST_BYTES);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    const { pid } = child;
    if (pid === undefined) return;
    watcher?.beginBuild(pid);
    child.on('close', (code, signal) => {
      watcher?.endBuild(pid);
      const text = Buffer.from(output, 'latin1').toString('utf8');
      resolve(code === 0 ? undefined : `\`${command}\` ${reasonOf(code ?? signal ?? 'SIGKILL', text)}`);
    });
  });
}

/** The first line of the end of the output that looks like an error, else the last one. */
function reasonOf(code: number | NodeJS.Signals, output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((each) => /\berror\b/i.test(each)) ?? lines.at(-1);
  const ending = typeof code === 'number' ? `failed with exit code ${code}` : `was ended by ${code}`;
  return line === undefined ? ending : `${ending}: ${escapeLine(line.trim().slice(0, LONGEST_LINE))}`;
}
