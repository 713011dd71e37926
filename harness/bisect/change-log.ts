import type { Commit } from '../commits/history.ts';
import { LENS_NAMES, type LensName } from '../lenses/index.ts';
import { runOf, type Trial, whyNot } from './trials.ts';
import type { Workshop } from './workshop.ts';

/** A commit in a change log of behaviour. */
export type LogEntry =
  | {
      readonly kind: 'changed';
      readonly commit: Commit;
      readonly lenses: readonly LensName[];
      readonly ends: boolean; // a scenario waits in vain now
      readonly since: string | undefined; // the commit it is compared with where that isn't the parent
    }
  | { readonly kind: 'silent'; readonly commit: Commit }
  | { readonly kind: 'untestable'; readonly commit: Commit; readonly reason: string };

/** What changed against one parent. */
interface Changed {
  readonly lenses: ReadonlySet<LensName>;
  readonly ends: boolean;
}

const UNCHANGED: Changed = { lenses: new Set(), ends: false };

/** The commits that `to` has and `from` hasn't, parents first, each with what it changes. All of them are tried. */
export async function changeLog(workshop: Workshop, from: string, to: string): Promise<readonly LogEntry[]> {
  const { history, trials, questions, jobs } = workshop;
  const { commits, roots } = await history.range(from, to);
  const trialOf = new Map<string, Trial>();
  const waiting = [...roots, ...commits.map(({ id }) => id)].values();
  const lane = async (): Promise<void> => {
    for (const id of waiting) trialOf.set(id, await trials.of(id, questions));
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  const parents = new Map(commits.map(({ id, parents: [first] }) => [id, first]));
  const nearest = (id: string): Trial | undefined => {
    for (let at: string | undefined = id; at !== undefined; at = parents.get(at)) {
      const trial = trialOf.get(at);
      if (trial !== undefined && isTestable(trial)) return trial;
    }
    return undefined;
  };
  return commits.map((commit) => entryOf(workshop, commit, trialOf.get(commit.id), nearest));
}

function entryOf(
  workshop: Workshop,
  commit: Commit,
  trial: Trial | undefined,
  nearest: (id: string) => Trial | undefined,
): LogEntry {
  if (trial === undefined || !isTestable(trial)) {
    return { kind: 'untestable', commit, reason: trial === undefined ? 'was not tried' : whyNot(trial) };
  }
  const bases = commit.parents.map(nearest).filter((base) => base !== undefined);
  const { lenses, ends } =
    bases.map((base) => changedBetween(workshop, base, trial)).reduce<Changed | undefined>(both, undefined) ??
    UNCHANGED;
  if (lenses.size === 0 && !ends) return { kind: 'silent', commit };
  const [base] = bases;
  const since = commit.parents.includes(base.commit) ? undefined : base.commit;
  return { kind: 'changed', commit, lenses: LENS_NAMES.filter((lens) => lenses.has(lens)), ends, since };
}

/** A merge changes what is otherwise than in each of its parents. */
function both(a: Changed | undefined, b: Changed): Changed {
  if (a === undefined) return b;
  return { lenses: new Set([...a.lenses].filter((lens) => b.lenses.has(lens))), ends: a.ends && b.ends };
}

function changedBetween({ trials, questions }: Workshop, before: Trial, after: Trial): Changed {
  const lenses = new Set<LensName>();
  let ends = false;
  for (const question of questions) {
    const [reference, run] = [runOf(before, question), runOf(after, question)];
    if (reference === undefined || run === undefined) continue;
    const verdict = trials.compare(reference, run, question);
    const causes = verdict.kind === 'same' ? [] : verdict.causes;
    for (const { differences } of causes) for (const { lens } of differences) lenses.add(lens);
    ends ||= run.unmet !== undefined && reference.unmet === undefined;
  }
  return { lenses, ends };
}

function isTestable(trial: Trial): boolean {
  return [...trial.runs.values()].some(({ kind }) => kind === 'run');
}
