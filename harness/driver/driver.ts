import type { ExceptionEvent } from '../../emulator/index.ts';
import type { RegisterValues, StopReason } from '../../traces/index.ts';
import type { Key } from '../scenario/keys.ts';
import type { CallOptions } from './guest-call.ts';
import type { GuestValue } from './guest-value.ts';

/** How long a wait may last, in instructions from its start. */
export interface WaitOptions {
  readonly limit?: number;
}

/** How a guest call ended. `eax` is the function's result, an unsigned 32-bit number. */
export type CallOutcome =
  | { readonly kind: 'returned'; readonly eax: number }
  | { readonly kind: 'ended'; readonly reason: StopReason };

/** An exception that the guest took; `place` is the function and source line of `eip`. */
export type GuestException = Pick<ExceptionEvent, 'vector' | 'errorCode' | 'faultLinear' | 'icount' | 'eip'> & {
  readonly place: string;
};

/** General registers, EIP and EFLAGS: those that can be set. */
export type SettableRegisters = Partial<
  Pick<RegisterValues, 'eax' | 'ecx' | 'edx' | 'ebx' | 'esp' | 'ebp' | 'esi' | 'edi' | 'eip' | 'eflags'>
>;

export type MouseButton = 'left' | 'right' | 'middle';

/** A hand at the mouse. Movements are in the mouse's own units, to the right and down. */
export interface Mouse {
  move(dx: number, dy: number): void;
  /** Turns the wheel, towards the user if positive. */
  scroll(notches: number): void;
  press(button?: MouseButton): void;
  release(button?: MouseButton): void;
  /** Presses and releases; the left button unless another is named. */
  click(button?: MouseButton): void;
}

/**
 * What a scenario does with the guest. Every wait has a limit. A wait that isn't met, because the limit passed or the
 * guest ended, ends the scenario there; the recording is closed with what happened and compared like any other.
 */
export interface Driver {
  /** Instructions retired so far; gilt's only clock. */
  readonly icount: number;
  readonly registers: RegisterValues;
  /** Where the guest is: function, offset and source line of the next instruction. */
  readonly place: string;
  /** Does the guest wait for something: halted, or (clock `idle`) in a loop that does nothing until then? */
  readonly isIdle: boolean;

  /** Runs exactly `instructions` more instructions. */
  runFor(instructions: number): Promise<void>;
  /** Runs to this icount, exactly. */
  runUntilIcount(icount: number): Promise<void>;
  /**
   * Runs until IRQ 0 or the local APIC's timer interrupted `ticks` times. Default limit: each tick within four periods of the slowest
   * timer, and with the clock `idle` four busy limits more.
   */
  runTicks(ticks: number, options?: WaitOptions): Promise<void>;
  /** Runs until the text screen shows `text` within one row; with the clock `idle`, on to where the guest is idle then. */
  runUntilText(text: string, options?: WaitOptions): Promise<void>;
  /** Runs until the guest has sent `text` at a serial port (0 is COM1), counted from where the last such wait ended. */
  runUntilSerial(text: string, options?: WaitOptions & { readonly port?: number }): Promise<void>;
  /** Runs until the next call of `symbol`; its first instruction is not yet executed. */
  runUntilCall(symbol: string, options?: WaitOptions): Promise<void>;
  /** Runs until `symbol` returns: from the call that the guest is at the first instruction of, or the next. Gives EAX. */
  runUntilReturn(symbol: string, options?: WaitOptions): Promise<number>;
  /** Runs until the guest writes to an I/O port, to one that has `value` if that is given. Gives what it wrote. */
  runUntilPortWrite(port: number, options?: WaitOptions & { readonly value?: number }): Promise<number>;
  /**
   * Runs until the guest waits for something other than keys that were pressed: halted, or (clock `idle`) in a loop that
   * does nothing until then.
   */
  runUntilIdle(options?: WaitOptions): Promise<void>;
  /** Runs until the guest leaves by the exit port F4h. Gives the value it wrote there. */
  runUntilExit(options?: WaitOptions): Promise<number>;
  /**
   * Runs until `predicate` holds. It reads guest memory through this driver, and is asked again after each instruction
   * that stores to what it read: `await driver.runUntil(() => driver.read('ticks') >= 5)`. Where it reads through a null
   * pointer or what isn't mapped, it doesn't hold yet.
   */
  runUntil(predicate: () => boolean, options?: WaitOptions): Promise<void>;
  /** Runs until the guest ends and says why: it halted for good, shut down, left by the exit port. */
  runUntilStop(options?: WaitOptions): Promise<StopReason>;

