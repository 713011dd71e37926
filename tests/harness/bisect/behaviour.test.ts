import { expect, test } from 'vitest';
import { behavioursOf, causesOf, findBehaviour } from '../../../harness/bisect/behaviour.ts';
import type { Question, Run } from '../../../harness/bisect/runs.ts';
import type { Cause, Difference } from '../../../harness/compare/index.ts';
import type { Fact } from '../../../harness/lenses/index.ts';

const AT = { icount: 0, callers: [] };

function fact(key: string, value: string): Fact {
  return { lens: 'memory', track: 'heap', key, value, text: key, at: AT };
}

/** The golden fact at `position` with another value now. */
function changed(position: number, value: string): Difference {
  const expected = fact(`fact ${position}`, 'golden');
  const told = { lens: 'memory', text: '', change: value, at: AT, order: 0, position, isTail: false } as const;
  return { kind: 'changed', ...told, expected, actual: fact(expected.key, value) };
}

function cause(...differences: readonly Difference[]): Cause {
  return { id: '', paragraph: '', lens: 'memory', differences, followers: differences.length - 1, at: AT };
}

const RUN = { unmet: undefined } as Run;
const [atBad] = behavioursOf([cause(changed(3, 'bad'), changed(5, 'bad'))], {} as Question, RUN);

test('a behaviour is recognised by the golden fact, whatever stands in its place', () => {
  expect(findBehaviour([cause(changed(3, 'something else'))], atBad)).toBeDefined();
  expect(findBehaviour([cause(changed(4, 'bad'))], atBad)).toBeUndefined();
  expect(findBehaviour([], atBad)).toBeUndefined();
});

test('it may follow from a cause that is no longer there at the bad commit', () => {
  expect(findBehaviour([cause(changed(1, 'gone later'), changed(3, 'bad'))], atBad)).toBeDefined();
});

test('it is not there yet where its fact follows from what is another cause at the bad commit', () => {
  const causes = [cause(changed(1, 'shift')), cause(changed(3, 'bad'))];
  const [, second] = behavioursOf(causes, {} as Question, RUN);
  expect(findBehaviour([cause(changed(1, 'shift'), changed(3, 'shift'))], second)).toBeUndefined();
  expect(findBehaviour(causes, second)).toBe(causes[1]);
});

test('a wait that was not met is the last cause', () => {
  const stuck = causesOf({ kind: 'differs', causes: [cause(changed(3, 'bad'))], masked: [], known: [] }, {
    unmet: 'waited in vain',
  } as Run);
  expect(stuck.map(({ paragraph }) => paragraph)).toEqual(['', 'end: waited in vain']);
  const [, end] = behavioursOf(stuck, {} as Question, RUN);
  expect(findBehaviour(stuck, end)).toBe(stuck[1]);
  expect(findBehaviour(stuck.slice(0, 1), end)).toBeUndefined();
});
