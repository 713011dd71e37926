import type { Verdict } from '../compare/index.ts';

/** A captured screen of a scenario that differs; file paths as they are to be shown. */
export interface ScreenOutcome {
  readonly name: string;
  readonly differingPixels: number;
  readonly files: { readonly expected: string; readonly actual: string; readonly difference: string };
}

/** What the gate found out about one scenario. */
export type ScenarioOutcome =
  | {
      readonly kind: 'judged';
      readonly scenario: string;
      readonly verdict: Verdict;
      readonly screens: readonly ScreenOutcome[];
    }
  | { readonly kind: 'no-golden'; readonly scenario: string }
  | { readonly kind: 'error'; readonly scenario: string; readonly message: string };

/** The gate's exit code: 0 all same, 1 something differs or has no golden, 2 cannot tell. */
export function gateExitCode(outcomes: readonly ScenarioOutcome[]): 0 | 1 | 2 {
  if (outcomes.some((each) => each.kind === 'error')) return 2;
  return outcomes.every((each) => each.kind === 'judged' && each.verdict.kind === 'same') ? 0 : 1;
}
