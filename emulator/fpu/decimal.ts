import { type Float, QUIET } from './float.ts';
import { type FloatContext, INVALID } from './float-context.ts';
import { fromInt64, toInteger } from './integer.ts';

/*
 * Packed BCD of 18 digits and a sign, ten bytes (SDM vol. 1, 4.7). Not hot: BigInt does the radix conversion.
 */

const LARGEST = 999_999_999_999_999_999n;
const WORD_BITS = 32n;

/** x = the number in three little-endian words, of the last of which 16 bits count. Digits above 9 count as what they are. */
export function fromDecimal(x: Float, words: readonly [number, number, number]): void {
  let value = 0n;
  for (let digit = 17; digit >= 0; digit--) {
    value = value * 10n + BigInt((words[digit >> 3] >>> (4 * (digit & 7))) & 15);
  }
  fromInt64(x, Number(BigInt.asIntN(32, value)), Number(value >> WORD_BITS));
  x.sign = (words[2] >>> 15) & 1;
}

/** The number rounded to an integer in packed BCD; the "packed BCD indefinite" when it is invalid. */
export function toDecimal(a: Float, context: FloatContext): readonly [number, number, number] {
  const { sign, kind } = a;
  const before = context.flags;
  toInteger(a, 64, context);
  const value = (BigInt(a.hi) << WORD_BITS) | BigInt(a.lo >>> 0);
  const magnitude = value < 0n ? -value : value;
  if (kind >= QUIET || (context.flags & INVALID) !== 0 || magnitude > LARGEST) {
    context.flags = before | INVALID;
    context.isRoundedUp = false;
    return [0, 0xc0000000 | 0, 0xffff];
  }
  const digits = BigInt(`0x${magnitude}`);
  const top = Number(digits >> (2n * WORD_BITS)) | (sign << 15);
  return [Number(BigInt.asIntN(32, digits)), Number(BigInt.asIntN(32, digits >> WORD_BITS)), top];
}
