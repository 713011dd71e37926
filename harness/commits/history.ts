import { join, relative, resolve, sep } from 'node:path';
import { OperatingError } from '../../emulator/index.ts';
import { git, tryGit } from './git.ts';

/** A commit; `author` and `subject` are the repository's own text. */
export interface Commit {
  readonly id: string; // 40 or 64 hex digits
  readonly parents: readonly string[];
  readonly author: string;
  readonly date: string; // 2026-04-01
  readonly subject: string;
}

/** A commit that could be the one, with how evenly it divides those that could be: the more the better. */
export interface Candidate {
  readonly id: string;
  readonly distance: number;
}

const SHORT_DIGITS = 10;
const FORMAT = '%H%x00%P%x00%an%x00%as%x00%s';

/** "0123456789" of a commit id. */
export function shortId(id: string): string {
  return id.slice(0, SHORT_DIGITS);
}

/** The history that a project's folder belongs to. All errors: OperatingError. */
export class History {
  readonly top: string; // the checkout's top folder
  readonly prefix: string; // the project's folder from there: '' or 'kernel'
  readonly #project: string;

  private constructor(project: string, top: string, prefix: string) {
    this.#project = project;
    this.top = top;
    this.prefix = prefix;
  }

  static async of(folder: string): Promise<History> {
    const { code, out } = await tryGit(folder, ['rev-parse', '--show-toplevel', '--show-prefix']);
    if (code !== 0) throw new OperatingError(folder, 'is not in a git repository, so it has no history to search');
    const [top, prefix = ''] = out.split('\n');
    return new History(folder, resolve(top), prefix.replace(/\/$/, ''));
  }

  /** A path in the checkout as git names it; undefined for one outside. `path` is absolute. */
  pathOf(path: string): string | undefined {
    const inside = relative(this.#project, path);
    const full = join(this.prefix, inside);
    return full.startsWith('..') ? undefined : full.split(sep).join('/');
  }

  async resolve(revision: string): Promise<Commit> {
    const args = ['log', '--max-count=1', `--format=${FORMAT}%x00`, '--end-of-options', `${revision}^{commit}`];
    const { code, out } = await tryGit(this.top, args);
    const [commit] = code === 0 ? parseCommits(out) : [];
    if (commit === undefined) throw new OperatingError(this.top, `there is no commit ${JSON.stringify(revision)}`);
    return commit;
  }

  async commit(id: string): Promise<Commit> {
    const [commit] = parseCommits(await git(this.top, 'show', '--no-patch', `--format=${FORMAT}%x00`, id));
    return commit;
  }

  /** Commits that `to` has and `from` hasn't, parents first; then the commits outside that they grew from. */
  async range(
    from: string,
    to: string,
  ): Promise<{ readonly commits: readonly Commit[]; readonly roots: readonly string[] }> {
    const span = [to, `^${from}`];
    const order = ['--topo-order', '--reverse'];
    const commits = parseCommits(await git(this.top, 'log', ...order, `--format=${FORMAT}%x00`, ...span));
    const inside = new Set(commits.map(({ id }) => id));
    const roots = new Set(commits.flatMap(({ parents }) => parents).filter((id) => !inside.has(id)));
    return { commits, roots: [...roots] };
  }

  /** The commits from `from` to `to` along first parents; the first one stands for `from` where that lies on a branch. */
  async firstParents(from: string, to: string): Promise<readonly Commit[]> {
    const order = ['--first-parent', '--reverse'];
    const listed = await git(this.top, 'log', ...order, `--format=${FORMAT}%x00`, to, `^${from}`);
    const commits = parseCommits(listed);
    return [await this.commit(commits[0]?.parents[0] ?? from), ...commits];
  }

  async mergeBase(a: string, b: string): Promise<string | undefined> {
    const { code, out } = await tryGit(this.top, ['merge-base', a, b]);
    return code === 0 ? out.trim() : undefined;
  }

  async isAncestor(older: string, newer: string): Promise<boolean> {
    const { code } = await tryGit(this.top, ['merge-base', '--is-ancestor', older, newer]);
    return code === 0;
  }

  /** The commits that may have brought what `bad` has and none of `goods` has; the best to test next comes first. */
  async candidates(bad: string, goods: readonly string[]): Promise<readonly Candidate[]> {
    const excluded = goods.map((id) => `^${id}`);
    const listed = await git(this.top, 'rev-list', '--bisect-all', bad, ...excluded);
    return listed
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({
        id: line.split(' ', 1)[0],
        distance: Number(/dist=(\d+)\)$/.exec(line)?.[1] ?? 0),
      }));
  }

  /** The files of a commit or tree, a line each: mode, kind, object and path. */
  async files(tree: string): Promise<readonly string[]> {
    const listed = await git(this.top, 'ls-tree', '-r', '-z', '--full-tree', tree);
    return listed.split('\0').filter((line) => line !== '');
  }
}

function parseCommits(text: string): readonly Commit[] {
  const fields = text.split('\0');
  const commits: Commit[] = [];
  for (let at = 0; at + 5 <= fields.length; at += 5) {
    const [id, parents, author, date, subject] = fields.slice(at, at + 5);
    commits.push({ id: id.trim(), parents: parents.split(' ').filter((each) => each !== ''), author, date, subject });
  }
  return commits;
}
