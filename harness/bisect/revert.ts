import { git, tryGit } from '../commits/git.ts';
import type { Commit } from '../commits/history.ts';
import type { KernelOrNot } from '../commits/kernels.ts';
import type { Workshop } from './workshop.ts';

/** The kernel of one commit with another one taken back, or why there is none. */
export type Reverted =
  | { readonly kind: 'reverted'; readonly kernel: KernelOrNot }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

/** Takes `culprit` back from `commit`, in a worktree of gilt's own, and builds what that gives. */
export async function buildReverted(
  { worktrees, kernels }: Workshop,
  commit: string,
  culprit: Commit,
): Promise<Reverted> {
  return worktrees.at(commit, async (worktree) => {
    const { folder } = worktree;
    // A merge is taken back towards its first parent: what it brought to the branch that it was merged into.
    const mainline = culprit.parents.length > 1 ? ['--mainline', '1'] : [];
    const { code } = await tryGit(folder, ['revert', '--no-commit', ...mainline, culprit.id]);
    if (code !== 0) {
      const files = await git(folder, 'diff', '--name-only', '--diff-filter=U', '-z');
      return { kind: 'conflict', files: files.split('\0').filter((file) => file !== '') };
    }
    const tree = await git(folder, 'write-tree');
    return { kind: 'reverted', kernel: await kernels.ofTree(tree, worktree) };
  });
}
