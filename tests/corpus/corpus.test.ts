import { describe, expect, test } from 'vitest';
import { benignChanges } from './benign.ts';
import type { BenignChange, Regression } from './change.ts';
import { areAsRequired, figuresOf } from './figures.ts';
import type { GateResult } from './gate.ts';
import { GUESTS } from './guests.ts';
import type { Judged } from './judged.ts';
import { regressions } from './regressions.ts';
import { renderText } from './report.ts';

const idOf = ({ guest, name }: { readonly guest: string; readonly name: string }): string => `${guest}/${name}`;

describe('the data of the corpus', () => {
  test('there are two guests, at least 60 regressions and at least 40 benign changes', () => {
    expect(GUESTS).toHaveLength(2);
    expect(regressions().length).toBeGreaterThanOrEqual(60);
    expect(benignChanges().length).toBeGreaterThanOrEqual(40);
  });

  test.each([
    ['regressions', regressions()],
    ['benign changes', benignChanges()],
  ])('no two %s of a guest have the same name', (_, changes) => {
    const ids = changes.map(idOf);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });
});

const regression: Regression = {
  label: 'regression',
  name: 'kalloc-adds-one',
  guest: '539kernel',
  what: 'Each block is a byte longer.',
  steps: [],
  functions: ['kalloc'],
  lens: 'allocations',
};
const benign: BenignChange = { label: 'benign', name: 'gcc-O2', guest: '539kernel', what: 'GCC -O2', steps: [] };

const same: GateResult = { exitCode: 0, causes: [], errors: [] };
const flagged = (paragraph: string): GateResult => ({
  exitCode: 1,
  causes: [{ scenario: 'boot', lens: 'allocations', paragraph }],
  errors: [],
});
const named = flagged('allocations: kalloc(12) returns heap+0x1');

function outcome(...all: readonly Judged[]): { readonly isAsRequired: boolean; readonly text: string } {
  return { isAsRequired: areAsRequired(figuresOf(all)), text: renderText(all) };
}

describe('the figures', () => {
  test('a flagged regression with its function and a silent benign change are as required', () => {
    const { isAsRequired, text } = outcome(
      { kind: 'judged', change: regression, result: named },
      { kind: 'judged', change: benign, result: same },
    );
    expect(isAsRequired, text).toBe(true);
    expect(text).not.toContain('kalloc-adds-one');
  });

  test.each<readonly [string, Judged]>([
    ['a regression that is not flagged', { kind: 'judged', change: regression, result: same }],
    ['a regression without its function', { kind: 'judged', change: regression, result: flagged('in kallocate') }],
    ['a regression that cannot be judged', { kind: 'judged', change: regression, result: { ...same, exitCode: 2 } }],
    ['a regression that cannot be built', { kind: 'failed', change: regression, failure: 'make: no rule' }],
    ['a benign change that is flagged', { kind: 'judged', change: benign, result: named }],
    ['a benign change that cannot be judged', { kind: 'judged', change: benign, result: { ...same, exitCode: 2 } }],
    ['a benign change that cannot be built', { kind: 'failed', change: benign, failure: 'make: no rule' }],
  ])('%s is not as required, and is listed by name', (_, judged) => {
    const { isAsRequired, text } = outcome(judged);
    expect(isAsRequired).toBe(false);
    expect(text).toContain(`539kernel/${judged.change.name}`);
  });

  test('a change that is not decided is listed with its reason and counts in no figure', () => {
    const undecided = { ...benign, undecided: 'nobody can know' };
    const { isAsRequired, text } = outcome({ kind: 'judged', change: undecided, result: named });
    expect(isAsRequired).toBe(true);
    expect(text).toContain('539kernel/gcc-O2: nobody can know');
    expect(text).toContain('0 of 0');
  });
});
