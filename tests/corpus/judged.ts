import type { Change, Regression } from './change.ts';
import type { GateResult } from './gate.ts';

/** A change and what came of it. `failure`: it could not be built or gated, which is never a good outcome. */
export type Judged =
  | { readonly kind: 'judged'; readonly change: Change; readonly result: GateResult }
  | { readonly kind: 'failed'; readonly change: Change; readonly failure: string };

export function isFlagged({ result }: { readonly result: GateResult }): boolean {
  return result.exitCode === 1;
}

/** The right function stands in a paragraph of the report. */
export function namesFunction({ functions }: Regression, { causes }: GateResult): boolean {
  return causes.some(({ paragraph }) => mentions(paragraph, functions));
}

/** The right function stands in the first paragraph of the first scenario that differs. */
export function namesFunctionFirst({ functions }: Regression, { causes }: GateResult): boolean {
  return causes.length > 0 && mentions(causes[0].paragraph, functions);
}

/** The lens that the regression is about has a cause of its own, or a part in one. */
export function showsLens({ lens }: Regression, { causes }: GateResult): boolean {
  return causes.some((cause) => cause.lens === lens || new RegExp(`\\b${lens}\\b`).test(cause.paragraph));
}

function mentions(paragraph: string, functions: readonly string[]): boolean {
  return functions.some((each) => new RegExp(`\\b${each}\\b`).test(paragraph));
}
