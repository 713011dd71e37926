import type { Machine } from '../../emulator/index.ts';
import type { StopReason, TextScreen } from '../../traces/index.ts';
import type { MachineDriver } from '../driver/machine-driver.ts';
import { scancodesOf } from '../scenario/keys.ts';
import type { UnmetWait } from '../scenario/unmet-wait.ts';
import type { Typed } from './key-decoder.ts';

const PIT_CLOCKS_PER_SECOND = 1_193_182;
const INTERRUPTS_ON = 0x200;
const JUMP_HERE = [0xeb, 0xfe];

/** How a guest that was watched came to its end. */
export type LiveEnding =
  | { readonly kind: 'left' } // by whoever watched
  | { readonly kind: 'quiet' } // nobody watched, and nothing new came any more
  | { readonly kind: 'timeout' } // nobody watched, and it took too long
  | { readonly kind: 'hung' } // jumps to where it is, with interrupts off
  | { readonly kind: 'met' } // every wait
  | { readonly kind: 'unmet'; readonly unmet: UnmetWait }
  | { readonly kind: 'stopped'; readonly reason: StopReason };

/** Shows a guest to somebody and hands over what is typed. */
export interface LiveView {
  /** How many instructions may pass between two turns. */
  readonly sliceIcount: number;
  open(guest: LiveGuest): void;
  /** Between two slices of the run; may take its time. An ending stops the run. */
  turn(guest: LiveGuest): Promise<Extract<LiveEnding, { kind: 'left' | 'quiet' | 'timeout' }> | undefined>;
  /** Puts everything right again, then shows what was last. */
  close(guest: LiveGuest): Promise<void>;
}

/** What a view sees of a running guest and does to it. */
export class LiveGuest {
  readonly #machine: Machine;
  readonly #driver: MachineDriver;
  #heard = 0;

  constructor(machine: Machine, driver: MachineDriver) {
    this.#machine = machine;
    this.#driver = driver;
  }

  get icount(): number {
    return this.#machine.icount;
  }

  /** Instructions during which the guest didn't rest, about; none with the clock `instructions`. */
  get work(): number {
    return this.#machine.icount - this.#machine.deviceIcount;
  }

  /** Time as the guest's timers have it. */
  get seconds(): number {
    return this.#machine.deviceIcount / (this.#machine.spec.instructionsPerPitClock * PIT_CLOCKS_PER_SECOND);
  }

  /** The cells of a text mode, or the picture of a graphics mode. */
  screen(): TextScreen {
    const cells = this.#machine.screen();
    return cells.columns === 0 ? this.#machine.look() : cells;
  }

  /** Nothing can wake a guest that jumps on the spot with interrupts off. */
  get isHung(): boolean {
    if ((this.#machine.registers().eflags & INTERRUPTS_ON) !== 0) return false;
    const [first, second] = this.#machine.readLinear(this.#machine.pcLinear, JUMP_HERE.length) ?? [];
    return first === JUMP_HERE[0] && second === JUMP_HERE[1];
  }

  /** What was sent at COM1 since the last time. */
  takeSerial(): Uint8Array {
    const bytes = this.#machine.serialOut(0, this.#heard);
    this.#heard += bytes.length;
    return bytes;
  }

  /** A key that a US keyboard doesn't have does nothing. */
  press(key: Exclude<Typed, 'leave'>): void {
    if (this.#machine.stopped === undefined && isOnKeyboard(key)) this.#driver.press(key);
  }

  sendSerial(bytes: Uint8Array): void {
    if (this.#machine.stopped === undefined) this.#driver.sendSerial(bytes);
  }
}

function isOnKeyboard(key: Exclude<Typed, 'leave'>): boolean {
  try {
    return scancodesOf([key]).length > 0;
  } catch {
    return false;
  }
}
