import { type ChildProcess, spawn } from 'node:child_process';

// Reads lines of process groups until gilt is gone, however it went; then ends the builds of the last line, and removes
// the worktrees. $1: the folder with the worktrees, $2: the repository, from $3: the names of worktrees.
const SCRIPT = `
groups=
while read -r line; do groups=$line; done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
folder=$1; repository=$2; shift 2
cd "$repository" || exit
for name in "$@"; do
  [ -e "$folder/$name" ] && git worktree remove --force --force "$folder/$name"
done
rm -rf "$folder"
`;

/**
 * A process that outlives gilt and cleans up after it, even when gilt is killed with SIGKILL: it sees that its standard
 * input ends. Told that all is clean already, it has nothing to do.
 */
export class Undertaker {
  readonly #process: ChildProcess;

  constructor(folder: string, repository: string, names: readonly string[], env: NodeJS.ProcessEnv) {
    const args = ['-c', SCRIPT, 'gilt-cleanup', folder, repository, ...names];
    this.#process = spawn('sh', args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env, cwd: '/' });
    this.#process.on('error', () => undefined); // without sh no build could have started either
    this.#process.stdin?.on('error', () => undefined); // it was killed: cleaning up is then left to gilt itself
    this.#process.unref();
  }

  /** Says which process groups are builds that run now. */
  watch(groups: Iterable<number>): void {
    this.#process.stdin?.write(`${[...groups].join(' ')}\n`);
  }

  dismiss(): void {
    this.#process.stdin?.end('\n');
  }
}
