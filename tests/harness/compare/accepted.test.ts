import { expect, test } from 'vitest';
import { compareFacts } from '../../../harness/compare/compare-facts.ts';
import { foldCauses } from '../../../harness/compare/fold.ts';
import { acceptCause, isSeparable, type Verdict, withoutAccepted } from '../../../harness/compare/index.ts';
import { type Fact, LENSES } from '../../../harness/lenses/index.ts';

/** Facts of one track from "key=value" texts, in order. */
function facts(...texts: readonly string[]): readonly Fact[] {
  return texts.map((text, icount) => {
    const [key, value = ''] = text.split('=');
    return { lens: 'ports', track: 'chip', key, value, text, at: { icount, callers: [] } };
  });
}

const GOLDEN = facts('a=1', 'b=1', 'c=1', 'd=1');

function verdictOf(actual: readonly Fact[]): Verdict {
  const causes = foldCauses(compareFacts(LENSES.ports, GOLDEN, actual));
  const both = { masked: [], known: [] };
  return causes.length === 0 ? { kind: 'same', isByDigest: false, ...both } : { kind: 'differs', causes, ...both };
}

/** What is left of a run when all that another one did differently was accepted. */
function left(accepted: readonly Fact[], actual: readonly Fact[]): readonly string[] {
  const first = verdictOf(accepted);
  const causes = first.kind === 'same' ? [] : first.causes.map(acceptCause);
  const { verdict } = withoutAccepted(verdictOf(actual), causes);
  return verdict.kind === 'same' ? [] : verdict.causes.map(({ paragraph }) => paragraph);
}

test('exactly what was accepted is the same', () => {
  const run = facts('a=1', 'b=2', 'x=1', 'd=1');
  expect(left(run, run)).toEqual([]);
});

test('what comes besides is left, folded by itself', () => {
  const paragraphs = left(facts('a=1', 'b=2', 'c=1', 'd=1'), facts('a=1', 'b=2', 'c=1', 'd=7'));
  expect(paragraphs).toHaveLength(1);
  expect(paragraphs[0]).toMatch(/^ports: d=7.*golden d=1/);
});

test.each([
  ['another value', facts('a=1', 'b=3', 'c=1', 'd=1')],
  ['nothing at all', GOLDEN],
])('%s in the place of what was accepted is red', (_what, actual) => {
  expect(left(facts('a=1', 'b=2', 'c=1', 'd=1'), actual).join('\n')).toMatch(
    /blessed alone as cause [0-9a-f]{8} does not occur/,
  );
});

test('an accepted addition counts only in its place and only as often as it was accepted', () => {
  const accepted = facts('a=1', 'x=1', 'b=1', 'c=1', 'd=1');
  expect(left(accepted, facts('a=1', 'b=1', 'c=1', 'x=1', 'd=1'))).not.toEqual([]);
  expect(left(accepted, facts('a=1', 'x=1', 'x=1', 'b=1', 'c=1', 'd=1'))).toEqual([
    expect.stringMatching(/^ports: added: x=1/),
  ]);
});

test('a cause that occurs in part is red, and says how much is missing', () => {
  const accepted = facts('a=1', 'x=1', 'b=1', 'x=1', 'c=1', 'd=1'); // one cause of two additions
  expect(left(accepted, facts('a=1', 'x=1', 'b=1', 'c=1', 'd=1'))).toEqual([
    expect.stringMatching(/occurs otherwise \(1 of its 2 differences\) in this run/),
  ]);
});

test('a cause without differences of facts, or with too many, is not separable', () => {
  const verdict = verdictOf(facts('a=2', 'b=1', 'c=1', 'd=1'));
  const [cause] = verdict.kind === 'same' ? [] : verdict.causes;
  expect(isSeparable(cause)).toBe(true);
  expect(isSeparable({ ...cause, differences: [] })).toBe(false);
  expect(isSeparable({ ...cause, differences: Array.from({ length: 5001 }, () => cause.differences[0]) })).toBe(false);
});

test('the id of a cause has no part in lines, icounts and what follows', () => {
  const ids = (actual: readonly Fact[]) => {
    const verdict = verdictOf(actual);
    return verdict.kind === 'same' ? [] : verdict.causes.map(({ id }) => id);
  };
  const moved = facts('a=1', 'b=2', 'c=1', 'd=1').map((fact) => {
    return { ...fact, at: { icount: fact.at.icount + 99, callers: ['main'], source: { file: 'x.c', line: 9 } } };
  });
  expect(ids(moved)).toEqual(ids(facts('a=1', 'b=2', 'c=1', 'd=1')));
  expect(ids(moved)).not.toEqual(ids(facts('a=1', 'b=3', 'c=1', 'd=1')));
});
