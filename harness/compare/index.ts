export type { Cause } from './cause.ts';
export { type CompareOptions, compareTraces } from './compare-traces.ts';
export type { Difference } from './difference.ts';
export type { MaskReport, Verdict } from './verdict.ts';
