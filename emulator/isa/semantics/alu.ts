import { FLAG_CF, FLAG_OF } from '../eflags.ts';
import { FLAGS_ADD, FLAGS_DEC, FLAGS_INC, FLAGS_LOGIC, FLAGS_SUB } from '../flags.ts';
import type { Lift, Semantics } from '../lift.ts';
import type { BinaryOp, Size, Temp } from '../micro-op.ts';

/** Two-operand arithmetic: destination op= source. Source: SDM vol. 2, ADD, ADC, SUB, SBB, AND, OR, XOR. */
function arithmetic(op: BinaryOp, rule: number, isWithCarry = false): Semantics {
  return (l) => {
    const a = l.readForWrite(0);
    const b = l.read(1);
    let r = l.binary(op, a, b);
    if (isWithCarry) r = l.binary(op, r, l.getBits(FLAG_CF));
    l.write(0, r);
    l.flags(rule, l.sizeOf(0), r, a, b);
  };
}

export const add = arithmetic('add', FLAGS_ADD);
export const adc = arithmetic('add', FLAGS_ADD, true);
export const sub = arithmetic('sub', FLAGS_SUB);
export const sbb = arithmetic('sub', FLAGS_SUB, true);
export const and = arithmetic('and', FLAGS_LOGIC);
export const or = arithmetic('or', FLAGS_LOGIC);
export const xor = arithmetic('xor', FLAGS_LOGIC);

export const cmp: Semantics = (l) => {
  const a = l.read(0);
  const b = l.read(1);
  l.flags(FLAGS_SUB, l.sizeOf(0), l.sub(a, b), a, b);
};

export const test: Semantics = (l) => {
  const a = l.read(0);
  const b = l.read(1);
  l.flags(FLAGS_LOGIC, l.sizeOf(0), l.and(a, b), a, b);
};

function step(op: 'add' | 'sub', rule: number): Semantics {
  return (l) => {
    const a = l.readForWrite(0);
    const one = l.const(1);
    const r = l.binary(op, a, one);
    l.write(0, r);
    l.flags(rule, l.sizeOf(0), r, a, one);
  };
}

export const inc = step('add', FLAGS_INC);
export const dec = step('sub', FLAGS_DEC);

export const not: Semantics = (l) => {
  l.write(0, l.xor(l.readForWrite(0), l.const(-1)));
};

export const neg: Semantics = (l) => {
  const zero = l.const(0);
  const b = l.readForWrite(0);
  const r = l.sub(zero, b);
  l.write(0, r);
  l.flags(FLAGS_SUB, l.sizeOf(0), r, zero, b);
};

/** Low and high half of a product of two `size`-byte values, zero- or sign-extended beforehand. */
function product(l: Lift, size: Size, a: Temp, b: Temp, highOp: 'mulhu' | 'mulhs'): readonly [low: Temp, high: Temp] {
  const low = l.binary('mul', a, b);
  const high = size === 4 ? l.binary(highOp, a, b) : l.binary('sar', low, l.const(8 * size));
  return [low, high];
}

/**
 * CF and OF when the product doesn't fit the low half. The other arithmetic flags are undefined (SDM vol. 2, MUL);
 * they follow the low half, as processors since the P6 leave them.
 */
function productFlags(l: Lift, size: Size, low: Temp, isWide: Temp): void {
  l.flags(FLAGS_LOGIC, size, low, low, low);
  l.setBits(FLAG_CF | FLAG_OF, l.and(l.sub(l.const(0), isWide), l.const(FLAG_CF | FLAG_OF)));
}

/** MUL and one-operand IMUL: AX, DX:AX or EDX:EAX = accumulator times operand. */
function multiplyAccumulator(isSigned: boolean): Semantics {
  return (l) => {
    const size = l.sizeOf(0);
    const extend = (t: Temp): Temp => (isSigned ? l.sext(t, size) : t);
    const b = extend(l.read(0));
    const a = extend(l.getReg(0, size));
    const [low, high] = product(l, size, a, b, isSigned ? 'mulhs' : 'mulhu');
    if (size === 1) l.setReg(0, 2, low);
    else {
      l.setReg(0, size, low);
      l.setReg(2, size, high);
    }
    const isWide = isSigned
      ? size === 4
        ? l.ne(high, l.sar(low, l.const(31)))
        : l.ne(low, l.sext(low, size))
      : l.ne(l.zext(high, size), l.const(0));
    productFlags(l, size, low, isWide);
  };
}

export const mul = multiplyAccumulator(false);
export const imulAccumulator = multiplyAccumulator(true);

/** IMUL with two operands (destination times source) or three (destination = source times immediate). */
function multiplyInto(first: number, second: number): Semantics {
  return (l) => {
    const size = l.sizeOf(0);
    const a = l.sext(l.read(first), size);
    const b = l.sext(l.read(second), size);
    const [low, high] = product(l, size, a, b, 'mulhs');
    l.write(0, low);
    const isWide = size === 4 ? l.ne(high, l.sar(low, l.const(31))) : l.ne(low, l.sext(low, size));
    productFlags(l, size, low, isWide);
  };
}

export const imul2 = multiplyInto(0, 1);
export const imul3 = multiplyInto(1, 2);

/** DIV and IDIV. The helper raises #DE; the flags are undefined and stay as they are. */
function divideAccumulator(helper: 'divide' | 'divideSigned'): Semantics {
  return (l) => {
    const size = l.sizeOf(0);
    const divisor = l.read(0);
    const low = l.getReg(0, size === 1 ? 2 : size);
    const high = size === 1 ? l.const(0) : l.getReg(2, size);
    const quotient = l.call(helper, high, low, divisor, l.const(size));
    const remainder = l.getSlot('result2');
    if (size === 1) {
      l.setReg(0, 2, l.or(l.zext(quotient, 1), l.shl(l.zext(remainder, 1), l.const(8))));
    } else {
      l.setReg(0, size, quotient);
      l.setReg(2, size, remainder);
    }
  };
}

export const div = divideAccumulator('divide');
export const idiv = divideAccumulator('divideSigned');
