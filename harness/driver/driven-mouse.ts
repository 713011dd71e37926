import type { InputAction } from '../../traces/index.ts';
import type { Mouse, MouseButton } from './driver.ts';

const BITS: Readonly<Record<MouseButton, number>> = { left: 1, right: 2, middle: 4 };
const FURTHEST = 32_767;

export interface MouseOptions {
  readonly apply: (action: InputAction) => void;
  /** Ends the scenario with what is wrong. */
  readonly reject: (problem: string) => never;
}

/** The mouse of a driver: knows which buttons are down, and makes every change an input. */
export class DrivenMouse implements Mouse {
  readonly #options: MouseOptions;
  #buttons: number;

  /** `buttons`: those that are down already. */
  constructor(options: MouseOptions, buttons = 0) {
    this.#options = options;
    this.#buttons = buttons;
  }

  get buttons(): number {
    return this.#buttons;
  }

  move(dx: number, dy: number): void {
    this.#act('move', dx, dy, 0);
  }

  scroll(notches: number): void {
    this.#act('scroll', 0, 0, notches);
  }

  press(button: MouseButton = 'left'): void {
    this.#buttons |= this.#bitOf('press', button);
    this.#act('press', 0, 0, 0);
  }

  release(button: MouseButton = 'left'): void {
    this.#buttons &= ~this.#bitOf('release', button);
    this.#act('release', 0, 0, 0);
  }

  click(button: MouseButton = 'left'): void {
    this.press(button);
    this.release(button);
  }

  #bitOf(operation: string, button: MouseButton): number {
    const bit = Object.hasOwn(BITS, button) ? BITS[button] : undefined;
    return bit ?? this.#options.reject(`mouse.${operation}: there is the button ${Object.keys(BITS).join(', ')}`);
  }

  #act(operation: string, dx: number, dy: number, wheel: number): void {
    for (const distance of [dx, dy, wheel]) {
      if (Number.isInteger(distance) && Math.abs(distance) <= FURTHEST) continue;
      this.#options.reject(`mouse.${operation} takes integers from -${FURTHEST} to ${FURTHEST}`);
    }
    this.#options.apply({ kind: 'mouse', dx, dy, wheel, buttons: this.#buttons });
  }
}