  /** Presses and releases keys of a US keyboard: characters of a text, or one key such as `{ key: 'F1' }`. */
  press(...keys: readonly Key[]): void;
  /** Queues scan codes at the keyboard as they are, of set 1 or 2; the guest gets the set that it asked for. */
  sendScancodes(bytes: Uint8Array | readonly number[], set?: 1 | 2): void;
  /** What the hand at the PS/2 mouse does; the guest hears of it once it has turned the mouse's reports on. */
  readonly mouse: Mouse;
  /** Queues bytes (a text as Latin-1) at a serial port; 0 is COM1. */
  sendSerial(bytes: string | Uint8Array, port?: number): void;
  /** Raises an IRQ line (0-15, not 2), as a device does; the guest takes the interrupt when it lets it in. */
  raiseIrq(line: number): void;

  /** Records the text screen under a name of its own: small letters, digits, hyphens. */
  screenshot(name: string): void;
  /** Records digests of the machine's whole state, and lets the lenses look at memory there. */
  checkpoint(name: string): void;
  /** Records in words what the scenario does next; reports quote it. */
  step(text: string): void;

  /** The rows of the text screen as they are now, without trailing blanks. Records nothing. */
  screenText(): readonly string[];
  /** All that the guest sent at a serial port so far, as Latin-1. */
  serialText(port?: number): string;
  /** The exceptions (vectors 0 to 31) that the guest took so far, the first 262,144 of them. */
  exceptions(): readonly GuestException[];
  /** How often the guest took an interrupt of an IRQ line so far. */
  interruptCount(line: number): number;

  /** The linear address of a symbol, or of a part of a variable: `addressOf('processes[2].context')`. */
  addressOf(place: string): number;
  /** Guest memory at a symbol, an expression or a linear address. Records nothing. */
  readMemory(place: string | number, length: number): Uint8Array;
  /** Writes guest memory at a symbol, an expression or a linear address; recorded as an input. */
  writeMemory(place: string | number, bytes: Uint8Array): void;
  /** A number by its type in the debug information: `read('heap_base')`. 32 bits where no type is known. */
  read(place: string | number): number;
  /** A variable or a part of one as plain data, by its type: `global('processes[2].context.eip')`. */
  global(expression: string): GuestValue;
  /** Stores a value by its type; of a struct only the members that are given. Recorded as an input. */
  write(place: string | number, value: GuestValue): void;
  /** Sets registers; recorded as an input. */
  setRegisters(values: SettableRegisters): void;

  /**
   * Calls a guest function (cdecl, 32-bit arguments) from where the guest is now, with interrupts held back, and runs
   * to its return or to the guest's end. After a return the registers are as before.
   */
  call(symbol: string, ...args: readonly number[]): Promise<CallOutcome>;
  /** The same with a choice of calling convention, and of interrupts taken in the meantime. */
  callWith(options: CallOptions, symbol: string, ...args: readonly number[]): Promise<CallOutcome>;

  /**
   * Runs a variant from here on and then puts the machine back as it is now. Nothing that the variant does is recorded;
   * a wait that isn't met throws. Costs some microseconds and a few more for each page that the variant writes.
   */
  fork<Result>(variant: (driver: Driver) => Promise<Result>): Promise<Result>;
}
