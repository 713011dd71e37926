export { type Accepted, type AcceptedCause, acceptCause, isSeparable, withoutAccepted } from './accepted.ts';
export { alignKeys } from './align.ts';
export type { Cause } from './cause.ts';
export { idOf } from './cause-id.ts';
export { type CompareOptions, compareTraces, firstDifference, haveEqualDigests } from './compare-traces.ts';
export type { Difference } from './difference.ts';
export { RunFacts } from './run-facts.ts';
export type { MaskReport, Verdict } from './verdict.ts';
