import type { AcceptedCause } from '../compare/index.ts';
import type { ToldVerdict } from './told-verdict.ts';

/** A captured screen of a scenario that differs; file paths as they are to be shown. */
export interface ScreenOutcome {
  readonly name: string;
  readonly differingPixels: number;
  readonly files: { readonly expected: string; readonly actual: string; readonly difference: string };
}

/** What the gate found out about one scenario. Plain data: it may come from another thread. */
export type ScenarioOutcome =
  | {
      readonly kind: 'judged';
      readonly scenario: string;
      readonly verdict: ToldVerdict;
      readonly screens: readonly ScreenOutcome[];
      readonly accepted?: readonly ToldAccepted[]; // causes blessed alone that occurred
      readonly busyTicks?: number; // timers that came to the kernel at work
    }
  | { readonly kind: 'no-golden'; readonly scenario: string }
  | { readonly kind: 'stale'; readonly scenario: string } // a golden whose scenario is gone
  | { readonly kind: 'error'; readonly scenario: string; readonly message: string };

/** A cause that was blessed alone, without its fingerprints. */
export type ToldAccepted = Pick<AcceptedCause, 'id' | 'lens' | 'paragraph'>;

/** The gate's exit code: 0 all same, 1 something differs, has no golden or no scenario, 2 cannot tell. */
export function gateExitCode(outcomes: readonly ScenarioOutcome[]): 0 | 1 | 2 {
  if (outcomes.some((each) => each.kind === 'error')) return 2;
  return outcomes.every(isSame) ? 0 : 1;
}

/** For `git bisect run`, to which 125 says that a commit can't be judged: only a comparison may call it good or bad. */
export function bisectExitCode(outcomes: readonly ScenarioOutcome[]): 0 | 1 | 125 {
  if (outcomes.some((each) => each.kind === 'error')) return 125;
  if (outcomes.some((each) => each.kind === 'judged' && each.verdict.kind !== 'same')) return 1;
  return outcomes.every((each) => each.kind === 'judged') ? 0 : 125;
}

export function isSame(outcome: ScenarioOutcome): boolean {
  return outcome.kind === 'judged' && outcome.verdict.kind === 'same';
}

/** How many causes an outcome has, told or not. */
export function causeCount(outcome: ScenarioOutcome): number {
  if (outcome.kind !== 'judged' || outcome.verdict.kind === 'same') return 0;
  return outcome.verdict.causes.length + (outcome.verdict.moreCauses ?? 0);
}
