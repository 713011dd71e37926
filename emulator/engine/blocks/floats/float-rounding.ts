import { STATUS_C1 } from '../../../cpu/x87/x87.ts';
import { type Assembler, OP } from '../../../wasm/assembler.ts';
import { giveUpIf, type Loaded, pushIsNormalExponent, storeRecord } from './float-locals.ts';

/** Bit 8 of the control word chooses between 64 and 53 bits, where bit 9 is set (SDM vol. 1, 8.1.5.2). */
const FULL_PRECISION = 0x100;
const EXTRA_BITS = 11; // of 64 beyond 53
const SIGN_SHIFT = 15;
const INEXACT_SHIFT = 5;
/** PE. */
const STATUS_INEXACT = 1 << INEXACT_SHIFT;
const C1_SHIFT = 9;

/** Addresses of the control and the status word, and of where the result goes: the last in a local. */
interface RoundingPlaces {
  readonly control: number;
  readonly status: number;
  readonly target: number;
}

/** Locals with a sign and a biased exponent, an i64 significand with bit 63 set, and the 64 bits below it. */
interface Unrounded {
  readonly sign: number;
  readonly exponent: number;
  readonly high: number;
  readonly low: number;
}

/** Locals to work with. */
interface RoundingLocals {
  readonly isUp: number;
  readonly isInexact: number;
  readonly below: number; // i64
  readonly unit: number; // i64
}

/**
 * Rounds to nearest, stores the result, notes in the status word whether it is inexact and was rounded up, and gives 1. Gives 0
 * before anything is stored where the result is no normal number.
 */
export function roundAndStore(
  a: Assembler,
  x: Unrounded,
  places: RoundingPlaces,
  locals: RoundingLocals,
  packed: Loaded,
): void {
  a.get(x.exponent);
  pushIsNormalExponent(a);
  a.op(OP.eqz);
  giveUpIf(a);
  splitAtUnit(a, x, places, locals);
  pushIsUp(a, locals.below, () => pushHasBit(a, x.high, locals.unit));
  a.tee(locals.isUp);
  a.if();
  a.get(x.high);
  a.get(locals.unit);
  a.op(OP.add64);
  a.tee(x.high);
  a.op(OP.eqz64);
  a.if();
  pushTopBit(a);
  a.set(x.high);
  a.get(x.exponent);
  a.const(1);
  a.op(OP.add);
  a.tee(x.exponent);
  pushIsNormalExponent(a);
  a.op(OP.eqz);
  giveUpIf(a);
  a.end();
  a.end();
  a.get(x.sign);
  a.const(SIGN_SHIFT);
  a.op(OP.shl);
  a.get(x.exponent);
  a.op(OP.or);
  a.set(packed.top);
  a.get(x.high);
  a.set(packed.significand);
  storeRecord(a, places.target, packed);
  noteRounding(a, places, locals);
}

/** What lies below the last bit that stays, left-aligned and nothing lost; the last bit itself. Cuts the significand there. */
function splitAtUnit(
  a: Assembler,
  x: Unrounded,
  { control }: RoundingPlaces,
  { below, unit, isInexact }: RoundingLocals,
): void {
  a.const(0);
  a.memory(OP.load32, control);
  a.const(FULL_PRECISION);
  a.op(OP.and);
  a.if();
  a.get(x.low);
  a.set(below);
  a.const64(1);
  a.set(unit);
  a.else();
  a.get(x.high);
  a.const64(64 - EXTRA_BITS);
  a.op(OP.shl64);
  a.get(x.low);
  a.op(OP.eqz64);
  a.op(OP.eqz);
  a.op(OP.extendU64);
  a.op(OP.or64);
  a.set(below);
  a.get(x.high);
  a.const64(-(1 << EXTRA_BITS));
  a.op(OP.and64);
  a.set(x.high);
  a.const64(1 << EXTRA_BITS);
  a.set(unit);
  a.end();
  a.get(below);
  a.op(OP.eqz64);
  a.op(OP.eqz);
  a.set(isInexact);
}

/** Pushes whether what lies below, left-aligned, is more than half of a unit, or half of one and the units odd. */
export function pushIsUp(a: Assembler, below: number, pushIsOdd: () => void): void {
  a.get(below);
  pushTopBit(a);
  a.op(OP.gtU64);
  a.get(below);
  pushTopBit(a);
  a.op(OP.eq64);
  pushIsOdd();
  a.op(OP.and);
  a.op(OP.or);
}

/** Pushes whether two i64 locals have a bit in common. */
export function pushHasBit(a: Assembler, value: number, bit: number): void {
  a.get(value);
  a.get(bit);
  a.op(OP.and64);
  a.op(OP.eqz64);
  a.op(OP.eqz);
}

/** Stores at `raised` what the status word is to get for a result that was rounded. */
export function storeRaised(a: Assembler, raised: number, below: number, isUp: number): void {
  a.const(0);
  a.const(STATUS_INEXACT);
  a.const(0);
  a.get(below);
  a.op(OP.eqz64);
  a.op(OP.eqz);
  a.op(OP.select);
  a.const(STATUS_C1);
  a.const(0);
  a.get(isUp);
  a.op(OP.select);
  a.op(OP.or);
  a.memory(OP.store32, raised);
}

export function pushTopBit(a: Assembler): void {
  a.const64(1);
  a.const64(63);
  a.op(OP.shl64);
}

function noteRounding(a: Assembler, { status }: RoundingPlaces, { isUp, isInexact }: RoundingLocals): void {
  a.const(0);
  pushStatusWithoutC1(a, status);
  a.get(isInexact);
  a.const(INEXACT_SHIFT);
  a.op(OP.shl);
  a.op(OP.or);
  a.get(isUp);
  a.const(C1_SHIFT);
  a.op(OP.shl);
  a.op(OP.or);
  a.memory(OP.store32, status);
  a.const(1);
  a.op(OP.return);
}

export function pushStatusWithoutC1(a: Assembler, status: number): void {
  a.const(0);
  a.memory(OP.load32, status);
  a.const(~STATUS_C1);
  a.op(OP.and);
}
