import { VECTOR_DE } from './constants.ts';
import type { Cpu } from './cpu.ts';
import * as S from './state.ts';

/** An unsigned 64-bit number in halves, each 0 to 2^32 - 1. */
interface Wide {
  readonly high: number;
  readonly low: number;
}

/**
 * DIV: the dividend is the low 16 bits of `low` (size 1), or `high`:`low` of `size` bytes each. Gives the quotient, and the
 * remainder in RESULT2; raises #DE for a zero divisor or a quotient that doesn't fit. Source: SDM vol. 2, DIV.
 */
export function divide(cpu: Cpu, high: number, low: number, divisor: number, size: 1 | 2 | 4): number {
  const mask = 2 ** (8 * size);
  const by = (divisor >>> 0) % mask;
  const dividend = unsignedDividend(high, low, size);
  const quotient = quotientOf(dividend, by);
  if (quotient === undefined || quotient >= mask) {
    cpu.raise(VECTOR_DE);
    return 0;
  }
  cpu.s[S.RESULT2] = remainderOf(dividend, quotient, by);
  return quotient | 0;
}

/** IDIV: truncates towards zero, the remainder has the dividend's sign. Source: SDM vol. 2, IDIV. */
export function divideSigned(cpu: Cpu, high: number, low: number, divisor: number, size: 1 | 2 | 4): number {
  const unused = 32 - 8 * size;
  const by = (divisor << unused) >> unused;
  const dividend = signedDividend(high, low, size);
  const isNegative = dividend.high >= 2 ** 31;
  const magnitude = isNegative ? negate(dividend) : dividend;
  const quotient = quotientOf(magnitude, Math.abs(by));
  const isQuotientNegative = isNegative !== by < 0;
  const largest = 2 ** (8 * size - 1) - (isQuotientNegative ? 0 : 1);
  if (quotient === undefined || quotient > largest) {
    cpu.raise(VECTOR_DE);
    return 0;
  }
  const remainder = remainderOf(magnitude, quotient, Math.abs(by));
  cpu.s[S.RESULT2] = isNegative ? -remainder : remainder;
  return (isQuotientNegative ? -quotient : quotient) | 0;
}

function unsignedDividend(high: number, low: number, size: 1 | 2 | 4): Wide {
  if (size === 1) return { high: 0, low: low & 0xffff };
  if (size === 2) return { high: 0, low: ((high << 16) | (low & 0xffff)) >>> 0 };
  return { high: high >>> 0, low: low >>> 0 };
}

function signedDividend(high: number, low: number, size: 1 | 2 | 4): Wide {
  if (size === 4) return { high: high >>> 0, low: low >>> 0 };
  const value = size === 1 ? (low << 16) >> 16 : (high << 16) | (low & 0xffff);
  return { high: value < 0 ? 0xffffffff : 0, low: value >>> 0 };
}

function negate(value: Wide): Wide {
  const low = -value.low >>> 0;
  return { high: (~value.high + (low === 0 ? 1 : 0)) >>> 0, low };
}

/** The quotient, or undefined when it doesn't fit 32 bits. 16 bits at a time keep every number below 2^48, so exact. */
function quotientOf(dividend: Wide, divisor: number): number | undefined {
  if (dividend.high >= divisor) return undefined;
  const upper = dividend.high * 0x10000 + Math.floor(dividend.low / 0x10000);
  const upperQuotient = Math.floor(upper / divisor);
  const lower = (upper - upperQuotient * divisor) * 0x10000 + (dividend.low % 0x10000);
  return upperQuotient * 0x10000 + Math.floor(lower / divisor);
}

/** The true remainder is below 2^32, so arithmetic modulo 2^32 gives it. */
function remainderOf(dividend: Wide, quotient: number, divisor: number): number {
  return (dividend.low - Math.imul(quotient, divisor)) >>> 0;
}
