import { describe, expect, test } from 'vitest';
import { runVector } from './run-vector.ts';
import { summarise } from './summary.ts';
import { makeTarget } from './target.ts';
import { loadVectors } from './vectors.ts';

const { vectors } = loadVectors();

describe.each(['oracle', 'forms', 'blocks'] as const)('the %s engine', (engine) => {
  test.each(['real16', 'prot32', 'prot16'] as const)('agrees with the processor on every %s vector', (mode) => {
    const target = makeTarget(engine);
    // Compiling takes long: every sixth vector still has nearly every form.
    const isChosen = (index: number): boolean => engine !== 'blocks' || index % 6 === 0;
    const chosen = vectors.filter((vector) => vector.mode === mode).filter((_, index) => isChosen(index));
    const failures = chosen
      .map((vector) => ({ vector, differences: runVector(target, vector) }))
      .filter(({ differences }) => differences.length > 0);
    expect(chosen.length).toBeGreaterThan(0);
    expect(failures.length, summarise(chosen, failures)).toBe(0);
  });
});
