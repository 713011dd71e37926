import { LISTED_BYTES, LONG_FILL, MAX_RANGE } from '../writes/write-range.ts';
import { COLUMN, SLOT } from './memory-map.ts';
import type { RowContext } from './row-context.ts';
import { steadyRows } from './steady-rows.ts';
import * as w from './wasm-code.ts';

/** Goes on with the next row when this one belongs to the open record. */
export function extend(k: RowContext, next: w.Label): w.Code {
  const f = k.f;
  const { delta, isSame, origin, size, step, linear, lastLinear, physical, lastPhysical } = k.v;
  const isElement = w.and(
    w.and(w.get(isSame), w.eqF64(w.get(delta), w.f64(1))),
    w.not(w.or(w.get(origin), w.shrU(k.field(SLOT.tag), w.i32(3)))),
  );
  return f.when(isElement, () =>
    f.block((ends) => [
      ...f.branchIf(ends, w.ne(w.get(size), k.field(SLOT.size))),
      ...w.set(step, w.sub(w.get(linear), w.get(lastLinear))),
      ...f.branchIf(ends, w.ne(w.get(step), w.sub(w.get(physical), w.get(lastPhysical)))),
      ...direction(k, ends),
      ...goOn(k, ends),
      ...grow(k),
      ...f.branch(next),
    ]),
  );
}

/** Sets `other` to whether the range goes downwards; leaves when the row isn't beside the one before. */
function direction(k: RowContext, ends: w.Label): w.Code {
  const f = k.f;
  const { length, code, size, step, linear, lastLinear, other } = k.v;
  const down = w.eq(w.get(step), w.sub(w.i32(0), w.get(size)));
  const isAround = (first: w.Local): w.Code => w.ltU(w.add(w.get(first), w.sub(w.get(size), w.i32(1))), w.get(first));
  return [
    ...w.set(other, down),
    ...f.branchIf(ends, w.not(w.or(w.get(other), w.eq(w.get(step), w.get(size))))),
    // None wraps around the top of the address space.
    ...f.branchIf(ends, w.or(isAround(linear), isAround(lastLinear))),
    ...f.branchIf(ends, w.eq(w.ltU(w.get(lastLinear), w.get(linear)), w.get(other))),
    ...f.when(w.ne(w.get(length), w.i32(1)), () =>
      f.branchIf(ends, w.ne(w.and(w.shrU(w.sub(w.get(code), w.i32(1)), w.i32(1)), w.i32(1)), w.get(other))),
    ),
    ...f.branchIf(ends, w.eq(w.get(length), w.i32(MAX_RANGE))),
  ];
}

/** Leaves when the range doesn't take the value; sets `width` to whether it lists its values. */
function goOn(k: RowContext, ends: w.Label): w.Code {
  const f = k.f;
  const { code, value, lastValue, length, listedEnd, width, size } = k.v;
  const isFull = w.geU(w.get(listedEnd), w.i32(COLUMN.listed.bytes + LISTED_BYTES));
  const list = (listed: w.Local): w.Code => [
    ...w.store32(w.get(listedEnd), w.get(listed)),
    ...w.grow(listedEnd, w.get(size)),
  ];
  const { residual } = k.v;
  return [
    ...w.set(width, w.and(w.ne(w.get(code), w.i32(0)), w.sub(w.get(code), w.i32(1)))),
    ...w.set(width, w.and(w.get(width), w.i32(1))),
    ...f.when(w.or(w.get(width), w.ne(w.get(value), w.get(lastValue))), () => [
      ...f.branchIf(ends, isFull),
      ...k.checkFit(),
      ...f.when(w.not(w.get(width)), () => [
        ...f.branchIf(ends, w.geU(w.get(length), w.i32(LONG_FILL))),
        ...w.set(residual, w.i32(1)),
        ...f.block((listed) =>
          f.loop((more) => [
            ...f.branchIf(listed, w.geU(w.get(residual), w.get(length))),
            ...list(lastValue),
            ...w.grow(residual, w.i32(1)),
            ...f.branch(more),
          ]),
        ),
        ...w.set(width, w.i32(1)),
      ]),
      ...list(value),
    ]),
  ];
}

/** One element more, and where they are equal all that follow. */
function grow(k: RowContext): w.Code {
  const { f, v } = k;
  const { row, length, code, other, width, icount, rowIcount, lastLinear, linear, lastPhysical, physical } = v;
  const shape = w.add(w.shl(w.sub(w.get(length), w.i32(2)), w.i32(2)), w.shl(w.get(other), w.i32(1)));
  return [
    ...w.grow(length, w.i32(1)),
    ...w.set(icount, w.get(rowIcount)),
    ...w.set(lastLinear, w.get(linear)),
    ...w.set(lastPhysical, w.get(physical)),
    ...k.widen(),
    ...f.when(w.not(w.get(width)), () => [
      ...w.set(v.moved, w.i32(0)),
      ...w.set(v.beyond, w.i32(0)),
      ...steadyRows(k, w.sub(w.i32(MAX_RANGE), w.get(length)), w.f64(1)),
      ...w.grow(length, w.get(v.taken)),
    ]),
    ...w.set(code, w.add(w.add(shape, w.get(width)), w.i32(1))),
    ...w.grow(row, w.i32(1)),
  ];
}

export function closeRecord(k: RowContext): w.Code {
  const { code, record, isOpen } = k.v;
  const last = w.sub(w.get(record), w.i32(1));
  return [
    ...k.f.when(w.ne(w.get(code), k.field(SLOT.range)), () => [
      ...k.putSparse(COLUMN.range, last, w.sub(w.get(code), k.field(SLOT.range))),
      ...k.setField(SLOT.range, w.get(code)),
    ]),
    ...w.set(isOpen, w.i32(0)),
  ];
}
