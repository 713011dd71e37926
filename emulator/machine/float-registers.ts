import type { Cpu } from '../cpu/cpu.ts';
import * as S from '../cpu/state.ts';

/** The x87, MMX and SSE registers in hexadecimal, by name: r0-r7 the x87's physical registers, sign and exponent first. */
export type FloatRegisters = Readonly<Record<string, string>>;

const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7];

export function readFloatRegisters(cpu: Cpu): FloatRegisters {
  const { floats } = cpu.state;
  const word = (slot: number): string => digits(floats[slot], 8);
  const x87 = NUMBERS.map((n): [string, string] => {
    const slot = S.X87_REGISTER + 3 * n;
    return [`r${n}`, `${digits(floats[slot + 2], 4)}.${word(slot + 1)}${word(slot)}`];
  });
  const xmm = NUMBERS.map((n): [string, string] => {
    const slot = S.XMM + 4 * n;
    return [`xmm${n}`, word(slot + 3) + word(slot + 2) + word(slot + 1) + word(slot)];
  });
  return {
    control: digits(floats[S.X87_CONTROL], 4),
    status: digits(floats[S.X87_STATUS], 4),
    'in-use': digits(floats[S.X87_IN_USE], 2),
    ...Object.fromEntries(x87),
    mxcsr: digits(floats[S.MXCSR], 4),
    ...Object.fromEntries(xmm),
  };
}

function digits(value: number, count: number): string {
  return (value >>> 0).toString(16).padStart(count, '0');
}
