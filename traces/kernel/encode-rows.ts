import { WRITE_ORIGINS } from '../events.ts';
import { RECORDS_PER_CHUNK } from '../format.ts';
import { LISTED_BYTES, LONG_FILL, MAX_RANGE } from '../write-range.ts';
import {
  BATCH,
  BUCKET_BITS,
  BUCKETS,
  CELL,
  COLUMN,
  type ColumnPlace,
  LAST_ICOUNT,
  SLOT,
  SLOT_BYTES,
  SLOTS,
} from './memory-map.ts';
import * as w from './wasm-code.ts';

/** What the functions of the module give back instead of a row. */
export const ERROR = { icount: -1, origin: -2, size: -3, value: -4 } as const;

export const ADD_ROWS = 0;
export const PUT_SPARSE = 1;
export const FIND_SLOT = 2;
export const PUT_ZEROS = 3;
export const END_SPARSE = 4;

const HASH = 0x9e3779b1;
const FIRST_SIZE = 4;
const ICOUNT_LIMIT = 2 ** 52;
/** So many records in a loop that all predictions held for tell that more may come. */
const STREAK = 4;

const cell = (at: number): w.Code => w.load32(w.i32(at));
const setCell = (at: number, value: w.Code): w.Code => w.store32(w.i32(at), value);

/** Zigzag: 0, -1, 1, -2 become 0, 1, 2, 3. */
const zigzag = (residual: w.Local): w.Code =>
  w.xor(w.shl(w.get(residual), w.i32(1)), w.shrS(w.get(residual), w.i32(31)));
/** All ones where an i32 isn't zero. */
const isSet = (value: w.Code): w.Code => w.sub(w.i32(0), w.ne(value, w.i32(0)));
const mixed = (mask: w.Local, ones: w.Code, zeros: w.Code): w.Code =>
  w.or(w.and(ones, w.get(mask)), w.and(zeros, w.xor(w.get(mask), w.i32(-1))));

export function encoderFunctions(): readonly w.FunctionCode[] {
  return [addRows(), putSparse(), findSlot(), putZeros(), endSparse()];
}

/** `(where the column's end is kept, record, residual)`: adds how many records had none, and the residual, as varints. */
function putSparse(): w.FunctionCode {
  const f = new w.FunctionCode(3);
  const [place, record, residual] = [0, 1, 2].map((index) => f.parameter(index));
  const [at, rest] = [f.i32(), f.i32()];
  f.finish(
    w.set(at, w.load32(w.get(place))),
    w.set(rest, w.sub(w.get(record), w.load32(w.get(place), 4))),
    w.store32(w.get(place), w.add(w.get(record), w.i32(1)), 4),
    putVarint(f, at, rest),
    w.set(rest, zigzag(residual)),
    putVarint(f, at, rest),
    w.store32(w.get(place), w.get(at)),
    w.i32(0),
  );
  return f;
}

/** `(where the column's end is kept, records)`: adds how many records at the end had no residual. */
function endSparse(): w.FunctionCode {
  const f = new w.FunctionCode(2);
  const [place, records] = [f.parameter(0), f.parameter(1)];
  const [at, rest] = [f.i32(), f.i32()];
  f.finish(
    w.set(at, w.load32(w.get(place))),
    w.set(rest, w.sub(w.get(records), w.load32(w.get(place), 4))),
    f.when(w.get(rest), () => putVarint(f, at, rest)),
    w.store32(w.get(place), w.get(at)),
    w.i32(0),
  );
  return f;
}

/** `(zeros)`: adds to the control column that so many records follow whose predictions all held. */
function putZeros(): w.FunctionCode {
  const f = new w.FunctionCode(1);
  const rest = f.parameter(0);
  const at = f.i32();
  f.finish(
    w.set(at, cell(COLUMN.control.end)),
    w.store8(w.get(at), w.i32(0)),
    w.grow(at, w.i32(1)),
    w.grow(rest, w.i32(-1)),
    putVarint(f, at, rest),
    setCell(COLUMN.control.end, w.get(at)),
    w.i32(0),
  );
  return f;
}

