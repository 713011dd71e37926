import { WRITE_ORIGINS } from '../events.ts';
import {
  type Context,
  DECODE_ERROR,
  FIND_DECODER_SLOT,
  field,
  rareResidual,
  residualOf,
  setField,
} from './decode-context.ts';
import { RARE } from './decoder-map.ts';
import { SLOT } from './memory-map.ts';
import * as w from './wasm-code.ts';

const isSet = (value: w.Code): w.Code => w.sub(w.i32(0), w.ne(value, w.i32(0)));

/** When, where in the code and by whom: from the slot of the record before to this one's. */
export function place(k: Context): w.Code {
  const { f, v, icount, delta, wide, fail } = k;
  const { slot, guess, isSelf, eip, tag, origin, residual, width, icountAt, eipAt, record, nextRare } = v;
  const before = (at: number): w.Code => w.load32(w.get(slot), at);
  const guessed = (at: number): w.Code => w.load32(w.get(guess), at);
  const low = w.and64(w.get(wide), w.i64(1));
  return [
    ...w.set(delta, w.loadF64(w.get(slot), SLOT.pace)),
    ...f.when(w.and(w.get(v.control), w.i32(3)), () => [
      ...w.set(wide, w.load64(w.get(icountAt))),
      ...w.set(wide, w.xor64(w.shrU64(w.get(wide), w.i64(1)), w.sub64(w.i64(0), low))),
      ...residualOf(k, icountAt, 0),
      ...f.when(
        w.eq(w.get(width), w.i32(3)),
        () => [...w.set(delta, w.addF64(w.get(delta), w.fromI64(w.get(wide)))), ...w.grow(icountAt, w.i32(4))],
        () => w.set(delta, w.addF64(w.get(delta), w.fromI32(w.get(residual)))),
      ),
      ...f.when(w.ltF64(w.get(delta), w.f64(0)), () => fail(DECODE_ERROR.icount)),
      ...w.storeF64(w.get(slot), w.get(delta), SLOT.pace),
    ]),
    ...w.set(icount, w.addF64(w.get(icount), w.get(delta))),
    ...w.set(guess, before(SLOT.next)),
    ...w.set(origin, w.shrU(guessed(SLOT.tag), w.i32(3))),
    ...f.when(w.eq(w.get(record), w.get(nextRare)), () => [
      ...w.grow(origin, rareResidual(k, RARE.origin)),
      ...f.when(w.geU(w.get(origin), w.i32(WRITE_ORIGINS.length)), () => fail(DECODE_ERROR.origin)),
    ]),
    ...residualOf(k, eipAt, 2),
    ...w.set(eip, w.add(w.get(residual), guessed(SLOT.eip))),
    // The position of one more write of the same instruction.
    ...w.set(tag, w.add(w.and(before(SLOT.tag), w.i32(7)), w.i32(1))),
    ...w.set(tag, w.sub(w.get(tag), w.shrU(w.get(tag), w.i32(3)))),
    ...w.set(tag, w.mul(w.get(tag), w.and(w.eqF64(w.get(delta), w.f64(0)), w.eq(w.get(eip), before(SLOT.eip))))),
    ...w.set(tag, w.or(w.get(tag), w.shl(w.get(origin), w.i32(3)))),
    ...w.set(isSelf, w.eq(w.get(guess), w.get(slot))),
    ...f.when(
      w.and(w.eq(guessed(SLOT.eip), w.get(eip)), w.eq(guessed(SLOT.tag), w.get(tag))),
      () => w.set(slot, w.get(guess)),
      () => [
        ...w.set(isSelf, w.i32(0)),
        ...w.set(guess, w.call(FIND_DECODER_SLOT, w.get(eip), w.get(tag))),
        ...w.store32(w.get(slot), w.get(guess), SLOT.next),
        ...w.set(slot, w.get(guess)),
      ],
    ),
  ];
}

