import { FINITE, type Float, INFINITY, QUIET, UNSUPPORTED, ZERO } from '../../fpu/float.ts';
import type { FloatContext } from '../../fpu/float-context.ts';
import { EXTENDED } from '../../fpu/float-format.ts';
import { roundToInteger } from '../../fpu/integer.ts';
import { IS_PARTIAL, NO_QUOTIENT, remainder } from '../../fpu/remainder.ts';
import { extract, scale } from '../../fpu/scale.ts';
import { squareRoot } from '../../fpu/square-root.ts';
import { arctangent } from '../../fpu/transcendental/arctangent.ts';
import { logarithm, logarithmPlusOne } from '../../fpu/transcendental/logarithm.ts';
import { power } from '../../fpu/transcendental/power.ts';
import { cosine, isReducible, sine, tangent } from '../../fpu/transcendental/trigonometry.ts';
import type { X87Function } from '../../isa/x87-operation.ts';
import { compareWithZero } from './comparison.ts';
import { STATUS_C0, STATUS_C1, STATUS_C2, STATUS_C3, type X87 } from './x87.ts';

type One = (a: Float, out: Float, context: FloatContext) => void;
type Two = (a: Float, b: Float, out: Float, context: FloatContext) => void;

/** The instructions of D9 E0-FF that compute. All but the square root work to 64 bits whatever precision control says. */
export const FUNCTIONS: Readonly<Record<X87Function, (unit: X87) => void>> = {
  changeSign: (unit) => setSign(unit, (top) => top ^ 0x8000),
  absolute: (unit) => setSign(unit, (top) => top & 0x7fff),
  test: compareWithZero,
  examine,
  power: (unit) => replaceTop(unit, power),
  logarithm: (unit) => replaceBoth(unit, logarithm),
  logarithmPlusOne: (unit) => replaceBoth(unit, logarithmPlusOne),
  arctangent: (unit) => replaceBoth(unit, arctangent),
  tangent: (unit) => pushAfter(unit, tangent, (out) => out.set(FINITE, 0, 0, 0x80000000 | 0, 0)),
  sineCosine,
  sine: (unit) => reduced(unit, sine),
  cosine: (unit) => reduced(unit, cosine),
  extract: extractParts,
  remainder: (unit) => takeRemainder(unit, false),
  remainderNearest: (unit) => takeRemainder(unit, true),
  squareRoot: (unit) => replaceTop(unit, squareRoot, false),
  round: (unit) => replaceTop(unit, roundToInteger),
  scale: scaleTop,
};

function setSign(unit: X87, change: (top: number) => number): void {
  if (unit.isEmpty(0)) {
    failTop(unit);
    return;
  }
  const [lo, hi, top] = unit.bits(0);
  unit.writeBits(0, lo, hi, change(top));
}

/** ST(0) is missing: the indefinite in its place if that is masked. */
function failTop(unit: X87): boolean {
  if (!unit.underflow()) return false;
  unit.out.setIndefinite();
  unit.write(0, unit.out);
  return true;
}

/** FXAM (SDM vol. 2, table "FXAM Results"): C3 C2 C0 for the class, C1 for the sign. */
function examine(unit: X87): void {
  const { a } = unit;
  const [, , top] = unit.bits(0);
  unit.read(0, a);
  unit.setConditions(((top & 0x8000) === 0 ? 0 : STATUS_C1) | classOf(a, unit.isEmpty(0)));
}

function classOf(a: Float, isEmpty: boolean): number {
  if (isEmpty) return STATUS_C3 | STATUS_C0;
  if (a.kind === UNSUPPORTED) return 0;
  if (a.kind >= QUIET) return STATUS_C0;
  if (a.kind === INFINITY) return STATUS_C2 | STATUS_C0;
  if (a.kind === ZERO) return STATUS_C3;
  return a.isDenormal ? STATUS_C3 | STATUS_C2 : STATUS_C2;
}

function replaceTop(unit: X87, compute: One, isFull = true): void {
  const { a, out, context } = unit;
  if (unit.isEmpty(0)) {
    failTop(unit);
    return;
  }
  if (isFull) context.format = EXTENDED;
  unit.read(0, a);
  compute(a, out, context);
  if (!context.isPrevented) unit.write(0, out);
}

