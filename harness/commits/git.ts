import { execFile, execFileSync } from 'node:child_process';
import { OperatingError } from '../../emulator/index.ts';

// What git sets for hooks and for `git bisect run`: inherited, these would lead it to another repository or index.
const LOCAL_TO_A_REPOSITORY = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_DIR',
  'GIT_INDEX_FILE',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_WORK_TREE',
];
const MOST_OUTPUT_BYTES = 256 * 1024 * 1024;
const OPTIONS = [
  'core.hooksPath=/dev/null',
  'core.quotePath=false',
  'log.showSignature=false',
  'rerere.enabled=false',
].flatMap((each) => ['-c', each]);

/** The environment for git and for builds: `env` without what ties them to one repository or index. */
export function freeEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !LOCAL_TO_A_REPOSITORY.includes(name)));
}

/** How a git command ended; texts are as git printed them. */
export interface GitResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs git in `folder`, without the user's hooks. Errors: OperatingError when there is no git. */
export function tryGit(folder: string, args: readonly string[]): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env: freeEnvironment(), maxBuffer: MOST_OUTPUT_BYTES };
    execFile('git', [...OPTIONS, ...args], options, (error, out, err) => {
      if (error === null) resolve({ code: 0, out, err });
      else if (typeof error.code === 'number') resolve({ code: error.code, out, err });
      else reject(notRunnable(folder, error));
    });
  });
}

/** What git prints, without the newline at its end. Errors: OperatingError with git's own first line. */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const { code, out, err } = await tryGit(folder, args);
  if (code === 0) return out.replace(/\n$/, '');
  const [line = `exit code ${code}`] = err.split('\n').filter((each) => each !== '');
  throw new OperatingError(folder, `git ${args[0]}: ${line.replace(/^(fatal|error): /, '')}`);
}

/** For a process that is about to exit: runs git and doesn't care how that ends. */
export function gitAtExit(folder: string, ...args: readonly string[]): void {
  try {
    execFileSync('git', [...OPTIONS, ...args], { cwd: folder, env: freeEnvironment(), stdio: 'ignore' });
  } catch {
    // Nobody is left to be told; the next bisect cleans up.
  }
}

function notRunnable(folder: string, error: Error & { readonly code?: unknown }): OperatingError {
  const why = error.code === 'ENOENT' ? 'git is not installed' : error.message;
  return new OperatingError(folder, `git cannot be run here: ${why}`, { cause: error });
}
