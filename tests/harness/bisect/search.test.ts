import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { State } from '../../../harness/bisect/behaviour.ts';
import { findFirstChanged, type SearchSpace } from '../../../harness/bisect/search.ts';

/** A line of commits "1" to `length` after the good one, "0"; those from `culprit` on are changed. */
class Line implements SearchSpace {
  readonly tested: string[] = [];
  readonly #culprit: number;
  readonly #untestable: ReadonlySet<number>;

  constructor(culprit: number, untestable: readonly number[] = []) {
    this.#culprit = culprit;
    this.#untestable = new Set(untestable);
  }

  readonly candidates: SearchSpace['candidates'] = async (bad, goods) => {
    const first = Math.max(...goods.map(Number)) + 1;
    const ids = Array.from({ length: Number(bad) - first + 1 }, (_, index) => first + index);
    const distance = (id: number): number => Math.min(id - first + 1, ids.length - (id - first + 1));
    return ids.map((id) => ({ id: `${id}`, distance: distance(id) })).sort((a, b) => b.distance - a.distance);
  };

  readonly test = async (commit: string): Promise<State> => {
    this.tested.push(commit);
    if (this.#untestable.has(Number(commit))) return 'untestable';
    return Number(commit) >= this.#culprit ? 'changed' : 'as-before';
  };
}

describe('the search for the first changed commit', () => {
  test('of 64 commits takes at most six tests, wherever it is', async () => {
    for (let culprit = 1; culprit <= 64; culprit++) {
      const line = new Line(culprit);
      const result = await findFirstChanged({ bad: '64', goods: ['0'] }, 1, line);
      expect(result).toMatchObject({ kind: 'found', commit: `${culprit}` });
      expect(line.tested.length).toBeLessThanOrEqual(6);
    }
  });

  test('finds the commit, or those that cannot be told from it, and tests none twice', async () => {
    const anyCase = fc.record({
      length: fc.integer({ min: 1, max: 80 }),
      position: fc.nat(),
      untestable: fc.uniqueArray(fc.integer({ min: 1, max: 80 })),
      jobs: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ length, position, untestable, jobs }) => {
        const culprit = (position % length) + 1;
        const line = new Line(culprit, untestable);
        const result = await findFirstChanged({ bad: `${length}`, goods: ['0'] }, jobs, line);
        expect(new Set(line.tested).size).toBe(line.tested.length);
        if (result.kind === 'found') {
          expect(result.commit).toBe(`${culprit}`);
          return;
        }
        const left = result.commits.map(Number).sort((a, b) => a - b);
        expect(left).toContain(culprit);
        // All but the last can't be tested: nothing more can be known.
        expect(left.slice(0, -1).every((id) => untestable.includes(id))).toBe(true);
      }),
    );
  });

  test('jumps away from a stretch that cannot be tested', async () => {
    const broken = Array.from({ length: 30 }, (_, index) => 20 + index);
    const line = new Line(60, broken);
    expect(await findFirstChanged({ bad: '64', goods: ['0'] }, 1, line)).toMatchObject({ commit: '60' });
    expect(line.tested.length).toBeLessThanOrEqual(14);
  });

  test('with more jobs takes fewer rounds', async () => {
    const line = new Line(41);
    let rounds = 0;
    const counting: SearchSpace = {
      candidates: line.candidates,
      test: async (commit) => {
        if (line.tested.length % 3 === 0) rounds++;
        return line.test(commit);
      },
    };
    expect(await findFirstChanged({ bad: '64', goods: ['0'] }, 3, counting)).toMatchObject({ commit: '41' });
    expect(rounds).toBeLessThanOrEqual(3);
  });
});
