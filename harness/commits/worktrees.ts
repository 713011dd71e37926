import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { freeEnvironment, git, gitAtExit, tryGit } from './git.ts';
import { Undertaker } from './undertaker.ts';

const FOLDER = 'gilt-bisect-';
const OWNER = 'owner'; // a file with the id of the process whose worktrees these are
const OURS = new RegExp(`^${FOLDER}\\w{6}$`);

/** A checkout of some commit, detached and of no concern to the user's own. */
export interface Worktree {
  readonly folder: string;
}

/**
 * Worktrees of a repository in a folder for temporary files, outside of the user's checkout, so that nothing there sees
 * them. At most `size` at a time; a worktree goes from commit to commit, so that builds see few different paths. However
 * the process ends, none stays behind.
 */
export class Worktrees {
  readonly #repository: string;
  readonly #folder: string;
  readonly #names: readonly string[];
  readonly #free: string[];
  readonly #waiting: ((name: string) => void)[] = [];
  readonly #groups = new Set<number>();
  readonly #undertaker: Undertaker;
  readonly #onExit = (): void => this.#cleanAtExit();
  #lastChange: Promise<unknown> = Promise.resolve();

  private constructor(repository: string, size: number) {
    this.#repository = repository;
    this.#folder = realpathSync(mkdtempSync(join(tmpdir(), FOLDER)));
    this.#names = Array.from({ length: size }, (_, index) => `build-${index}`);
    this.#free = [...this.#names];
    this.#undertaker = new Undertaker(this.#folder, repository, this.#names, freeEnvironment());
    process.once('exit', this.#onExit);
    writeFileSync(join(this.#folder, OWNER), `${process.pid}\n`);
  }

  /** Removes what a killed gilt may have left, and makes room for `size` worktrees. Errors: OperatingError. */
  static async open(repository: string, size: number): Promise<Worktrees> {
    await removeStale(repository);
    return new Worktrees(repository, size);
  }

  /** Lends a clean worktree of `commit` to `use`, once one is free. Errors: OperatingError, and what `use` throws. */
  async at<Result>(commit: string, use: (worktree: Worktree) => Promise<Result>): Promise<Result> {
    const name = this.#free.pop() ?? (await new Promise<string>((resolve) => this.#waiting.push(resolve)));
    try {
      const folder = join(this.#folder, name);
      await this.#checkOut(folder, commit);
      return await use({ folder });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(name);
      else next(name);
    }
  }

  /** A build that has to end with gilt: `group` is its process group. */
  beginBuild(group: number): void {
    this.#groups.add(group);
    this.#undertaker.watch(this.#groups);
  }

  endBuild(group: number): void {
    this.#groups.delete(group);
    this.#undertaker.watch(this.#groups);
  }

  /** Removes all worktrees. Errors: OperatingError. */
  async close(): Promise<void> {
    endGroups(this.#groups);
    await removeWorktrees(this.#repository, this.#folder);
    process.removeListener('exit', this.#onExit);
    this.#undertaker.dismiss();
  }

  async #checkOut(folder: string, commit: string): Promise<void> {
    if (existsSync(join(folder, '.git'))) {
      await git(folder, 'checkout', '--quiet', '--force', '--detach', commit);
      await git(folder, 'clean', '--quiet', '--force', '--force', '-d', '-x');
      return;
    }
    // Two of these at a time trip over each other's lock files.
    const added = this.#lastChange.then(() =>
      git(this.#repository, 'worktree', 'add', '--force', '--detach', '--quiet', folder, commit),
    );
    this.#lastChange = added.catch(() => undefined);
    await added;
  }

  #cleanAtExit(): void {
    endGroups(this.#groups);
    for (const name of this.#names) {
      const worktree = join(this.#folder, name);
      if (existsSync(worktree)) gitAtExit(this.#repository, 'worktree', 'remove', '--force', '--force', worktree);
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function endGroups(groups: ReadonlySet<number>): void {
  for (const group of groups) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** Worktrees of processes that are no more. */
async function removeStale(repository: string): Promise<void> {
  const folders = new Set((await listWorktrees(repository)).map(dirname).filter((each) => OURS.test(basename(each))));
  for (const folder of folders) if (!isOwned(folder)) await removeWorktrees(repository, folder);
}

async function removeWorktrees(repository: string, folder: string): Promise<void> {
  for (const worktree of await listWorktrees(repository)) {
    if (dirname(worktree) === folder) await tryGit(repository, ['worktree', 'remove', '--force', '--force', worktree]);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function listWorktrees(repository: string): Promise<readonly string[]> {
  const listed = await git(repository, 'worktree', 'list', '--porcelain');
  return listed.split('\n').flatMap((line) => (line.startsWith('worktree ') ? [line.slice('worktree '.length)] : []));
}

function isOwned(folder: string): boolean {
  const file = join(folder, OWNER);
  if (!existsSync(file)) return false;
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
