import { cell, PUT_SPARSE, setCell, zigzag } from './column-functions.ts';
import { BATCH, CELL, COLUMN, type ColumnPlace, LAST_ICOUNT, SLOT } from './memory-map.ts';
import * as w from './wasm-code.ts';

/** What encoding gives back instead of a row. */
export const ERROR = { icount: -1, origin: -2, size: -3, value: -4 } as const;

/** Cells that are locals during a call. */
const CELLS = {
  slot: CELL.slot,
  record: CELL.records,
  zeros: CELL.zeros,
  isOpen: CELL.isOpen,
  length: CELL.length,
  code: CELL.code,
  lastLinear: CELL.lastLinear,
  lastPhysical: CELL.lastPhysical,
  lastValue: CELL.lastValue,
  previousLinear: CELL.previousLinear,
  min: CELL.linearMin,
  max: CELL.linearMax,
  isAround: CELL.isAround,
  controlEnd: COLUMN.control.end,
  icountEnd: COLUMN.icount.end,
  eipEnd: COLUMN.eip.end,
  linearEnd: COLUMN.linear.end,
  valueEnd: COLUMN.value.end,
  listedEnd: COLUMN.listed.end,
} as const;
type CellName = keyof typeof CELLS;
const CELL_NAMES = Object.keys(CELLS) as CellName[];

/** Words of one row. */
const WORDS = [
  'at8',
  'at4',
  'at1',
  'eip',
  'linear',
  'physical',
  'value',
  'size',
  'origin',
  'isSame',
  'tag',
  'guess',
  'streak',
  'control',
  'residual',
  'width',
  'byGap',
  'fromGap',
  'fromStep',
  'gapWrong',
  'parts',
  'moved',
  'step',
  'other',
  'beyond',
  'taken',
  'left',
  'most',
] as const;
const FLOATS = ['icount', 'rowIcount', 'delta', 'late', 'high'] as const;

type Variables = Readonly<
  Record<'row' | 'to' | 'batch' | CellName | (typeof WORDS)[number] | (typeof FLOATS)[number], w.Local>
>;

function variables(f: w.FunctionCode): Variables {
  const words = Object.fromEntries([...CELL_NAMES, ...WORDS].map((name) => [name, f.i32()]));
  const floats = Object.fromEntries(FLOATS.map((name) => [name, f.f64()]));
  return { row: f.parameter(0), to: f.parameter(1), batch: f.parameter(2), ...words, ...floats } as Variables;
}

/** The code that encodes a row: its variables, and what all steps need. */
export class RowContext {
  readonly f: w.FunctionCode;
  readonly v: Variables;

  constructor(f: w.FunctionCode) {
    this.f = f;
    this.v = variables(f);
  }

  loadState(): w.Code {
    const cells = CELL_NAMES.flatMap((name) => w.set(this.v[name], cell(CELLS[name])));
    return [...cells, ...w.set(this.v.icount, w.loadF64(w.i32(LAST_ICOUNT)))];
  }

  saveState(): w.Code {
    const cells = CELL_NAMES.flatMap((name) => setCell(CELLS[name], w.get(this.v[name])));
    return [...cells, ...w.storeF64(w.i32(LAST_ICOUNT), w.get(this.v.icount))];
  }

  /** When, where in the code and by whom. */
  place(): w.Code {
    const { row, batch, at8, at4, at1, rowIcount, icount, delta, eip, linear, physical, value, size, origin, isSame } =
      this.v;
    return [
      ...w.set(at8, w.add(w.get(batch), w.shl(w.get(row), w.i32(3)))),
      ...w.set(at4, w.add(w.get(batch), w.shl(w.get(row), w.i32(2)))),
      ...w.set(at1, w.add(w.get(batch), w.get(row))),
      ...w.set(rowIcount, w.loadF64(w.get(at8), BATCH.icount)),
      ...w.set(delta, w.subF64(w.get(rowIcount), w.get(icount))),
      ...w.set(eip, w.load32(w.get(at4), BATCH.eip)),
      ...w.set(linear, w.load32(w.get(at4), BATCH.linear)),
      ...w.set(physical, w.load32(w.get(at4), BATCH.physical)),
      ...w.set(value, w.load32(w.get(at4), BATCH.value)),
      ...w.set(size, w.load8(w.get(at1), BATCH.size)),
      ...w.set(origin, w.load8(w.get(at1), BATCH.origin)),
      ...w.set(isSame, w.eq(w.get(eip), this.field(SLOT.eip))),
    ];
  }

  field(at: number): w.Code {
    return w.load32(w.get(this.v.slot), at);
  }

  setField(at: number, value: w.Code): w.Code {
    return w.store32(w.get(this.v.slot), value, at);
  }

  fail(error: number): w.Code {
    return [...setCell(CELL.failedRow, w.get(this.v.row)), ...w.giveBack(w.i32(error))];
  }

  /** Adds a residual to a column, by which `width` becomes its class. */
  put(end: w.Local): w.Code {
    const { residual, width } = this.v;
    const coded = w.get(residual);
    const bytes = w.add(w.get(width), w.eq(w.get(width), w.i32(3)));
    return [
      ...w.set(residual, zigzag(residual)),
      ...w.set(width, w.add(w.add(w.ne(coded, w.i32(0)), w.gtU(coded, w.i32(0xff))), w.gtU(coded, w.i32(0xffff)))),
      ...w.store32(w.get(end), coded),
      ...w.grow(end, bytes),
    ];
  }

  putSparse({ end }: ColumnPlace, record: w.Code, residual: w.Code): w.Code {
    return w.drop(w.call(PUT_SPARSE, w.i32(end), record, residual));
  }

  checkFit(): w.Code {
    const { size, value } = this.v;
    const beyond = w.shl(w.i32(-1), w.shl(w.get(size), w.i32(3)));
    const isWide = w.and(w.ne(w.get(size), w.i32(4)), w.ne(w.and(w.get(value), beyond), w.i32(0)));
    return this.f.when(isWide, () => this.fail(ERROR.value));
  }

  widen(): w.Code {
    const { linear, size, min, max, isAround, residual } = this.v;
    return [
      ...w.set(residual, w.add(w.get(linear), w.sub(w.get(size), w.i32(1)))),
      ...w.set(min, w.select(w.ltU(w.get(linear), w.get(min)), w.get(linear), w.get(min))),
      ...w.set(max, w.select(w.gtU(w.get(residual), w.get(max)), w.get(residual), w.get(max))),
      ...w.set(isAround, w.or(w.get(isAround), w.ltU(w.get(residual), w.get(linear)))),
    ];
  }
}
