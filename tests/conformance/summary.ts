import type { Vector } from './vectors.ts';

export interface VectorFailure {
  readonly vector: Vector;
  readonly differences: readonly string[];
}

const LISTED_FAILURES = 20;

/** Counts of failing vectors by form, then a few failures with all their differences: first one of each form. */
export function summarise(vectors: readonly Vector[], failures: readonly VectorFailure[]): string {
  const totals = countByForm(vectors);
  const failed = countByForm(failures.map((failure) => failure.vector));
  const forms = [...failed].map(([form, count]) => `  ${form}: ${count} of ${totals.get(form)}`);
  const listed = spreadOverForms(failures).slice(0, LISTED_FAILURES).map(failureText);
  const passed = vectors.length - failures.length;
  return [
    `${passed} of ${vectors.length} vectors pass; ${failed.size} of ${totals.size} forms fail`,
    ...forms,
    ...listed,
  ].join('\n');
}

function spreadOverForms(failures: readonly VectorFailure[]): readonly VectorFailure[] {
  const seen = new Map<string, number>();
  const ranked = failures.map((failure) => {
    const rank = seen.get(failure.vector.form) ?? 0;
    seen.set(failure.vector.form, rank + 1);
    return { failure, rank };
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ failure }) => failure);
}

function countByForm(vectors: readonly Vector[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { form } of vectors) counts.set(form, (counts.get(form) ?? 0) + 1);
  return counts;
}

function failureText({ vector, differences }: VectorFailure): string {
  const code = Buffer.from(vector.code).toString('hex');
  return `#${vector.index} ${vector.mode} ${vector.form} (${code})\n    ${differences.join('\n    ')}`;
}
