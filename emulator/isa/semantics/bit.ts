import { FLAG_CF, FLAG_ZF } from '../eflags.ts';
import { FLAGS_LOGIC } from '../flags.ts';
import type { Lift, Semantics } from '../lift.ts';
import type { Temp } from '../micro-op.ts';

type BitAction = 'test' | 'set' | 'reset' | 'complement';

/** BT, BTS, BTR, BTC. The other arithmetic flags are undefined and stay (SDM vol. 2, BT). */
function bitOperation(action: BitAction): Semantics {
  return (l) => {
    const size = l.sizeOf(0);
    const index = l.read(1);
    const within = l.and(index, l.const(8 * size - 1));
    const offset = l.isMemory(0) ? bitAddress(l, index) : undefined;
    const isWriting = action !== 'test';
    const a = offset === undefined ? l.read(0) : l.load('segment', offset, size, isWriting);
    const mask = l.shl(l.const(1), within);
    if (isWriting) {
      const r = applied(l, action, a, mask);
      if (offset === undefined) l.write(0, r);
      else l.store('segment', offset, size, r);
    }
    l.setBits(FLAG_CF, l.bit(a, within));
  };
}

/** A register index reaches beyond the operand, in both directions; an immediate one doesn't. */
function bitAddress(l: Lift, index: Temp): Temp {
  const size = l.sizeOf(0);
  if (l.sizeOf(1) === 1) return l.address();
  const shift = size === 4 ? 5 : 4;
  const units = l.sar(l.sext(index, size), l.const(shift));
  const bytes = l.shl(units, l.const(size === 4 ? 2 : 1));
  return l.zext(l.add(l.address(), bytes), l.shape.addressBytes);
}

function applied(l: Lift, action: BitAction, a: Temp, mask: Temp): Temp {
  if (action === 'set') return l.or(a, mask);
  if (action === 'complement') return l.xor(a, mask);
  return l.and(a, l.xor(mask, l.const(-1)));
}

export const bt = bitOperation('test');
export const bts = bitOperation('set');
export const btr = bitOperation('reset');
export const btc = bitOperation('complement');

/** BSF, BSR: a zero source sets ZF and leaves the destination (documented as undefined, relied upon by software). */
function bitScan(direction: 'forward' | 'reverse'): Semantics {
  return (l) => {
    const size = l.sizeOf(0);
    const source = l.read(1);
    const isZero = l.isZero(source);
    const found =
      direction === 'forward' ? l.countZeros('ctz', source) : l.sub(l.const(31), l.countZeros('clz', source));
    l.write(0, l.select(isZero, l.getReg('reg', size), found));
    // The other flags are undefined; processors take them from the result.
    const r = l.select(isZero, source, found);
    l.flags(FLAGS_LOGIC, size, r, r, r);
    l.setBits(FLAG_ZF, l.shl(isZero, l.const(6)));
  };
}

export const bsf = bitScan('forward');
export const bsr = bitScan('reverse');

export function setcc(code: number): Semantics {
  return (l) => l.write(0, l.condition(code));
}

/** BSWAP (486). With a 16-bit operand it is undefined; processors give 0 (SDM vol. 2, BSWAP). */
export const bswap: Semantics = (l) => {
  if (l.operandBytes === 2) {
    l.setReg('reg', 2, l.const(0));
    return;
  }
  const a = l.getReg('reg', 4);
  const eight = l.const(8);
  const mask = l.const(0xff00ff);
  const swapped = l.or(l.shl(l.and(a, mask), eight), l.and(l.shr(a, eight), mask));
  const sixteen = l.const(16);
  l.setReg('reg', 4, l.or(l.shl(swapped, sixteen), l.shr(swapped, sixteen)));
};
