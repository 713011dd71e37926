import { RECORDS_PER_CHUNK } from '../format.ts';
import { SLOT } from './memory-map.ts';
import type { RowContext } from './row-context.ts';
import { steadyRows } from './steady-rows.ts';
import * as w from './wasm-code.ts';

/** So many records in a loop that all predictions held for tell that more may come. */
const STREAK = 4;

/**
 * Takes the rows that go on in steady steps, as the last ones did, at once: all predictions hold for them. Rows at
 * successive icounts are left alone, for they may make a range.
 */
export function run(k: RowContext): w.Code {
  const { f, v } = k;
  const { streak, delta, record, moved, step, beyond, size, slot, zeros, previousLinear, lastLinear, lastValue } = v;
  const isWhole = w.eq(w.get(size), w.i32(4));
  const shouldTry = w.and(w.geU(w.get(streak), w.i32(STREAK)), w.neF64(w.get(delta), w.f64(1)));
  return f.when(shouldTry, () => [
    ...w.set(step, k.field(SLOT.linearDelta)),
    ...w.set(moved, k.field(SLOT.valueDelta)),
    ...w.set(beyond, w.select(isWhole, w.i32(0), w.shl(w.i32(-1), w.shl(w.get(size), w.i32(3))))),
    ...w.set(streak, w.i32(0)),
    ...steadyRows(k, w.sub(w.i32(RECORDS_PER_CHUNK), w.get(record)), w.get(delta)),
    ...w.grow(record, w.get(v.taken)),
    ...w.grow(zeros, w.get(v.taken)),
    ...w.set(previousLinear, w.get(lastLinear)),
    ...w.store32(w.get(slot), w.get(lastLinear), SLOT.linear),
    ...w.store32(w.get(slot), w.get(lastValue), SLOT.value),
  ]);
}
