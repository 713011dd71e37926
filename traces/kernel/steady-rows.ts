import { BATCH } from './memory-map.ts';
import type { RowContext } from './row-context.ts';
import * as w from './wasm-code.ts';

/**
 * Takes the rows after `row` that go on as it did, `limit` at most: the same instruction and size at a steady `pace`, addresses by
 * `step`, values by `moved`. Sets `taken` to how many. None of them wraps around the top of the address space, nor does
 * the step from one to the next.
 */
export function steadyRows(k: RowContext, limit: w.Code, pace: w.Code): w.Code {
  const { f, v } = k;
  const { taken, left, row, to, rowIcount, icount, linear, value, physical, lastLinear, lastValue, lastPhysical } = v;
  const { step, moved, at8, at4, at1, size, eip, origin, beyond } = v;
  const lastByte = w.add(w.get(linear), w.sub(w.get(size), w.i32(1)));
  const isOther = [
    w.xor(w.load32(w.get(at4), BATCH.eip + 4), w.get(eip)),
    w.xor(w.load32(w.get(at4), BATCH.linear + 4), w.get(linear)),
    w.xor(w.load32(w.get(at4), BATCH.value + 4), w.get(value)),
    w.xor(w.load32(w.get(at4), BATCH.physical + 4), w.get(physical)),
    w.xor(w.load8(w.get(at1), BATCH.size + 1), w.get(size)),
    w.xor(w.load8(w.get(at1), BATCH.origin + 1), w.get(origin)),
    w.and(w.get(value), w.get(beyond)),
    w.xor(w.ltU(w.get(linear), w.get(lastLinear)), w.shrU(w.get(step), w.i32(31))),
    w.ltU(lastByte, w.get(linear)),
  ].reduce(w.or);
  return [
    ...w.set(left, w.sub(w.sub(w.get(to), w.get(row)), w.i32(1))),
    ...w.set(taken, limit),
    ...w.set(left, w.select(w.ltU(w.get(taken), w.get(left)), w.get(taken), w.get(left))),
    ...w.set(taken, w.i32(0)),
    ...f.block((ends) =>
      f.loop((more) => [
        ...f.branchIf(ends, w.eq(w.get(taken), w.get(left))),
        ...w.set(rowIcount, w.addF64(w.get(icount), pace)),
        ...w.set(linear, w.add(w.get(lastLinear), w.get(step))),
        ...w.set(value, w.add(w.get(lastValue), w.get(moved))),
        ...w.set(physical, w.add(w.get(lastPhysical), w.get(step))),
        ...f.branchIf(ends, w.neF64(w.loadF64(w.get(at8), BATCH.icount + 8), w.get(rowIcount))),
        ...f.branchIf(ends, isOther),
        ...w.grow(taken, w.i32(1)),
        ...w.grow(at8, w.i32(8)),
        ...w.grow(at4, w.i32(4)),
        ...w.grow(at1, w.i32(1)),
        ...w.set(icount, w.get(rowIcount)),
        ...w.set(lastLinear, w.get(linear)),
        ...w.set(lastPhysical, w.get(physical)),
        ...w.set(lastValue, w.get(value)),
        ...f.branch(more),
      ]),
    ),
    ...w.grow(row, w.get(taken)),
    ...w.set(linear, w.get(lastLinear)),
    ...k.widen(),
  ];
}
