import { expect, test } from 'vitest';
import type { EngineName } from '../../emulator/engine/engine.ts';
import { runVector } from './run-vector.ts';
import { summarise } from './summary.ts';
import { makeTarget } from './target.ts';
import { loadVectors } from './vectors.ts';

/** Every so many vectors, from which on. `npm run conformance` (vitest's mode `all`) takes every one. */
export interface Share {
  readonly stride: number;
  readonly first: number;
}

/** One test for each mode: the engine leaves what the vectors say. `levels`: of which privilege levels the modes are. */
export function checkVectors(engine: EngineName, share: Share, levels: readonly number[] = [0, 3]): void {
  const file = loadVectors();
  const { stride, first } = process.env.MODE === 'all' ? { stride: 1, first: 0 } : share;
  const numbers = Array.from({ length: file.count }, (_, index) => index).filter((index) => index % stride === first);
  const modes = [...file.modes.values()].filter(({ cpl }) => levels.includes(cpl));
  test.each(modes.map(({ name }) => name))(`${engine} agrees with the processor on %s vectors`, (mode) => {
    const target = makeTarget(engine);
    const chosen = numbers.filter((index) => file.modeOf(index) === mode).map((index) => file.at(index));
    const failures = chosen
      .map((vector) => ({ vector, differences: runVector(target, vector) }))
      .filter(({ differences }) => differences.length > 0);
    expect(chosen.length).toBeGreaterThan(0);
    expect(failures.length, summarise(chosen, failures)).toBe(0);
  });
}
