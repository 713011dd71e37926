import { fromDecimal, toDecimal } from '../../fpu/decimal.ts';
import type { Float } from '../../fpu/float.ts';
import { SIGNALING } from '../../fpu/float.ts';
import { DENORMAL, INVALID } from '../../fpu/float-context.ts';
import { DOUBLE, SINGLE } from '../../fpu/float-format.ts';
import { fromInt32, fromInt64, toInteger } from '../../fpu/integer.ts';
import { propagateOneNan } from '../../fpu/nan.ts';
import {
  extendedTop,
  packDoubleHigh,
  packDoubleLow,
  packSingle,
  unpackDouble,
  unpackExtended,
  unpackSingle,
} from '../../fpu/pack.ts';
import { round } from '../../fpu/round.ts';
import type { X87Place } from '../../isa/x87-operation.ts';
import type { Cpu } from '../cpu.ts';
import type { X87 } from './x87.ts';

type MemoryPlace = Exclude<X87Place, 'register'>;

/** What #AC asks for: 80-bit operands are to lie at multiples of 8. */
function alignmentOf(sizeBytes: number): number {
  return sizeBytes === 10 ? 8 : sizeBytes;
}

const SIZES: Readonly<Record<MemoryPlace, number>> = {
  single: 4,
  double: 8,
  extended: 10,
  int16: 2,
  int32: 4,
  int64: 8,
  decimal: 10,
};

/** Reads a memory operand; false after a fault, which comes before anything else. */
export function readOperand(cpu: Cpu, place: MemoryPlace, segment: number, offset: number, x: Float): boolean {
  const size = SIZES[place];
  const { access } = cpu;
  if (!access.probeRange(segment, offset, size, false, alignmentOf(size))) return false;
  if (size === 2) {
    fromInt32(x, (access.readPart(segment, offset, 2) << 16) >> 16);
    return true;
  }
  const low = access.readPart(segment, offset, 4);
  const high = size > 4 ? access.readPart(segment, (offset + 4) | 0, 4) : 0;
  const top = size > 8 ? access.readPart(segment, (offset + 8) | 0, 2) : 0;
  switch (place) {
    case 'single':
      unpackSingle(x, low);
      break;
    case 'double':
      unpackDouble(x, low, high);
      break;
    case 'extended':
      unpackExtended(x, low, high, top);
      break;
    case 'int32':
      fromInt32(x, low);
      break;
    case 'int64':
      fromInt64(x, low, high);
      break;
    default:
      fromDecimal(x, [low, high, top]);
  }
  return true;
}

/** Values in memory formats as the registers hold them: a signalling NaN becomes quiet, and denormals are told. */
export function loadIntoExtended(unit: X87, x: Float): void {
  if (x.kind === SIGNALING) {
    unit.out.copy(x);
    propagateOneNan(unit.out, x, unit.context);
    unit.context.raise(INVALID);
  } else if (x.isDenormal) unit.context.raise(DENORMAL);
}

/** The words that a store of `x` writes, converted and rounded; what an unmasked exception forbids isn't to be written. */
export function storedWords(unit: X87, place: MemoryPlace, x: Float): readonly number[] {
  const { context } = unit;
  switch (place) {
    case 'single':
      convert(unit, x, SINGLE);
      return [packSingle(x)];
    case 'double':
      convert(unit, x, DOUBLE);
      return [packDoubleLow(x), packDoubleHigh(x)];
    case 'extended':
      return [x.lo, x.hi, extendedTop(x)];
    case 'int16':
      toInteger(x, 16, context);
      return [x.lo];
    case 'int32':
      toInteger(x, 32, context);
      return [x.lo];
    case 'int64':
      toInteger(x, 64, context);
      return [x.lo, x.hi];
    default:
      return toDecimal(x, context);
  }
}

function convert(unit: X87, x: Float, format: typeof SINGLE): void {
  const { context } = unit;
  unit.out.copy(x);
  if (propagateOneNan(unit.out, x, context)) return;
  context.format = format;
  round(x, context);
}

/** May all of the operand be written? */
export function canStore(cpu: Cpu, place: MemoryPlace, segment: number, offset: number): boolean {
  return cpu.access.probeRange(segment, offset, SIZES[place], true, alignmentOf(SIZES[place]));
}

/** Writes what `canStore` has allowed, in ascending order. */
export function storeWords(
  cpu: Cpu,
  place: MemoryPlace,
  segment: number,
  offset: number,
  words: readonly number[],
): void {
  let left = SIZES[place];
  for (let i = 0; i < words.length; i++) {
    cpu.access.writePart(segment, (offset + 4 * i) | 0, left >= 4 ? 4 : 2, words[i]);
    left -= 4;
  }
}
