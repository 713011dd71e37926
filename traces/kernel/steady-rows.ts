import { BATCH } from './memory-map.ts';
import type { RowContext } from './row-context.ts';
import * as w from './wasm-code.ts';

/** Rows of a vector. */
const LANES = 4;

/**
 * Takes the rows after `row` that go on as it did, `limit` at most: the same instruction and size at a steady `pace`, addresses by
 * `step`, values by `moved`. Sets `taken` to how many. None of them wraps around the top of the address space, nor does
 * the step from one to the next; `beyond` has the bits that values don't.
 */
export function steadyRows(k: RowContext, limit: w.Code, pace: w.Code): w.Code {
  const { f, v } = k;
  const { taken, left, row, to, linear, lastLinear } = v;
  return [
    ...w.set(left, w.sub(w.sub(w.get(to), w.get(row)), w.i32(1))),
    ...w.set(taken, limit),
    ...w.set(left, w.select(w.ltU(w.get(taken), w.get(left)), w.get(taken), w.get(left))),
    ...w.set(taken, w.i32(0)),
    ...f.when(w.and(w.geU(w.get(left), w.i32(LANES)), isWhole(k)), () => [...limitSteps(k), ...vectors(k, pace)]),
    ...singly(k, pace),
    ...w.grow(row, w.get(taken)),
    ...w.set(linear, w.get(lastLinear)),
    ...k.widen(),
  ];
}

/** The last row doesn't itself go on at linear address 0. */
function isWhole({ v: { lastLinear, size } }: RowContext): w.Code {
  return w.geU(w.add(w.get(lastLinear), w.sub(w.get(size), w.i32(1))), w.get(lastLinear));
}

/** Sets `left` to how many rows at most neither leave the address space nor have a value that is too wide. */
function limitSteps(k: RowContext): w.Code {
  const { size, step, moved, beyond, lastLinear, lastValue } = k.v;
  const size1 = w.sub(w.get(size), w.i32(1));
  const above = w.sub(w.i32(-1), w.add(w.get(lastLinear), size1));
  const largest = w.xor(w.get(beyond), w.i32(-1));
  return [
    ...limitBy(k, step, w.get(lastLinear), above),
    ...k.f.when(w.get(beyond), () => limitBy(k, moved, w.get(lastValue), w.sub(largest, w.get(lastValue)))),
  ];
}

/** `below` and `above`: how far a number can go down and up. */
function limitBy({ f, v: { left, most } }: RowContext, step: w.Local, below: w.Code, above: w.Code): w.Code {
  return f.when(w.get(step), () => [
    ...f.when(
      w.shrU(w.get(step), w.i32(31)),
      () => w.set(most, w.divU(below, w.sub(w.i32(0), w.get(step)))),
      () => w.set(most, w.divU(above, w.get(step))),
    ),
    ...w.set(left, w.select(w.ltU(w.get(most), w.get(left)), w.get(most), w.get(left))),
  ]);
}

/** Takes four rows at a time. */
function vectors(k: RowContext, pace: w.Code): w.Code {
  const { f, v } = k;
  const { taken, left, at8, at4, at1, size, origin, eip, step, moved } = v;
  const { icount, lastLinear, lastValue, lastPhysical } = v;
  const words = [
    vectorOf(k, BATCH.eip, eip, w.i32(0)),
    vectorOf(k, BATCH.linear, lastLinear, w.get(step)),
    vectorOf(k, BATCH.value, lastValue, w.get(moved)),
    vectorOf(k, BATCH.physical, lastPhysical, w.get(step)),
  ];
  const icounts = [icountsOf(k, BATCH.icount + 8, [1, 2], pace), icountsOf(k, BATCH.icount + 24, [3, 4], pace)];
  const all = [...words, ...icounts];
  const bytes = (column: number, byte: w.Local): w.Code =>
    w.xor(w.load32(w.get(at1), column + 1), w.mul(w.get(byte), w.i32(0x01010101)));
  const advanced = (last: w.Local, by: w.Local): w.Code => w.grow(last, w.mul(w.get(taken), w.get(by)));
  return [
    ...all.flatMap(({ begin }) => begin),
    ...f.block((ends) =>
      f.loop((more) => [
        ...f.branchIf(ends, w.gtU(w.add(w.get(taken), w.i32(LANES)), w.get(left))),
        ...f.branchIf(ends, w.isAnySet(all.map(({ differs }) => differs).reduce(w.orVector))),
        ...f.branchIf(ends, w.or(bytes(BATCH.size, size), bytes(BATCH.origin, origin))),
        ...all.flatMap(({ goOn }) => goOn),
        ...w.grow(taken, w.i32(LANES)),
        ...w.grow(at8, w.i32(8 * LANES)),
        ...w.grow(at4, w.i32(4 * LANES)),
        ...w.grow(at1, w.i32(LANES)),
        ...f.branch(more),
      ]),
    ),
    ...w.set(icount, w.addF64(w.get(icount), w.mulF64(w.fromU32(w.get(taken)), pace))),
    ...advanced(lastLinear, step),
    ...advanced(lastPhysical, step),
    ...advanced(lastValue, moved),
  ];
}

/** What rows of a column should be: a vector of them, whether those of the batch differ, and how it goes on. */
interface Expected {
  readonly begin: w.Code;
  readonly differs: w.Code;
  readonly goOn: w.Code;
}

function vectorOf({ f, v: { at4 } }: RowContext, column: number, last: w.Local, step: w.Code): Expected {
  const [next, more] = [f.vector(), f.vector()];
  const ahead = w.mulVector32(w.splat32(step), w.vector32(Int32Array.of(1, 2, 3, 4)));
  return {
    begin: [
      ...w.set(next, w.addVector32(w.splat32(w.get(last)), ahead)),
      ...w.set(more, w.splat32(w.shl(step, w.i32(2)))),
    ],
    differs: w.xorVector(w.loadVector(w.get(at4), column + 4), w.get(next)),
    goOn: w.set(next, w.addVector32(w.get(next), w.get(more))),
  };
}

/** Of two of the four rows. Icounts are compared as bits: equal ones have the same. */
function icountsOf({ f, v }: RowContext, at: number, ahead: readonly number[], pace: w.Code): Expected {
  const [next, more] = [f.vector(), f.vector()];
  const steps = (of: readonly number[]): w.Code => w.mulVectorF64(w.splatF64(pace), w.vectorF64(Float64Array.from(of)));
  return {
    begin: [
      ...w.set(next, w.addVectorF64(w.splatF64(w.get(v.icount)), steps(ahead))),
      ...w.set(more, steps([LANES, LANES])),
    ],
    differs: w.xorVector(w.loadVector(w.get(v.at8), at), w.get(next)),
    goOn: w.set(next, w.addVectorF64(w.get(next), w.get(more))),
  };
}

/** Takes one row after the other, up to the first that doesn't go on so. */
function singly({ f, v }: RowContext, pace: w.Code): w.Code {
  const { taken, left, rowIcount, icount, linear, value, physical, lastLinear, lastValue, lastPhysical } = v;
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
  return f.block((ends) =>
    f.loop((more) => [
      ...f.branchIf(ends, w.geU(w.get(taken), w.get(left))),
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
  );
}
