import { OperatingError } from '../../emulator/index.ts';
import { type Commit, shortId } from '../commits/history.ts';
import type { Cause } from '../compare/index.ts';
import { behavioursOf, causesOf } from './behaviour.ts';
import { checkRevert, Follower, type RevertCheck } from './follower.ts';
import type { Question, Run } from './runs.ts';
import { runOf, type Trial, whyNot } from './trials.ts';
import type { Workshop } from './workshop.ts';

/** What one scenario does otherwise after a change. */
export interface ChangedScenario {
  readonly question: Question;
  readonly before: Run;
  readonly after: Run;
  readonly causes: readonly Cause[]; // `before` taken as golden
}

/** A commit at which behaviour changes; several where those between can't be tested. `after` is the last of them. */
export interface Change {
  readonly commits: readonly Commit[];
  readonly before: Trial;
  readonly after: Trial;
  readonly scenarios: readonly ChangedScenario[];
}

/** A change, and what taking its commit back from the bad end does; several commits can't be taken back alone. */
export interface CheckedChange extends Change {
  readonly check: RevertCheck;
}

/**
 * Every change of behaviour between two commits, oldest first. A stretch of history whose ends behave alike is taken to
 * have none; where its ends differ, a commit in the middle is tried, until neighbours differ. History is followed along
 * first parents; a merge at which behaviour changes is looked into.
 */
export async function findChanges(workshop: Workshop, good: string, bad: string): Promise<readonly Change[]> {
  const chain = await workshop.history.firstParents(good, bad);
  const ends = [await workshop.trials.of(chain[0].id, workshop.questions), await last(workshop, chain)];
  const questions = workshop.questions.filter(({ scenario }) =>
    ends.every(({ runs }) => runs.get(scenario.name)?.kind === 'run'),
  );
  if (questions.length === 0) {
    const broken = ends.find(({ runs }) => [...runs.values()].every(({ kind }) => kind !== 'run')) ?? ends[0];
    throw new OperatingError(`commit ${shortId(broken.commit)}`, whyNot(broken));
  }
  return new ChangeSearch(workshop, questions).along(chain);
}

/** Takes each change back from the bad end to see whether it alone makes the difference. */
export async function checkChanges(
  workshop: Workshop,
  bad: Commit,
  changes: readonly Change[],
): Promise<readonly CheckedChange[]> {
  const checked: CheckedChange[] = [];
  for (const change of changes) checked.push({ ...change, check: await checkChange(workshop, bad, change) });
  return checked;
}

async function checkChange(workshop: Workshop, bad: Commit, change: Change): Promise<RevertCheck> {
  const [first] = change.scenarios;
  const [commit, ...others] = change.commits;
  if (others.length > 0) return { kind: 'untried', reason: 'the commits cannot be told apart' };
  const [behaviour] = behavioursOf(first.causes, first.question, first.before);
  const follower = new Follower(workshop, behaviour, first.after);
  if ((await follower.test(bad.id)) === 'as-before') return { kind: 'changed-back' };
  return checkRevert(workshop, bad, commit, follower);
}

async function last({ trials, questions }: Workshop, chain: readonly Commit[]): Promise<Trial> {
  return trials.of(chain[chain.length - 1].id, questions);
}

class ChangeSearch {
  readonly #workshop: Workshop;
  readonly #questions: readonly Question[];

  constructor(workshop: Workshop, questions: readonly Question[]) {
    this.#workshop = workshop;
    this.#questions = questions;
  }

  /** The changes along a chain of commits, each a parent of the next one. */
  async along(chain: readonly Commit[]): Promise<readonly Change[]> {
    const [first, end] = await Promise.all([this.#try(chain[0]), this.#try(chain[chain.length - 1])]);
    const changes = await this.#between(chain, first, end);
    const origins = await Promise.all(changes.map((change) => this.#lookInto(change)));
    return origins.flat();
  }

  async #between(chain: readonly Commit[], before: Trial, after: Trial): Promise<readonly Change[]> {
    const scenarios = this.#compare(before, after);
    if (scenarios.length === 0) return [];
    const middle = await this.#findMiddle(chain);
    if (middle === undefined) return [{ commits: chain.slice(1), before, after, scenarios }];
    const { index, trial } = middle;
    const halves = await Promise.all([
      this.#between(chain.slice(0, index + 1), before, trial),
      this.#between(chain.slice(index), trial, after),
    ]);
    return halves.flat();
  }

  /** The most central commit that can be tried; from one that can't, the next tries lead away twice as far each time. */
  async #findMiddle(chain: readonly Commit[]): Promise<{ readonly index: number; readonly trial: Trial } | undefined> {
    const center = (chain.length - 1) / 2;
    const open = chain.map((_, index) => index).slice(1, -1);
    open.sort((a, b) => Math.abs(a - center) - Math.abs(b - center));
    for (let failures = 0; open.length > 0; failures++) {
      const [index] = open.splice(failures === 0 ? 0 : Math.min(2 ** failures, Math.floor(open.length / 2)), 1);
      const trial = await this.#try(chain[index]);
      if (this.#isTestable(trial)) return { index, trial };
    }
    return undefined;
  }

  /** A kernel that hangs can be compared, too: that it does is behaviour. */
  #isTestable(trial: Trial): boolean {
    return this.#questions.every((question) => runOf(trial, question) !== undefined);
  }

  #compare(before: Trial, after: Trial): readonly ChangedScenario[] {
    return this.#questions.flatMap((question) => {
      const [reference, run] = [runOf(before, question), runOf(after, question)];
      if (reference === undefined || run === undefined) return [];
      const causes = causesOf(this.#workshop.trials.compare(reference, run, question), run);
      const isNewlyStuck = run.unmet !== undefined && reference.unmet === undefined;
      const told = isNewlyStuck || run.unmet === undefined ? causes : causes.slice(0, -1);
      return told.length === 0 ? [] : [{ question, before: reference, after: run, causes: told }];
    });
  }

  /** What a merge brought from its other branches, as changes there; the merge itself where none of them changes. */
  async #lookInto(change: Change): Promise<readonly Change[]> {
    const [merge, ...others] = change.commits;
    const [main, ...branches] = merge.parents;
    if (others.length > 0 || branches.length === 0) return [change];
    const { history } = this.#workshop;
    const found: Change[] = [];
    for (const branch of branches) {
      const base = await history.mergeBase(main, branch);
      if (base !== undefined && base !== branch)
        found.push(...(await this.along(await history.firstParents(base, branch))));
    }
    return found.length === 0 ? [change] : found;
  }

  #try(commit: Commit): Promise<Trial> {
    return this.#workshop.trials.of(commit.id, this.#questions);
  }
}