function putVarint(f: w.FunctionCode, at: w.Local, rest: w.Local): w.Code {
  return [
    ...f.block((done) =>
      f.loop((more) => [
        ...f.branchIf(done, w.ltU(w.get(rest), w.i32(0x80))),
        ...w.store8(w.get(at), w.or(w.get(rest), w.i32(0x80))),
        ...w.set(rest, w.shrU(w.get(rest), w.i32(7))),
        ...w.grow(at, w.i32(1)),
        ...f.branch(more),
      ]),
    ),
    ...w.store8(w.get(at), w.get(rest)),
    ...w.grow(at, w.i32(1)),
  ];
}

/** `(eip, tag)`: where the slot lies; makes it on first use. */
function findSlot(): w.FunctionCode {
  const f = new w.FunctionCode(2);
  const [eip, tag] = [f.parameter(0), f.parameter(1)];
  const [bucket, slot] = [f.i32(), f.i32()];
  const hashed = w.mul(w.xor(w.get(eip), w.shl(w.get(tag), w.i32(24))), w.i32(HASH));
  const field = (at: number, value: w.Code): w.Code => w.store32(w.get(slot), value, at);
  f.finish(
    w.set(bucket, w.shrU(hashed, w.i32(32 - BUCKET_BITS))),
    f.block((isNew) =>
      f.loop((more) => [
        ...w.set(slot, w.load32(w.shl(w.get(bucket), w.i32(2)), BUCKETS)),
        ...f.branchIf(isNew, w.not(w.get(slot))),
        ...f.when(w.eq(w.load32(w.get(slot), SLOT.eip), w.get(eip)), () =>
          f.when(w.eq(w.load32(w.get(slot), SLOT.tag), w.get(tag)), () => w.giveBack(w.get(slot))),
        ),
        ...w.set(bucket, w.and(w.add(w.get(bucket), w.i32(1)), w.i32((1 << BUCKET_BITS) - 1))),
        ...f.branch(more),
      ]),
    ),
    w.set(slot, w.add(w.mul(cell(CELL.usedSlots), w.i32(SLOT_BYTES)), w.i32(SLOTS))),
    setCell(CELL.usedSlots, w.add(cell(CELL.usedSlots), w.i32(1))),
    w.store32(w.shl(w.get(bucket), w.i32(2)), w.get(slot), BUCKETS),
    ...Array.from({ length: SLOT_BYTES / 8 }, (_, i) => w.store64(w.get(slot), w.i64(0), 8 * i)),
    field(SLOT.eip, w.get(eip)),
    field(SLOT.tag, w.get(tag)),
    field(SLOT.next, w.get(slot)),
    field(SLOT.byGap, w.i32(-1)),
    field(SLOT.size, w.i32(FIRST_SIZE)),
    w.get(slot),
  );
  return f;
}

/**
 * `(from, to)`: encodes rows of the batch, and gives the first that the chunk has no room for, or an error. Most predictions
 * are made without branches, which a processor would guess wrongly.
 */
function addRows(): w.FunctionCode {
  const f = new w.FunctionCode(2);
  const v = variables(f);
  const row = new RowCode(f, v);
  f.finish(
    row.loadState(),
    f.block((stop) =>
      f.loop((next) => [
        ...f.branchIf(stop, w.geU(w.get(v.row), w.get(v.to))),
        ...row.place(),
        ...f.when(w.get(v.isOpen), () => [...row.extend(next), ...row.closeRecord()]),
        ...f.branchIf(stop, w.eq(w.get(v.record), w.i32(RECORDS_PER_CHUNK))),
        ...f.branchIf(stop, w.geU(w.get(v.listedEnd), w.i32(COLUMN.listed.bytes + LISTED_BYTES))),
        ...row.follow(),
        ...row.predictLinear(),
        ...row.predictValue(),
        ...row.predictRest(),
        ...row.open(),
        ...row.run(),
        ...w.grow(v.row, w.i32(1)),
        ...f.branch(next),
      ]),
    ),
    row.saveState(),
    w.get(v.row),
  );
  return f;
}

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

