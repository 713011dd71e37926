import { WRITE_ORIGINS } from '../events.ts';
import { cell, FIND_SLOT, PUT_ZEROS, setCell } from './column-functions.ts';
import { COLUMN, SLOT } from './memory-map.ts';
import { ERROR, type RowContext } from './row-context.ts';
import * as w from './wasm-code.ts';

const ICOUNT_LIMIT = 2 ** 52;

/** All ones where an i32 isn't zero. */
const isSet = (value: w.Code): w.Code => w.sub(w.i32(0), w.ne(value, w.i32(0)));
const mixed = (mask: w.Local, ones: w.Code, zeros: w.Code): w.Code =>
  w.or(w.and(ones, w.get(mask)), w.and(zeros, w.xor(w.get(mask), w.i32(-1))));

const isZero = (value: w.Code): w.Code => w.sub(w.i32(0), w.not(value));

/** From the slot of the record before to this one's. */
export function follow(k: RowContext): w.Code {
  const f = k.f;
  const { slot, guess, origin, eip, tag, delta, late, isSame, control, streak, residual, width, record, eipEnd } = k.v;
  const guessed = (at: number): w.Code => w.load32(w.get(guess), at);
  return [
    ...w.set(residual, w.add(w.and(k.field(SLOT.tag), w.i32(7)), w.i32(1))),
    ...w.set(residual, w.sub(w.get(residual), w.shrU(w.get(residual), w.i32(3)))), // MAX_POSITION at most
    ...w.set(tag, w.sub(w.i32(0), w.and(w.get(isSame), w.eqF64(w.get(delta), w.f64(0))))),
    ...w.set(tag, w.or(w.and(w.get(tag), w.get(residual)), w.shl(w.get(origin), w.i32(3)))),
    ...w.set(guess, k.field(SLOT.next)),
    ...w.set(late, w.subF64(w.get(delta), w.loadF64(w.get(slot), SLOT.pace))),
    ...w.set(control, w.i32(0)),
    ...f.when(w.neF64(w.get(late), w.f64(0)), () => putLate(k)),
    ...f.when(
      w.and(w.eq(guessed(SLOT.eip), w.get(eip)), w.eq(guessed(SLOT.tag), w.get(tag))),
      () => [
        ...w.set(streak, w.and(w.add(w.get(streak), w.i32(1)), isZero(w.xor(w.get(guess), w.get(slot))))),
        ...w.set(slot, w.get(guess)),
      ],
      () => [
        ...w.set(residual, w.sub(w.get(eip), guessed(SLOT.eip))),
        ...k.put(eipEnd),
        ...w.set(control, w.or(w.get(control), w.shl(w.get(width), w.i32(2)))),
        ...w.set(residual, w.sub(w.get(origin), w.shrU(guessed(SLOT.tag), w.i32(3)))),
        ...f.when(w.get(residual), () => [
          ...f.when(w.geU(w.get(origin), w.i32(WRITE_ORIGINS.length)), () => k.fail(ERROR.origin)),
          ...k.putSparse(COLUMN.origin, w.get(record), w.get(residual)),
        ]),
        ...w.set(guess, w.call(FIND_SLOT, w.get(eip), w.get(tag))),
        ...k.setField(SLOT.next, w.get(guess)),
        ...w.set(slot, w.get(guess)),
        ...w.set(streak, w.i32(0)),
      ],
    ),
  ];
}

/** An icount that came late, or early: eight bytes where two don't suffice. */
function putLate(k: RowContext): w.Code {
  const f = k.f;
  const { slot, delta, late, high, control, icountEnd } = k.v;
  const negative = w.subF64(w.mulF64(w.get(late), w.f64(-2)), w.f64(1));
  const word = w.f64(2 ** 32);
  const isWide = (bits: number): w.Code => w.geF64(w.get(late), w.f64(2 ** bits));
  const isWrong = w.or(
    w.or(w.ltF64(w.get(delta), w.f64(0)), w.geF64(w.get(delta), w.f64(ICOUNT_LIMIT))),
    w.neF64(w.truncF64(w.get(delta)), w.get(delta)),
  );
  return [
    ...f.when(isWrong, () => k.fail(ERROR.icount)),
    ...w.storeF64(w.get(slot), w.get(delta), SLOT.pace),
    ...w.set(late, w.select(w.ltF64(w.get(late), w.f64(0)), negative, w.mulF64(w.get(late), w.f64(2)))),
    ...w.set(high, w.truncF64(w.mulF64(w.get(late), w.f64(2 ** -32)))),
    ...w.store32(w.get(icountEnd), w.toU32(w.subF64(w.get(late), w.mulF64(w.get(high), word)))),
    ...w.store32(w.get(icountEnd), w.toU32(w.get(high)), 4),
    ...w.set(control, w.add(w.add(w.i32(1), isWide(8)), isWide(16))),
    ...w.grow(icountEnd, w.add(w.get(control), w.mul(w.eq(w.get(control), w.i32(3)), w.i32(5)))),
  ];
}

