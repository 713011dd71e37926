import type { RegisterValues, StopReason } from '../../traces/index.ts';
import type { Key } from './keys.ts';

/** How long a wait may last, in instructions from its start. */
export interface WaitOptions {
  readonly limit?: number;
}

/** How a guest call ended. `eax` is the function's result, an unsigned 32-bit number. */
export type CallOutcome =
  | { readonly kind: 'returned'; readonly eax: number }
  | { readonly kind: 'ended'; readonly reason: StopReason };

/**
 * What a scenario does with the guest. Every wait has a limit. A wait that isn't met, because the limit passed or the
 * guest ended, ends the scenario there; the recording is closed with what happened and compared like any other.
 */
export interface Driver {
  /** Instructions retired so far; gilt's only clock. */
  readonly icount: number;
  readonly registers: RegisterValues;

  /** Runs exactly `instructions` more instructions. */
  runFor(instructions: number): Promise<void>;
  /**
   * Runs until IRQ 0 was delivered `ticks` times. Default limit: each tick within four periods of the slowest timer, and
   * with the clock `idle` four busy limits more.
   */
  runTicks(ticks: number, options?: WaitOptions): Promise<void>;
  /** Runs until the text screen shows `text` within one row; with the clock `idle`, on to where the guest is idle then. */
  runUntilText(text: string, options?: WaitOptions): Promise<void>;
  /** Runs until the next call of `symbol`; its first instruction is not yet executed. */
  runUntilCall(symbol: string, options?: WaitOptions): Promise<void>;
  /** Runs until the guest ends and says why: it halted for good, shut down, left by the exit port. */
  runUntilStop(options?: WaitOptions): Promise<StopReason>;

  /** Presses and releases keys of a US keyboard: characters of a text, or named keys such as `{ key: 'F1' }`. */
  press(...keys: readonly Key[]): void;
  /** Queues bytes (a text as Latin-1) at a serial port; 0 is COM1. */
  sendSerial(bytes: string | Uint8Array, port?: number): void;

  /** Records the text screen under a name of its own: small letters, digits, hyphens. */
  screenshot(name: string): void;
  /** Records digests of the machine's whole state, and lets the lenses look at memory there. */
  checkpoint(name: string): void;
  /** Records in words what the scenario does next; reports quote it. */
  step(text: string): void;

  /** The rows of the text screen as they are now, without trailing blanks. Records nothing. */
  screenText(): readonly string[];
  /** Guest memory at a symbol or linear address. Records nothing. */
  readMemory(place: string | number, length: number): Uint8Array;
  /** Writes guest memory at a symbol or linear address; recorded as an input. */
  writeMemory(place: string | number, bytes: Uint8Array): void;

  /**
   * Calls a guest function (cdecl, 32-bit arguments) from where the guest is now, with interrupts held back, and runs
   * to its return or to the guest's end. After a return the registers are as before.
   */
  call(symbol: string, ...args: readonly number[]): Promise<CallOutcome>;
}