const WORDS = [
  ...['at4', 'eip', 'linear', 'physical', 'value', 'size', 'origin', 'isSame', 'tag', 'guess', 'streak', 'control'],
  ...['residual', 'width', 'byGap', 'fromGap', 'fromStep', 'gapWrong', 'parts', 'moved', 'step', 'other', 'beyond'],
] as const;
type WordName =
  | 'at4'
  | 'eip'
  | 'linear'
  | 'physical'
  | 'value'
  | 'size'
  | 'origin'
  | 'isSame'
  | 'tag'
  | 'guess'
  | 'streak'
  | 'control'
  | 'residual'
  | 'width'
  | 'byGap'
  | 'fromGap'
  | 'fromStep'
  | 'gapWrong'
  | 'parts'
  | 'moved'
  | 'step'
  | 'other'
  | 'beyond';
type FloatName = 'icount' | 'rowIcount' | 'delta' | 'late' | 'high';

type Variables = Readonly<Record<'row' | 'to' | CellName | WordName | FloatName, w.Local>>;

function variables(f: w.FunctionCode): Variables {
  const words = Object.fromEntries([...CELL_NAMES, ...WORDS].map((name) => [name, f.i32()]));
  const floats = Object.fromEntries(['icount', 'rowIcount', 'delta', 'late', 'high'].map((name) => [name, f.f64()]));
  return { row: f.parameter(0), to: f.parameter(1), ...words, ...floats } as Variables;
}

/** The steps of encoding one row. */
class RowCode {
  readonly #f: w.FunctionCode;
  readonly #v: Variables;

  constructor(f: w.FunctionCode, v: Variables) {
    this.#f = f;
    this.#v = v;
  }