/** A difference that came twice running is the step from now on. */
function learnStep(k: Context, stepAt: number, deltaAt: number): w.Code {
  const { moved } = k.v;
  const isRepeated = w.eq(w.get(moved), field(k, deltaAt));
  return [
    ...setField(k, stepAt, w.select(isRepeated, w.get(moved), field(k, stepAt))),
    ...setField(k, deltaAt, w.get(moved)),
  ];
}

/** To which address: from that of the same instruction before, or of the record before. */
export function where(k: Context): w.Code {
  const { linear, previous, residual, moved, step, gap, byGap, gapWrong, parts, linearAt } = k.v;
  const inverted = (mask: w.Local): w.Code => w.xor(w.get(mask), w.i32(-1));
  return [
    ...residualOf(k, linearAt, 4),
    ...w.set(step, w.add(field(k, SLOT.linear), field(k, SLOT.linearStep))),
    ...w.set(gap, w.add(w.get(previous), field(k, SLOT.gap))),
    ...w.set(byGap, field(k, SLOT.byGap)),
    ...w.set(linear, w.or(w.and(w.get(gap), w.get(byGap)), w.and(w.get(step), inverted(byGap)))),
    ...w.grow(linear, w.get(residual)),
    ...w.set(gapWrong, isSet(w.xor(w.get(gap), w.get(linear)))),
    ...w.set(parts, w.xor(w.get(gapWrong), isSet(w.xor(w.get(step), w.get(linear))))),
    ...setField(k, SLOT.byGap, w.or(w.and(inverted(gapWrong), w.get(parts)), w.and(w.get(byGap), inverted(parts)))),
    ...w.set(moved, w.sub(w.get(linear), field(k, SLOT.linear))),
    ...learnStep(k, SLOT.linearStep, SLOT.linearDelta),
    ...setField(k, SLOT.gap, w.sub(w.get(linear), w.get(previous))),
    ...setField(k, SLOT.linear, w.get(linear)),
    ...w.set(previous, w.get(linear)),
  ];
}

/** Which value. */
export function what(k: Context): w.Code {
  const { value, moved, residual, valueAt } = k.v;
  return [
    ...residualOf(k, valueAt, 6),
    ...w.set(moved, w.add(field(k, SLOT.valueStep), w.get(residual))),
    ...w.set(value, w.add(field(k, SLOT.value), w.get(moved))),
    ...learnStep(k, SLOT.valueStep, SLOT.valueDelta),
    ...setField(k, SLOT.value, w.get(value)),
  ];
}

/** What hardly ever changes; and whether the value fits in the size. */
export function rare(k: Context): w.Code {
  const { f, fail } = k;
  const { record, nextRare, rareAt, size, value, beyond, code } = k.v;
  const add = (at: number, column: number): w.Code => setField(k, at, w.add(field(k, at), rareResidual(k, column)));
  const isSize = w.or(w.or(w.eq(w.get(size), w.i32(1)), w.eq(w.get(size), w.i32(2))), w.eq(w.get(size), w.i32(4)));
  return [
    ...f.when(w.eq(w.get(record), w.get(nextRare)), () => [
      ...add(SLOT.offset, RARE.physical),
      ...add(SLOT.size, RARE.size),
      ...add(SLOT.range, RARE.range),
      ...w.grow(rareAt, w.i32(4)),
      ...w.set(nextRare, w.load32(w.get(rareAt))),
      ...w.set(size, field(k, SLOT.size)),
      ...f.when(w.not(isSize), () => fail(DECODE_ERROR.size)),
    ]),
    ...w.set(size, field(k, SLOT.size)),
    ...w.set(code, field(k, SLOT.range)),
    ...w.set(beyond, w.select(w.eq(w.get(size), w.i32(4)), w.i32(0), w.shl(w.i32(-1), w.shl(w.get(size), w.i32(3))))),
    ...f.when(w.and(w.get(value), w.get(beyond)), () => fail(DECODE_ERROR.value)),
  ];
}
