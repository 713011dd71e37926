import { OperatingError } from '../../emulator/index.ts';
import { type Commit, shortId } from '../commits/history.ts';
import type { Cause } from '../compare/index.ts';
import { GoldenStore } from '../golden/store.ts';
import { type Behaviour, behavioursOf, causesOf, findBehaviour } from './behaviour.ts';
import { checkRevert, Follower, type RevertCheck } from './follower.ts';
import type { Question, Run } from './runs.ts';
import { findFirstChanged, type SearchResult } from './search.ts';
import { runIn, type Trial, whyNot } from './trials.ts';
import type { Workshop } from './workshop.ts';

/** The two ends of a range: `good` is an ancestor of `bad`. */
export interface Range {
  readonly good: Commit;
  readonly bad: Commit;
}

/** What a bisect of one behaviour found out. */
export interface Finding {
  readonly behaviour: Behaviour; // as it is at the bad end
  readonly against: 'golden' | 'good';
  readonly otherCauses: number; // at the bad end, besides this one
  readonly result:
    | { readonly kind: 'found'; readonly commit: Commit; readonly cause: Cause; readonly check: RevertCheck }
    | { readonly kind: 'among'; readonly commits: readonly Commit[] };
}

/** The commits of a range. Errors: OperatingError when the one isn't an ancestor of the other. */
export async function rangeOf({ history }: Workshop, good: string, bad: string): Promise<Range> {
  const [from, to] = [await history.resolve(good), await history.resolve(bad)];
  if (from.id === to.id) throw new OperatingError(history.top, `${good} and ${bad} are the same commit`);
  if (await history.isAncestor(from.id, to.id)) return { good: from, bad: to };
  const isSwapped = await history.isAncestor(to.id, from.id);
  const hint = isSwapped ? ': it is the other way round' : '; give an older commit that is, such as their merge base';
  throw new OperatingError(history.top, `the good commit ${good} is not an ancestor of the bad commit ${bad}${hint}`);
}

/**
 * Finds the commit that changed what is first among the causes at the bad end. It is held against the golden run where
 * there is one and the bad end differs from it, else against a run of the good end.
 * Errors: OperatingError when an end can't be judged, or nothing differs.
 */
export async function bisect(workshop: Workshop, range: Range, jobs: number): Promise<Finding> {
  const { good, bad } = range;
  const trial = await workshop.trials.of(bad.id, workshop.questions);
  const { behaviours, against } = await behavioursAt(workshop, trial, good);
  const [behaviour] = behaviours;
  const follower = new Follower(workshop, behaviour, runIn(trial, behaviour.question));
  const search = await findFirstChanged({ bad: bad.id, goods: [good.id] }, jobs, {
    candidates: (from, goods) => workshop.history.candidates(from, goods),
    test: (commit) => follower.test(commit),
  });
  const result = await conclude(workshop, range, follower, search);
  return { behaviour, against, otherCauses: behaviours.length - 1, result };
}

interface BadEnd {
  readonly behaviours: readonly Behaviour[]; // not empty
  readonly against: Finding['against'];
}

async function behavioursAt(workshop: Workshop, bad: Trial, good: Commit): Promise<BadEnd> {
  const { questions } = workshop;
  const judged = questions.filter((question) => bad.runs.get(question.scenario.name)?.kind === 'run');
  if (judged.length === 0) throw new OperatingError(`commit ${shortId(bad.commit)}`, whyNot(bad));
  const golden = behavioursAgainst(workshop, bad, await goldenRuns(workshop, judged));
  if (golden.length > 0) return { behaviours: golden, against: 'golden' };
  const other = await workshop.trials.of(good.id, judged);
  const runs = judged.flatMap((question) => {
    const run = other.runs.get(question.scenario.name);
    return run?.kind === 'run' ? [[question, run] as const] : [];
  });
  if (runs.length === 0) throw new OperatingError(`commit ${shortId(good.id)}`, whyNot(other));
  const behaviours = behavioursAgainst(workshop, bad, new Map(runs));
  if (behaviours.length > 0) return { behaviours, against: 'good' };
  const names = judged.map(({ scenario }) => scenario.name).join(', ');
  throw new OperatingError(
    `commit ${shortId(bad.commit)}`,
    `nothing to look for: it does what the good commit and the goldens do, as far as ${names} can tell`,
  );
}

async function goldenRuns(
  { project, runs }: Workshop,
  questions: readonly Question[],
): Promise<ReadonlyMap<Question, Run>> {
  const store = new GoldenStore(project.golden, true);
  const goldens = new Map<Question, Run>();
  for (const question of questions) {
    if (store.has(question.scenario.name)) goldens.set(question, await runs.ofGolden(store, question));
  }
  return goldens;
}

function behavioursAgainst(
  { trials }: Workshop,
  bad: Trial,
  references: ReadonlyMap<Question, Run>,
): readonly Behaviour[] {
  const told = new Set<string>();
  return [...references].flatMap(([question, reference]) => {
    const run = runIn(bad, question);
    const causes = causesOf(trials.compare(reference, run, question), run);
    // What other scenarios have shown already is no other behaviour.
    return behavioursOf(causes, question, reference).filter(({ cause }) => {
      const isNew = !told.has(cause.id);
      told.add(cause.id);
      return isNew;
    });
  });
}

async function conclude(
  workshop: Workshop,
  range: Range,
  follower: Follower,
  search: SearchResult,
): Promise<Finding['result']> {
  const { history, trials } = workshop;
  if (search.kind === 'among') {
    const { commits } = await history.range(range.good.id, range.bad.id);
    return { kind: 'among', commits: commits.filter(({ id }) => search.commits.includes(id)) };
  }
  const { question } = follower.behaviour;
  const commit = await history.commit(search.commit);
  const trial = await trials.of(commit.id, [question]);
  const cause =
    findBehaviour(follower.causesIn(runIn(trial, question)), follower.behaviour) ?? follower.behaviour.cause;
  const check = await checkRevert(workshop, range.bad, commit, follower);
  // Only now is it worth a build to see whether the good end, which nothing has tested, is good.
  if (commit.parents.includes(range.good.id) && check.kind !== 'restores') await requireGood(range.good, follower);
  return { kind: 'found', commit, cause, check };
}

async function requireGood(good: Commit, follower: Follower): Promise<void> {
  if ((await follower.test(good.id)) !== 'changed') return;
  throw new OperatingError(`commit ${shortId(good.id)}`, 'is not good: it differs in the same way as the bad commit');
}