  loadState(): w.Code {
    const cells = CELL_NAMES.flatMap((name) => w.set(this.#v[name], cell(CELLS[name])));
    return [...cells, ...w.set(this.#v.icount, w.loadF64(w.i32(LAST_ICOUNT)))];
  }

  saveState(): w.Code {
    const cells = CELL_NAMES.flatMap((name) => setCell(CELLS[name], w.get(this.#v[name])));
    return [...cells, ...w.storeF64(w.i32(LAST_ICOUNT), w.get(this.#v.icount))];
  }

  #field(at: number): w.Code {
    return w.load32(w.get(this.#v.slot), at);
  }

  #setField(at: number, value: w.Code): w.Code {
    return w.store32(w.get(this.#v.slot), value, at);
  }

  #fail(error: number): w.Code {
    return [...setCell(CELL.failedRow, w.get(this.#v.row)), ...w.giveBack(w.i32(error))];
  }

  /** Adds a residual to a column, by which `width` becomes its class. */
  #put(end: w.Local): w.Code {
    const { residual, width } = this.#v;
    const coded = w.get(residual);
    const bytes = w.add(w.get(width), w.eq(w.get(width), w.i32(3)));
    return [
      ...w.set(residual, zigzag(residual)),
      ...w.set(width, w.add(w.add(w.ne(coded, w.i32(0)), w.gtU(coded, w.i32(0xff))), w.gtU(coded, w.i32(0xffff)))),
      ...w.store32(w.get(end), coded),
      ...w.grow(end, bytes),
    ];
  }

  #putSparse({ end }: ColumnPlace, record: w.Code, residual: w.Code): w.Code {
    return w.drop(w.call(PUT_SPARSE, w.i32(end), record, residual));
  }

  /** When, where in the code and by whom. */
  place(): w.Code {
    const { row, at4, rowIcount, icount, delta, eip, linear, physical, value, size, origin, isSame } = this.#v;
    return [
      ...w.set(at4, w.shl(w.get(row), w.i32(2))),
      ...w.set(rowIcount, w.loadF64(w.shl(w.get(row), w.i32(3)), BATCH.icount)),
      ...w.set(delta, w.subF64(w.get(rowIcount), w.get(icount))),
      ...w.set(eip, w.load32(w.get(at4), BATCH.eip)),
      ...w.set(linear, w.load32(w.get(at4), BATCH.linear)),
      ...w.set(physical, w.load32(w.get(at4), BATCH.physical)),
      ...w.set(value, w.load32(w.get(at4), BATCH.value)),
      ...w.set(size, w.load8(w.get(row), BATCH.size)),
      ...w.set(origin, w.load8(w.get(row), BATCH.origin)),
      ...w.set(isSame, w.eq(w.get(eip), this.#field(SLOT.eip))),
    ];
  }

  /** Goes on with the next row when this one belongs to the open record. */
  extend(next: w.Label): w.Code {
    const f = this.#f;
    const { delta, isSame, origin, size, step, linear, lastLinear, physical, lastPhysical } = this.#v;
    const isElement = w.and(
      w.and(w.get(isSame), w.eqF64(w.get(delta), w.f64(1))),
      w.not(w.or(w.get(origin), w.shrU(this.#field(SLOT.tag), w.i32(3)))),
    );
    return f.when(isElement, () =>
      f.block((ends) => [
        ...f.branchIf(ends, w.ne(w.get(size), this.#field(SLOT.size))),
        ...w.set(step, w.sub(w.get(linear), w.get(lastLinear))),
        ...f.branchIf(ends, w.ne(w.get(step), w.sub(w.get(physical), w.get(lastPhysical)))),
        ...this.#direction(ends),
        ...this.#goOn(ends),
        ...this.#grow(),
        ...f.branch(next),
      ]),
    );
  }

  /** Sets `other` to whether the range goes downwards; leaves when the row isn't beside the one before. */
  #direction(ends: w.Label): w.Code {
    const f = this.#f;
    const { length, code, size, step, linear, lastLinear, other } = this.#v;
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
  #goOn(ends: w.Label): w.Code {
    const f = this.#f;
    const { code, value, lastValue, length, listedEnd, width, size } = this.#v;
    const isFull = w.geU(w.get(listedEnd), w.i32(COLUMN.listed.bytes + LISTED_BYTES));
    const list = (listed: w.Local): w.Code => [
      ...w.store32(w.get(listedEnd), w.get(listed)),
      ...w.grow(listedEnd, w.get(size)),
    ];
    const { residual } = this.#v;
    return [
      ...w.set(width, w.and(w.ne(w.get(code), w.i32(0)), w.sub(w.get(code), w.i32(1)))),
      ...w.set(width, w.and(w.get(width), w.i32(1))),
      ...f.when(w.or(w.get(width), w.ne(w.get(value), w.get(lastValue))), () => [
        ...f.branchIf(ends, isFull),
        ...this.#checkFit(),
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

  #checkFit(): w.Code {
    const { size, value } = this.#v;
    const beyond = w.shl(w.i32(-1), w.shl(w.get(size), w.i32(3)));
    const isWide = w.and(w.ne(w.get(size), w.i32(4)), w.ne(w.and(w.get(value), beyond), w.i32(0)));
    return this.#f.when(isWide, () => this.#fail(ERROR.value));
  }

  /** One element more. */
  #grow(): w.Code {
    const { row, length, code, other, width, icount, rowIcount, lastLinear, linear, lastPhysical, physical } = this.#v;
    const shape = w.add(w.shl(w.sub(w.get(length), w.i32(1)), w.i32(2)), w.shl(w.get(other), w.i32(1)));
    return [
      ...w.set(code, w.add(w.add(shape, w.get(width)), w.i32(1))),
      ...w.grow(length, w.i32(1)),
      ...w.set(icount, w.get(rowIcount)),
      ...w.set(lastLinear, w.get(linear)),
      ...w.set(lastPhysical, w.get(physical)),
      ...this.#widen(),
      ...w.grow(row, w.i32(1)),
    ];
  }

  #widen(): w.Code {
    const { linear, size, min, max, isAround, residual } = this.#v;
    return [
      ...w.set(residual, w.add(w.get(linear), w.sub(w.get(size), w.i32(1)))),
      ...w.set(min, w.select(w.ltU(w.get(linear), w.get(min)), w.get(linear), w.get(min))),
      ...w.set(max, w.select(w.gtU(w.get(residual), w.get(max)), w.get(residual), w.get(max))),
      ...w.set(isAround, w.or(w.get(isAround), w.ltU(w.get(residual), w.get(linear)))),
    ];
  }

  closeRecord(): w.Code {
    const { code, record, isOpen } = this.#v;
    const last = w.sub(w.get(record), w.i32(1));
    return [
      ...this.#f.when(w.ne(w.get(code), this.#field(SLOT.range)), () => [
        ...this.#putSparse(COLUMN.range, last, w.sub(w.get(code), this.#field(SLOT.range))),
        ...this.#setField(SLOT.range, w.get(code)),
      ]),
      ...w.set(isOpen, w.i32(0)),
    ];
  }

  /** From the slot of the record before to this one's. */
  follow(): w.Code {
    const f = this.#f;
    const { slot, guess, origin, eip, tag, delta, late, isSame, control, streak, residual, width, record, eipEnd } =
      this.#v;
    const guessed = (at: number): w.Code => w.load32(w.get(guess), at);
    return [
      ...w.set(residual, w.add(w.and(this.#field(SLOT.tag), w.i32(7)), w.i32(1))),
      ...w.set(residual, w.sub(w.get(residual), w.shrU(w.get(residual), w.i32(3)))), // MAX_POSITION at most
      ...w.set(tag, w.sub(w.i32(0), w.and(w.get(isSame), w.eqF64(w.get(delta), w.f64(0))))),
      ...w.set(tag, w.or(w.and(w.get(tag), w.get(residual)), w.shl(w.get(origin), w.i32(3)))),
      ...w.set(guess, this.#field(SLOT.next)),
      ...w.set(late, w.subF64(w.get(delta), w.loadF64(w.get(slot), SLOT.pace))),
      ...w.set(control, w.i32(0)),
      ...f.when(w.neF64(w.get(late), w.f64(0)), () => this.#putLate()),
      ...f.when(
        w.and(w.eq(guessed(SLOT.eip), w.get(eip)), w.eq(guessed(SLOT.tag), w.get(tag))),
        () => [
          ...w.set(streak, w.and(w.add(w.get(streak), w.i32(1)), isZero(w.xor(w.get(guess), w.get(slot))))),
          ...w.set(slot, w.get(guess)),
        ],
        () => [
          ...w.set(residual, w.sub(w.get(eip), guessed(SLOT.eip))),
          ...this.#put(eipEnd),
          ...w.set(control, w.or(w.get(control), w.shl(w.get(width), w.i32(2)))),
          ...w.set(residual, w.sub(w.get(origin), w.shrU(guessed(SLOT.tag), w.i32(3)))),
          ...f.when(w.get(residual), () => [
            ...f.when(w.geU(w.get(origin), w.i32(WRITE_ORIGINS.length)), () => this.#fail(ERROR.origin)),
            ...this.#putSparse(COLUMN.origin, w.get(record), w.get(residual)),
          ]),
          ...w.set(guess, w.call(FIND_SLOT, w.get(eip), w.get(tag))),
          ...this.#setField(SLOT.next, w.get(guess)),
          ...w.set(slot, w.get(guess)),
          ...w.set(streak, w.i32(0)),
        ],
      ),
    ];
  }

  /** An icount that came late, or early: eight bytes where two don't suffice. */
  #putLate(): w.Code {
    const f = this.#f;
    const { slot, delta, late, high, control, icountEnd } = this.#v;
    const negative = w.subF64(w.mulF64(w.get(late), w.f64(-2)), w.f64(1));
    const word = w.f64(2 ** 32);
    const isWide = (bits: number): w.Code => w.geF64(w.get(late), w.f64(2 ** bits));
    const isWrong = w.or(
      w.or(w.ltF64(w.get(delta), w.f64(0)), w.geF64(w.get(delta), w.f64(ICOUNT_LIMIT))),
      w.neF64(w.truncF64(w.get(delta)), w.get(delta)),
    );
    return [
      ...f.when(isWrong, () => this.#fail(ERROR.icount)),
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
  predictLinear(): w.Code {
    const { linear, previousLinear, fromGap, fromStep, byGap, residual, gapWrong, parts, moved, step, linearEnd } =
      this.#v;
    const { control, width } = this.#v;
    return [
      ...w.set(moved, w.sub(w.get(linear), this.#field(SLOT.linear))),
      ...w.set(step, this.#field(SLOT.linearStep)),
      ...w.set(fromGap, w.sub(w.sub(w.get(linear), w.get(previousLinear)), this.#field(SLOT.gap))),
      ...w.set(fromStep, w.sub(w.get(moved), w.get(step))),
      ...w.set(byGap, this.#field(SLOT.byGap)),
      ...w.set(residual, mixed(byGap, w.get(fromGap), w.get(fromStep))),
      ...this.#put(linearEnd),
      ...w.set(control, w.or(w.get(control), w.shl(w.get(width), w.i32(4)))),
      ...w.set(gapWrong, isSet(w.get(fromGap))),
      ...w.set(parts, w.xor(w.get(gapWrong), isSet(w.get(fromStep)))),
      ...this.#setField(SLOT.byGap, mixed(parts, w.xor(w.get(gapWrong), w.i32(-1)), w.get(byGap))),
      ...this.#learnStep(SLOT.linearStep, SLOT.linearDelta, moved, step),
      ...this.#setField(SLOT.gap, w.sub(w.get(linear), w.get(previousLinear))),
      ...this.#setField(SLOT.linear, w.get(linear)),
      ...w.set(previousLinear, w.get(linear)),
    ];
  }

  /** A difference that came twice running is the step from now on. */
  #learnStep(stepAt: number, deltaAt: number, moved: w.Local, step: w.Local): w.Code {
    const isRepeated = w.eq(w.get(moved), this.#field(deltaAt));
    return [
      ...this.#setField(stepAt, w.select(isRepeated, w.get(moved), w.get(step))),
      ...this.#setField(deltaAt, w.get(moved)),
    ];
  }

  predictValue(): w.Code {
    const { value, moved, step, residual, valueEnd, control, width } = this.#v;
    return [
      ...w.set(moved, w.sub(w.get(value), this.#field(SLOT.value))),
      ...w.set(step, this.#field(SLOT.valueStep)),
      ...w.set(residual, w.sub(w.get(moved), w.get(step))),
      ...this.#put(valueEnd),
      ...w.set(control, w.or(w.get(control), w.shl(w.get(width), w.i32(6)))),
      ...this.#learnStep(SLOT.valueStep, SLOT.valueDelta, moved, step),
      ...this.#setField(SLOT.value, w.get(value)),
    ];
  }

  /** What hardly ever changes, and the control byte. */
  predictRest(): w.Code {
    const f = this.#f;
    const { linear, physical, size, record, residual, control, zeros, streak, controlEnd } = this.#v;
    const isSize = w.or(w.or(w.eq(w.get(size), w.i32(1)), w.eq(w.get(size), w.i32(2))), w.eq(w.get(size), w.i32(4)));
    return [
      ...w.set(residual, w.sub(w.sub(w.get(physical), w.get(linear)), this.#field(SLOT.offset))),
      ...f.when(w.get(residual), () => [
        ...this.#putSparse(COLUMN.physical, w.get(record), w.get(residual)),
        ...this.#setField(SLOT.offset, w.sub(w.get(physical), w.get(linear))),
        ...w.set(streak, w.i32(0)),
      ]),
      ...w.set(residual, w.sub(w.get(size), this.#field(SLOT.size))),
      ...f.when(w.get(residual), () => [
        ...f.when(w.not(isSize), () => this.#fail(ERROR.size)),
        ...this.#putSparse(COLUMN.size, w.get(record), w.get(residual)),
        ...this.#setField(SLOT.size, w.get(size)),
        ...w.set(streak, w.i32(0)),
      ]),
      ...this.#checkFit(),
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

  /** The record may go on. */
  open(): w.Code {
    const { isOpen, length, code, icount, rowIcount, lastLinear, linear, lastPhysical, physical, lastValue, value } =
      this.#v;
    return [
      ...this.#widen(),
      ...w.set(isOpen, w.i32(1)),
      ...w.set(length, w.i32(1)),
      ...w.set(code, w.i32(0)),
      ...w.set(icount, w.get(rowIcount)),
      ...w.set(lastLinear, w.get(linear)),
      ...w.set(lastPhysical, w.get(physical)),
      ...w.set(lastValue, w.get(value)),
      ...w.grow(this.#v.record, w.i32(1)),
    ];
  }

  /**
   * Takes the rows that go on in steady steps, as the last ones did, at once: all predictions hold for them. Rows at
   * successive icounts are left alone, for they may make a range.
   */
  run(): w.Code {
    const f = this.#f;
    const { streak, delta, row, to, record, at4, rowIcount, icount, linear, value, moved, step, beyond, size } =
      this.#v;
    const { slot, eip, origin, zeros, previousLinear, lastLinear, lastPhysical, lastValue, physical } = this.#v;
    const nextRow = w.add(w.get(row), w.i32(1));
    const isWhole = w.eq(w.get(size), w.i32(4));
    const differs = (actual: w.Code, expected: w.Code): w.Code => w.ne(actual, expected);
    const shouldTry = w.and(w.geU(w.get(streak), w.i32(STREAK)), w.neF64(w.get(delta), w.f64(1)));
    return f.when(shouldTry, () => [
      ...w.set(step, this.#field(SLOT.linearDelta)),
      ...w.set(moved, this.#field(SLOT.valueDelta)),
      ...w.set(beyond, w.select(isWhole, w.i32(0), w.shl(w.i32(-1), w.shl(w.get(size), w.i32(3))))),
      ...w.set(streak, w.i32(0)),
      ...f.block((ends) =>
        f.loop((more) => [
          ...f.branchIf(ends, w.geU(nextRow, w.get(to))),
          ...f.branchIf(ends, w.eq(w.get(record), w.i32(RECORDS_PER_CHUNK))),
          ...w.set(at4, w.shl(nextRow, w.i32(2))),
          ...w.set(rowIcount, w.addF64(w.get(icount), w.get(delta))),
          ...f.branchIf(ends, w.neF64(w.loadF64(w.shl(w.get(at4), w.i32(1)), BATCH.icount), w.get(rowIcount))),
          ...w.set(linear, w.add(w.get(lastLinear), w.get(step))),
          ...w.set(value, w.add(w.get(lastValue), w.get(moved))),
          ...w.set(physical, w.add(w.get(lastPhysical), w.get(step))),
          ...f.branchIf(
            ends,
            [
              differs(w.load32(w.get(at4), BATCH.eip), w.get(eip)),
              differs(w.load32(w.get(at4), BATCH.linear), w.get(linear)),
              differs(w.load32(w.get(at4), BATCH.value), w.get(value)),
              differs(w.load32(w.get(at4), BATCH.physical), w.get(physical)),
              differs(w.load8(nextRow, BATCH.size), w.get(size)),
              differs(w.load8(nextRow, BATCH.origin), w.get(origin)),
              w.and(w.get(value), w.get(beyond)),
            ].reduce(w.or),
          ),
          ...w.grow(row, w.i32(1)),
          ...w.grow(record, w.i32(1)),
          ...w.grow(zeros, w.i32(1)),
          ...w.set(icount, w.get(rowIcount)),
          ...w.set(lastLinear, w.get(linear)),
          ...w.set(lastPhysical, w.get(physical)),
          ...w.set(lastValue, w.get(value)),
          ...this.#widen(),
          ...f.branch(more),
        ]),
      ),
      ...w.set(previousLinear, w.get(lastLinear)),
      ...w.store32(w.get(slot), w.get(lastLinear), SLOT.linear),
      ...w.store32(w.get(slot), w.get(lastValue), SLOT.value),
    ]);
  }
}

const isZero = (value: w.Code): w.Code => w.sub(w.i32(0), w.not(value));