/** By the gap to the record before, or by the step from the slot's last one. */
export function predictLinear(k: RowContext): w.Code {
  const { linear, previousLinear, fromGap, fromStep, byGap, residual, gapWrong, parts, moved, step, linearEnd } = k.v;
  const { control, width } = k.v;
  return [
    ...w.set(moved, w.sub(w.get(linear), k.field(SLOT.linear))),
    ...w.set(step, k.field(SLOT.linearStep)),
    ...w.set(fromGap, w.sub(w.sub(w.get(linear), w.get(previousLinear)), k.field(SLOT.gap))),
    ...w.set(fromStep, w.sub(w.get(moved), w.get(step))),
    ...w.set(byGap, k.field(SLOT.byGap)),
    ...w.set(residual, mixed(byGap, w.get(fromGap), w.get(fromStep))),
    ...k.put(linearEnd),
    ...w.set(control, w.or(w.get(control), w.shl(w.get(width), w.i32(4)))),
    ...w.set(gapWrong, isSet(w.get(fromGap))),
    ...w.set(parts, w.xor(w.get(gapWrong), isSet(w.get(fromStep)))),
    ...k.setField(SLOT.byGap, mixed(parts, w.xor(w.get(gapWrong), w.i32(-1)), w.get(byGap))),
    ...learnStep(k, SLOT.linearStep, SLOT.linearDelta, moved, step),
    ...k.setField(SLOT.gap, w.sub(w.get(linear), w.get(previousLinear))),
    ...k.setField(SLOT.linear, w.get(linear)),
    ...w.set(previousLinear, w.get(linear)),
  ];
}

/** A difference that came twice running is the step from now on. */
function learnStep(k: RowContext, stepAt: number, deltaAt: number, moved: w.Local, step: w.Local): w.Code {
  const isRepeated = w.eq(w.get(moved), k.field(deltaAt));
  return [...k.setField(stepAt, w.select(isRepeated, w.get(moved), w.get(step))), ...k.setField(deltaAt, w.get(moved))];
}

export function predictValue(k: RowContext): w.Code {
  const { value, moved, step, residual, valueEnd, control, width } = k.v;
  return [
    ...w.set(moved, w.sub(w.get(value), k.field(SLOT.value))),
    ...w.set(step, k.field(SLOT.valueStep)),
    ...w.set(residual, w.sub(w.get(moved), w.get(step))),
    ...k.put(valueEnd),
    ...w.set(control, w.or(w.get(control), w.shl(w.get(width), w.i32(6)))),
    ...learnStep(k, SLOT.valueStep, SLOT.valueDelta, moved, step),
    ...k.setField(SLOT.value, w.get(value)),
  ];
}

/** What hardly ever changes, and the control byte. */
export function predictRest(k: RowContext): w.Code {
  const f = k.f;
  const { linear, physical, size, record, residual, control, zeros, streak, controlEnd } = k.v;
  const isSize = w.or(w.or(w.eq(w.get(size), w.i32(1)), w.eq(w.get(size), w.i32(2))), w.eq(w.get(size), w.i32(4)));
  return [
    ...w.set(residual, w.sub(w.sub(w.get(physical), w.get(linear)), k.field(SLOT.offset))),
    ...f.when(w.get(residual), () => [
      ...k.putSparse(COLUMN.physical, w.get(record), w.get(residual)),
      ...k.setField(SLOT.offset, w.sub(w.get(physical), w.get(linear))),
      ...w.set(streak, w.i32(0)),
    ]),
    ...w.set(residual, w.sub(w.get(size), k.field(SLOT.size))),
    ...f.when(w.get(residual), () => [
      ...f.when(w.not(isSize), () => k.fail(ERROR.size)),
      ...k.putSparse(COLUMN.size, w.get(record), w.get(residual)),
      ...k.setField(SLOT.size, w.get(size)),
      ...w.set(streak, w.i32(0)),
    ]),
    ...k.checkFit(),
    ...f.when(
      w.get(control),
      () => [
        ...f.when(w.get(zeros), () => [
          ...setCell(COLUMN.control.end, w.get(controlEnd)),
          ...w.drop(w.call(PUT_ZEROS, w.get(zeros))),
          ...w.set(controlEnd, cell(COLUMN.control.end)),
          ...w.set(zeros, w.i32(0)),
        ]),
        ...w.store8(w.get(controlEnd), w.get(control)),
        ...w.grow(controlEnd, w.i32(1)),
        ...w.set(streak, w.i32(0)),
      ],
      () => w.grow(zeros, w.i32(1)),
    ),
  ];
}
