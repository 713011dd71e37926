import { OperatingError } from '../../emulator/index.ts';
import { shortId } from '../commits/history.ts';
import type { KernelOrNot, Kernels } from '../commits/kernels.ts';
import { type AcceptedCause, compareTraces, type Verdict, withoutAccepted } from '../compare/index.ts';
import { LENS_NAMES, type RunView } from '../lenses/index.ts';
import { escapeLine } from '../report/escape.ts';
import type { Question, Run, RunOrNot, Runs } from './runs.ts';

/** A commit that was built and run: by scenario name what became of it. */
export interface Trial {
  readonly commit: string;
  readonly kernel: KernelOrNot;
  readonly runs: ReadonlyMap<string, RunOrNot>;
}

const SAME: Verdict = { kind: 'same', masked: [], known: [], isByDigest: true };
const VIEWS_AT_MOST = 4; // in memory: a view holds what was derived from all of its trace

/** Builds and runs commits, each once, and compares their runs, each pair once. */
export class Trials {
  readonly #kernels: Kernels;
  readonly #runs: Runs;
  readonly #commits = new Set<string>();
  readonly #verdicts = new Map<string, Verdict>();
  readonly #views = new Map<string, RunView>();

  constructor(kernels: Kernels, runs: Runs) {
    this.#kernels = kernels;
    this.#runs = runs;
  }

  /** How many commits were tried. */
  get commits(): number {
    return this.#commits.size;
  }

  get builds(): number {
    return this.#kernels.builds;
  }

  async of(commit: string, questions: readonly Question[]): Promise<Trial> {
    this.#commits.add(commit);
    return this.ofKernel(commit, await this.#kernels.of(commit), questions);
  }

  async ofKernel(commit: string, kernel: KernelOrNot, questions: readonly Question[]): Promise<Trial> {
    const runs = new Map<string, RunOrNot>();
    for (const question of questions) {
      const run: RunOrNot =
        kernel.kind === 'kernel'
          ? await this.#runs.of(kernel, question)
          : { kind: 'unbootable', reason: `does not build: ${kernel.reason}` };
      runs.set(question.scenario.name, run);
    }
    return { commit, kernel, runs };
  }

  /** What `actual` does otherwise than `reference`. */
  compare(reference: Run, actual: Run, question: Question): Verdict {
    if (LENS_NAMES.every((lens) => reference.fingerprints[lens] === actual.fingerprints[lens])) return SAME;
    const key = `${question.scenario.name} ${reference.id} ${actual.id}`;
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const { levels } = question;
    const all = compareTraces(this.#viewOf(reference, question), this.#viewOf(actual, question), { levels });
    const verdict = lessAccepted(all, reference.accepted);
    this.#verdicts.set(key, verdict);
    return verdict;
  }

  #viewOf(run: Run, question: Question): RunView {
    const key = `${question.scenario.name} ${run.id}`;
    const view = this.#views.get(key) ?? this.#runs.viewOf(run, question);
    this.#views.delete(key);
    this.#views.set(key, view);
    const [oldest] = this.#views.keys();
    if (this.#views.size > VIEWS_AT_MOST) this.#views.delete(oldest);
    return view;
  }
}

/** Other commits needn't have what was blessed alone: that it doesn't occur there is no cause. */
function lessAccepted(verdict: Verdict, accepted: readonly AcceptedCause[]): Verdict {
  if (accepted.length === 0 || verdict.kind === 'same') return verdict;
  const left = withoutAccepted(verdict, accepted).verdict;
  const causes = left.kind === 'same' ? [] : left.causes.filter(({ differences }) => differences.length > 0);
  return causes.length === 0 ? SAME : { ...verdict, causes };
}

/** A scenario's run; undefined where there is none. */
export function runOf(trial: Trial, { scenario }: Question): Run | undefined {
  const run = trial.runs.get(scenario.name);
  return run?.kind === 'run' ? run : undefined;
}

/** A scenario's run. Errors: OperatingError that says why there is none. */
export function runIn(trial: Trial, question: Question): Run {
  const run = runOf(trial, question);
  if (run !== undefined) return run;
  throw new OperatingError(`commit ${shortId(trial.commit)}`, whyNot(trial));
}

/** Why nothing can be said about a commit, in one line that is safe to print. */
export function whyNot({ runs }: Trial): string {
  for (const run of runs.values()) {
    if (run.kind === 'unbootable') return escapeLine(run.reason);
    if (run.unmet !== undefined) return escapeLine(`does not get far enough: ${run.unmet.split('\n', 1)[0]}`);
  }
  return 'has no run';
}
