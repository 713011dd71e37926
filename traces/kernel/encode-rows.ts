import { RECORDS_PER_CHUNK } from '../format.ts';
import { LISTED_BYTES } from '../writes/write-range.ts';
import { columnFunctions } from './column-functions.ts';
import { addElements } from './element-code.ts';
import { COLUMN } from './memory-map.ts';
import { follow, predictLinear, predictRest, predictValue } from './prediction-code.ts';
import { closeRecord, extend } from './range-code.ts';
import { RowContext } from './row-context.ts';
import { run } from './run-code.ts';
import * as w from './wasm-code.ts';

export const ADD_ROWS = 0;

export function encoderFunctions(): readonly w.FunctionCode[] {
  return [addRows(), ...columnFunctions(), addElements()];
}

/**
 * `(from, to, where the batch lies)`: encodes rows, and gives the first that the chunk has no room for, or an error. Most predictions
 * are made without branches, which a processor would guess wrongly.
 */
function addRows(): w.FunctionCode {
  const f = new w.FunctionCode(3);
  const k = new RowContext(f);
  const { v } = k;
  f.finish(
    k.loadState(),
    f.block((stop) =>
      f.loop((next) => [
        ...f.branchIf(stop, w.geU(w.get(v.row), w.get(v.to))),
        ...k.place(),
        ...f.when(w.get(v.isOpen), () => [...extend(k, next), ...closeRecord(k)]),
        ...f.branchIf(stop, w.eq(w.get(v.record), w.i32(RECORDS_PER_CHUNK))),
        ...f.branchIf(stop, w.geU(w.get(v.listedEnd), w.i32(COLUMN.listed.bytes + LISTED_BYTES))),
        ...follow(k),
        ...predictLinear(k),
        ...predictValue(k),
        ...predictRest(k),
        ...open(k),
        ...run(k),
        ...w.grow(v.row, w.i32(1)),
        ...f.branch(next),
      ]),
    ),
    k.saveState(),
    w.get(v.row),
  );
  return f;
}

/** The record may go on. */
function open(k: RowContext): w.Code {
  const { isOpen, length, code, icount, rowIcount, lastLinear, linear, lastPhysical, physical, lastValue, value } = k.v;
  return [
    ...k.widen(),
    ...w.set(isOpen, w.i32(1)),
    ...w.set(length, w.i32(1)),
    ...w.set(code, w.i32(0)),
    ...w.set(icount, w.get(rowIcount)),
    ...w.set(lastLinear, w.get(linear)),
    ...w.set(lastPhysical, w.get(physical)),
    ...w.set(lastValue, w.get(value)),
    ...w.grow(k.v.record, w.i32(1)),
  ];
}
