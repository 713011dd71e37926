import { EXTENDED, type FloatFormat } from './float-format.ts';

/** Exceptions as bits of the x87 status word, the masks of its control word, and MXCSR (SDM vol. 1, 8.1.3 and 10.2.3). */
export const INVALID = 1;
export const DENORMAL = 2;
export const ZERO_DIVIDE = 4;
export const OVERFLOW = 8;
export const UNDERFLOW = 16;
export const INEXACT = 32;
export const ALL_EXCEPTIONS = 0x3f;
/** Those that are found before an operation begins: unmasked, they keep it from happening. */
export const BEFORE_OPERATION = INVALID | DENORMAL | ZERO_DIVIDE;

/** Rounding control as both control registers encode it. */
export const TO_NEAREST = 0;
export const DOWN = 1;
export const UP = 2;
export const TO_ZERO = 3;

/** What an operation depends on besides its operands, and what it reports besides its result. */
export class FloatContext {
  rounding = TO_NEAREST;
  /** Exceptions that are masked. */
  masks = ALL_EXCEPTIONS;
  /** Format that results are rounded to. */
  format: FloatFormat = EXTENDED;
  /** MXCSR.FZ: masked underflow gives 0. */
  flushesToZero = false;
  /** Of two NaNs, SSE takes the first, the x87 the larger one (SDM vol. 1, table 4-7). */
  readonly prefersFirstNan: boolean;

  /** Exceptions of the operations since `begin`. */
  flags = 0;
  /** The last rounding made the magnitude larger. */
  isRoundedUp = false;

  constructor(prefersFirstNan: boolean) {
    this.prefersFirstNan = prefersFirstNan;
  }

  begin(): void {
    this.flags = 0;
    this.isRoundedUp = false;
  }

  raise(exceptions: number): void {
    this.flags |= exceptions;
  }

  /** Has an unmasked exception been found that keeps the operation from happening? */
  get isPrevented(): boolean {
    return (this.flags & ~this.masks & BEFORE_OPERATION) !== 0;
  }
}