/** ST(1) = f(ST(0), ST(1)), and ST(0) goes. */
function replaceBoth(unit: X87, compute: Two): void {
  const { a, b, out, context } = unit;
  if (unit.isEmpty(0) || unit.isEmpty(1)) {
    if (!unit.underflow()) return;
    out.setIndefinite();
  } else {
    context.format = EXTENDED;
    unit.read(0, a);
    unit.read(1, b);
    compute(a, b, out, context);
    if (context.isPrevented) return;
  }
  unit.write(1, out);
  unit.pop();
}

function scaleTop(unit: X87): void {
  const { a, b, out, context } = unit;
  if (unit.isEmpty(0) || unit.isEmpty(1)) {
    failTop(unit);
    return;
  }
  context.format = EXTENDED;
  unit.read(0, a);
  unit.read(1, b);
  scale(a, b, out, context);
  if (!context.isPrevented) unit.write(0, out);
}

/** FPREM, FPREM1: C2 while the reduction isn't complete, else C0 C3 C1 the quotient's low bits. */
function takeRemainder(unit: X87, isNearest: boolean): void {
  const { a, b, out, context } = unit;
  unit.clearC2();
  if (unit.isEmpty(0) || unit.isEmpty(1)) {
    failTop(unit);
    return;
  }
  context.format = EXTENDED;
  unit.read(0, a);
  unit.read(1, b);
  const quotient = remainder(a, b, isNearest, out, context);
  if (context.isPrevented) return;
  unit.write(0, out);
  if (quotient === NO_QUOTIENT) return;
  if (quotient === IS_PARTIAL) {
    unit.setConditions(STATUS_C2);
    return;
  }
  const [c0, c3, c1] = [quotient & 4, quotient & 2, quotient & 1];
  unit.setConditions((c0 === 0 ? 0 : STATUS_C0) | (c3 === 0 ? 0 : STATUS_C3) | (c1 === 0 ? 0 : STATUS_C1));
}

/** FSIN and FCOS: an argument of 2^63 or more stays, with C2 set. */
function reduced(unit: X87, compute: One): void {
  unit.clearC2();
  if (unit.isEmpty(0)) {
    failTop(unit);
    return;
  }
  unit.read(0, unit.a);
  if (isReducible(unit.a)) replaceTop(unit, compute);
  else unit.conditions |= STATUS_C2;
}

/** FPTAN: the result, then another value is pushed. */
function pushAfter(unit: X87, compute: One, second: (out: Float) => void): void {
  const { a, out, context } = unit;
  unit.clearC2();
  if (!hasRoomFor(unit)) return;
  unit.read(0, a);
  if (!isReducible(a)) {
    unit.conditions |= STATUS_C2;
    return;
  }
  context.format = EXTENDED;
  compute(a, out, context);
  if (context.isPrevented) return;
  unit.write(0, out);
  if (out.kind < QUIET) second(out);
  unit.push(out);
}

function sineCosine(unit: X87): void {
  const { a, out, context } = unit;
  unit.clearC2();
  if (!hasRoomFor(unit)) return;
  unit.read(0, a);
  if (!isReducible(a)) {
    unit.conditions |= STATUS_C2;
    return;
  }
  context.format = EXTENDED;
  sine(a, out, context);
  if (context.isPrevented) return;
  unit.write(0, out);
  cosine(a, out, context);
  unit.push(out);
}

function extractParts(unit: X87): void {
  const { a, b, out, context } = unit;
  if (!hasRoomFor(unit)) return;
  unit.read(0, a);
  extract(a, b, out, context);
  if (context.isPrevented) return;
  unit.write(0, b);
  unit.push(out);
}

/** Is there an operand, and an empty register for a second result? If not, both are the indefinite if that is masked. */
function hasRoomFor(unit: X87): boolean {
  const isMissing = unit.isEmpty(0);
  if (!isMissing && unit.isEmpty(-1)) return true;
  const isMasked = isMissing ? unit.underflow() : unit.overflow();
  if (!isMasked) return false;
  unit.out.setIndefinite();
  unit.write(0, unit.out);
  unit.push(unit.out);
  return false;
}
