import { expect, test } from 'vitest';
import { DrivenMouse } from '../../../harness/driver/driven-mouse.ts';
import type { InputAction } from '../../../traces/index.ts';

function setUp(buttons?: number) {
  const actions: InputAction[] = [];
  const reject = (problem: string): never => {
    throw new Error(problem);
  };
  return { actions, mouse: new DrivenMouse({ apply: (action) => actions.push(action), reject }, buttons) };
}

const STILL = { kind: 'mouse', dx: 0, dy: 0, wheel: 0 } as const;

test('every change of the mouse is an input with the buttons that are down', () => {
  const { actions, mouse } = setUp();
  mouse.move(3, -4);
  mouse.press('right');
  mouse.click();
  mouse.scroll(-1);
  mouse.release('right');
  expect(actions).toEqual([
    { ...STILL, dx: 3, dy: -4, buttons: 0 },
    { ...STILL, buttons: 2 },
    { ...STILL, buttons: 3 },
    { ...STILL, buttons: 2 },
    { ...STILL, wheel: -1, buttons: 2 },
    { ...STILL, buttons: 0 },
  ]);
});

test('goes on with buttons that are down already', () => {
  const { actions, mouse } = setUp(4);
  mouse.click('left');
  expect(actions.map((action) => action.kind === 'mouse' && action.buttons)).toEqual([5, 4]);
});

test('refuses what is no movement or no button', () => {
  const { mouse, actions } = setUp();
  expect(() => mouse.move(0.5, 0)).toThrow('mouse.move takes integers from -32767 to 32767');
  expect(() => mouse.scroll(40_000)).toThrow('mouse.scroll takes integers');
  expect(() => mouse.click('hind' as 'left')).toThrow('mouse.press: there is the button left, right, middle');
  expect(actions).toEqual([]);
});
