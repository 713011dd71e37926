import { AssertionError, OperatingError } from '../../emulator/index.ts';
import type { Scenario } from './scenario.ts';

/** What a scenario threw as an OperatingError at its file and line; gilt's own broken invariants stay what they are. */
export function scenarioError({ file, positionOf }: Scenario, error: unknown): unknown {
  if (error instanceof OperatingError || error instanceof AssertionError) return error;
  if (!(error instanceof Error)) return new OperatingError(file, `threw ${String(error)}`);
  return new OperatingError(positionOf(error) ?? file, `${error.name}: ${error.message}`, { cause: error });
}
