import type { Candidate } from '../commits/history.ts';
import type { State } from './behaviour.ts';

/** What a search goes over, and how it learns about a commit. */
export interface SearchSpace {
  /** Commits that may be the first changed one, `bad` among them, the best to test next first. */
  readonly candidates: (bad: string, goods: readonly string[]) => Promise<readonly Candidate[]>;
  readonly test: (commit: string) => Promise<State>;
}

/** The first changed commit, or those that can't be told apart because they can't be tested. */
export type SearchResult =
  | { readonly kind: 'found'; readonly commit: string; readonly goods: readonly string[] }
  | { readonly kind: 'among'; readonly commits: readonly string[] };

interface Span {
  readonly bad: string;
  readonly goods: readonly string[];
}

/**
 * Finds a commit at which something changes, between `bad`, which has the change, and `goods`, which haven't. Each test
 * halves what is left. With `jobs` above 1 the tests that may come next are made at the same time.
 */
export async function findFirstChanged(span: Span, jobs: number, space: SearchSpace): Promise<SearchResult> {
  const search = new Search(space);
  let current = span;
  for (;;) {
    const step = await search.narrow(current);
    if ('kind' in step) return step;
    current = step;
    await search.testAhead(current, jobs);
  }
}

class Search {
  readonly #space: SearchSpace;
  readonly #states = new Map<string, State>();
  readonly #left = new Map<string, Promise<readonly Candidate[]>>(); // by span

  constructor(space: SearchSpace) {
    this.#space = space;
  }

  /** Applies what is known already: a smaller span with something to test, or the end. */
  async narrow(span: Span): Promise<Span | SearchResult> {
    let { bad, goods } = span;
    for (;;) {
      const left = await this.#leftIn({ bad, goods });
      const changed = left.find(({ id }) => this.#states.get(id) === 'changed');
      const asBefore = left.find(({ id }) => this.#states.get(id) === 'as-before');
      if (changed !== undefined) bad = changed.id;
      else if (asBefore !== undefined) goods = [...goods, asBefore.id];
      else if (left.length === 0) return { kind: 'found', commit: bad, goods };
      else if (this.#next(left) === undefined) return { kind: 'among', commits: [...left.map(({ id }) => id), bad] };
      else return { bad, goods };
    }
  }

  /** Tests the next commit and, as far as `jobs` allow, those that would come after it either way. */
  async testAhead(span: Span, jobs: number): Promise<void> {
    const commits: string[] = [];
    const spans = [span];
    for (let at = 0; at < spans.length && commits.length < jobs; at++) {
      const { bad, goods } = spans[at];
      const left = await this.#leftIn({ bad, goods });
      const next = this.#next(left.filter(({ id }) => !commits.includes(id)));
      if (next === undefined) continue;
      commits.push(next);
      spans.push({ bad: next, goods }, { bad, goods: [...goods, next] });
    }
    const states = await Promise.all(commits.map((commit) => this.#space.test(commit)));
    for (const [index, state] of states.entries()) this.#states.set(commits[index], state);
  }

  /** What may be the first changed commit instead of the bad one. */
  #leftIn({ bad, goods }: Span): Promise<readonly Candidate[]> {
    const key = [bad, ...goods].join(' ');
    const asked = this.#left.get(key) ?? this.#space.candidates(bad, goods);
    this.#left.set(key, asked);
    return asked.then((candidates) => candidates.filter(({ id }) => id !== bad));
  }

  /**
   * The commit that halves the span best. Neighbours of a commit that can't be tested often can't be either, so each
   * such commit in the span makes the next step away from the middle twice as far.
   */
  #next(left: readonly Candidate[]): string | undefined {
    const open = left.filter(({ id }) => !this.#states.has(id));
    const untestable = left.length - open.length;
    const step = untestable === 0 ? 0 : Math.min(2 ** untestable, Math.floor(open.length / 2));
    return open[step]?.id;
  }
}
