import { LISTED_BYTES, LONG_FILL, MAX_RANGE } from '../writes/write-range.ts';
import { cell, setCell } from './column-functions.ts';
import { BATCH, CELL, COLUMN, LAST_ICOUNT, SLOT } from './memory-map.ts';
import * as w from './wasm-code.ts';

/**
 * `(from, to, where the batch lies)`: takes rows that are known to be the next elements of the last row's instruction, upwards, so that
 * only their values need be there; not the first two of a range. Gives the first that doesn't belong to the open record, maybe `from`.
 */
export function addElements(): w.FunctionCode {
  const f = new w.FunctionCode(3);
  const [from, to, batch] = [0, 1, 2].map((index) => f.parameter(index));
  const [at, end, size, length, code, taken, isListed] = Array.from({ length: 7 }, () => f.i32());
  const last = cell(CELL.lastLinear);
  const room = w.sub(w.i32(MAX_RANGE), w.get(length));
  const count = w.sub(w.get(to), w.get(from));
  const lastByte = w.add(last, w.sub(w.mul(w.get(size), w.add(w.get(taken), w.i32(1))), w.i32(1)));
  const bytes = w.mul(w.get(taken), w.get(size));
  f.finish(
    f.block((none) => [
      ...f.branchIf(none, w.not(cell(CELL.isOpen))),
      ...w.set(code, cell(CELL.code)),
      ...w.set(size, w.load32(cell(CELL.slot), SLOT.size)),
      ...w.set(length, cell(CELL.length)),
      ...w.set(taken, w.select(w.ltU(count, room), count, room)),
      ...f.branchIf(none, w.ltU(lastByte, last)), // around the top of the address space
      ...w.set(at, w.add(w.get(batch), w.shl(w.get(from), w.i32(2)))),
      ...w.set(end, w.add(w.get(at), w.shl(w.get(taken), w.i32(2)))),
      ...w.set(isListed, w.and(w.ne(w.get(code), w.i32(0)), w.and(w.sub(w.get(code), w.i32(1)), w.i32(1)))),
      ...f.when(w.not(w.get(isListed)), () => [
        ...skipEqual(f, at, end),
        ...beginList(f, { at, end, size, isListed, length: reached() }),
      ]),
      ...f.when(w.get(isListed), () => listValues(f, at, end, size)),
      ...w.set(taken, w.sub(w.shrU(w.sub(w.get(at), w.get(batch)), w.i32(2)), w.get(from))),
      ...f.branchIf(none, w.not(w.get(taken))),
      ...w.grow(length, w.get(taken)),
      ...setCell(CELL.length, w.get(length)),
      ...setCell(CELL.code, w.add(w.add(w.shl(w.sub(w.get(length), w.i32(2)), w.i32(2)), w.get(isListed)), w.i32(1))),
      ...w.storeF64(w.i32(LAST_ICOUNT), w.addF64(w.loadF64(w.i32(LAST_ICOUNT)), w.fromU32(w.get(taken)))),
      ...setCell(CELL.lastLinear, w.add(last, bytes)),
      ...setCell(CELL.lastPhysical, w.add(cell(CELL.lastPhysical), bytes)),
      ...w.set(at, w.add(last, w.sub(w.get(size), w.i32(1)))),
      ...f.when(w.gtU(w.get(at), cell(CELL.linearMax)), () => setCell(CELL.linearMax, w.get(at))),
      ...w.grow(from, w.get(taken)),
    ]),
    w.get(from),
  );
  return f;

  /** The length of the record up to `at`. */
  function reached(): w.Code {
    return w.add(w.get(length), w.sub(w.shrU(w.sub(w.get(at), w.get(batch)), w.i32(2)), w.get(from)));
  }
}

const LIST_LIMIT = COLUMN.listed.bytes + LISTED_BYTES;
const isFull = w.geU(cell(COLUMN.listed.end), w.i32(LIST_LIMIT));

/** Moves `at` to the first value that isn't the last row's. */
function skipEqual(f: w.FunctionCode, at: w.Local, end: w.Local): w.Code {
  const pair = f.i64();
  const value = w.extend64(cell(CELL.lastValue));
  const differs = (ahead: number): w.Code => w.xor64(w.load64(w.get(at), BATCH.value + 8 * ahead), w.get(pair));
  const isOther = [0, 1, 2, 3].map(differs).reduce(w.or64);
  const while_ = (step: number, condition: w.Code): w.Code =>
    f.block((done) =>
      f.loop((more) => [
        ...f.branchIf(done, w.gtU(w.add(w.get(at), w.i32(step)), w.get(end))),
        ...f.branchIf(done, condition),
        ...w.grow(at, w.i32(step)),
        ...f.branch(more),
      ]),
    );
  return [
    ...w.set(pair, w.or64(value, w.shl64(value, w.i64(32)))),
    ...while_(32, w.ne64(isOther, w.i64(0))),
    ...while_(4, w.ne(w.load32(w.get(at), BATCH.value), cell(CELL.lastValue))),
  ];
}

interface ListStart {
  readonly at: w.Local;
  readonly end: w.Local;
  readonly size: w.Local;
  readonly isListed: w.Local;
  readonly length: w.Code;
}

/** A short record of equal values lists them when another value comes, if that fits in its size. */
function beginList(f: w.FunctionCode, { at, end, size, isListed, length }: ListStart): w.Code {
  const [left, place] = [f.i32(), f.i32()];
  const may = w.and(w.ltU(w.get(at), w.get(end)), w.and(w.ltU(length, w.i32(LONG_FILL)), w.not(isFull)));
  return f.when(w.and(may, fits(at, size)), () => [
    ...w.set(isListed, w.i32(1)),
    ...w.set(left, length),
    ...w.set(place, cell(COLUMN.listed.end)),
    ...f.block((done) =>
      f.loop((more) => [
        ...w.grow(left, w.i32(-1)),
        ...f.branchIf(done, w.not(w.get(left))),
        ...w.store32(w.get(place), cell(CELL.lastValue)),
        ...w.grow(place, w.get(size)),
        ...f.branch(more),
      ]),
    ),
    ...setCell(COLUMN.listed.end, w.get(place)),
  ]);
}

function listValues(f: w.FunctionCode, at: w.Local, end: w.Local, size: w.Local): w.Code {
  const place = f.i32();
  return [
    ...w.set(place, cell(COLUMN.listed.end)),
    ...f.block((done) =>
      f.loop((more) => [
        ...f.branchIf(done, w.geU(w.get(at), w.get(end))),
        ...f.branchIf(done, w.geU(w.get(place), w.i32(LIST_LIMIT))),
        ...f.branchIf(done, w.not(fits(at, size))),
        ...w.store32(w.get(place), w.load32(w.get(at), BATCH.value)),
        ...w.grow(place, w.get(size)),
        ...w.grow(at, w.i32(4)),
        ...f.branch(more),
      ]),
    ),
    ...setCell(COLUMN.listed.end, w.get(place)),
  ];
}

/** Whether the value at `at` has no more than `size` bytes. */
function fits(at: w.Local, size: w.Local): w.Code {
  const beyond = w.shl(w.i32(-1), w.shl(w.get(size), w.i32(3)));
  const isWide = w.ne(w.and(w.load32(w.get(at), BATCH.value), beyond), w.i32(0));
  return w.or(w.eq(w.get(size), w.i32(4)), w.not(isWide));
}
