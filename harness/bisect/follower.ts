import type { Commit } from '../commits/history.ts';
import type { Cause } from '../compare/index.ts';
import { escapeLine } from '../report/escape.ts';
import { type Behaviour, causesOf, findBehaviour, type State } from './behaviour.ts';
import { buildReverted } from './revert.ts';
import type { Run } from './runs.ts';
import { runIn, runOf, type Trial, whyNot } from './trials.ts';
import type { Workshop } from './workshop.ts';

/** What taking a commit back from the bad end does to the behaviour that it changed. */
export type RevertCheck =
  | { readonly kind: 'restores'; readonly otherCauses: number } // causes that are still there
  | { readonly kind: 'does-not-restore' }
  | { readonly kind: 'changed-back' } // a later commit has done so
  | { readonly kind: 'untried'; readonly reason: string };

/** Follows one behaviour through commits. */
export class Follower {
  readonly behaviour: Behaviour;
  readonly #workshop: Workshop;
  readonly #endsEarlyAtBad: boolean;

  constructor(workshop: Workshop, behaviour: Behaviour, atBad: Run) {
    this.#workshop = workshop;
    this.behaviour = behaviour;
    this.#endsEarlyAtBad = atBad.unmet !== undefined;
  }

  async test(commit: string): Promise<State> {
    const trial = await this.#workshop.trials.of(commit, [this.behaviour.question]);
    return this.stateOf(trial);
  }

  stateOf(trial: Trial): State {
    const run = runOf(trial, this.behaviour.question);
    if (run === undefined) return 'untestable';
    if (findBehaviour(this.causesIn(run), this.behaviour) === undefined) return 'as-before';
    // A kernel that hangs where the bad one doesn't is broken in another way: what it lacks says nothing about this.
    return run.unmet !== undefined && !this.#endsEarlyAtBad ? 'untestable' : 'changed';
  }

  causesIn(run: Run): readonly Cause[] {
    const { reference, question } = this.behaviour;
    return causesOf(this.#workshop.trials.compare(reference, run, question), run);
  }
}

/** Takes a commit back from the bad end and looks what becomes of the behaviour. */
export async function checkRevert(
  workshop: Workshop,
  bad: Commit,
  culprit: Commit,
  follower: Follower,
): Promise<RevertCheck> {
  const reverted = await buildReverted(workshop, bad.id, culprit);
  if (reverted.kind === 'conflict') {
    return {
      kind: 'untried',
      reason: `it can't be taken back alone: conflict in ${escapeLine(reverted.files.join(', '))}`,
    };
  }
  const { question } = follower.behaviour;
  const trial = await workshop.trials.ofKernel(bad.id, reverted.kernel, [question]);
  const state = follower.stateOf(trial);
  if (state === 'untestable') return { kind: 'untried', reason: `without it, the kernel ${whyNot(trial)}` };
  if (state === 'changed') return { kind: 'does-not-restore' };
  return { kind: 'restores', otherCauses: follower.causesIn(runIn(trial, question)).length };
}
