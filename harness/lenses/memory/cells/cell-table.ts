import { type SiteColumns, SiteList } from '../../state/site-list.ts';
import type { Spot } from '../../state/spot.ts';
import type { RawObject } from '../objects/raw-object.ts';
import { DIGEST_BASIS, type HistoryDigest, HistoryMixer } from './history-digest.ts';
import { LateHistories, type PackedHistories } from './late-histories.ts';
import type { RecordChunk, RecordColumns } from './record-chunk.ts';
import { type NameNumber, ValueNames } from './value-names.ts';
import { IS_LOGGED, IS_REGISTER, IS_STACK, KNOWN, type RecordNumber, ValueRecords } from './value-records.ts';

/** The number of a 32-bit cell of some object, which is that of the record of what it holds; 0 is none. */
export type CellNumber = RecordNumber;

/** A value that a cell held, and who stored it. `name` is 0 for what has none, or wasn't looked at yet. */
export interface HeldValue extends Spot {
  readonly value: number;
  readonly known: number; // masks the bytes that were ever stored
  readonly isStack: boolean;
  readonly isRegister: boolean; // of an interrupted program; `value` is none then
  readonly name: NameNumber;
  readonly point: number; // how many points of observation came before
}

/** What such a value is called. */
export const REGISTER_TEXT = 'a register of the interrupted program';
// Stands for what a register holds; hardly anybody stores that number.
const A_REGISTER = 0xa5c3_96e1;
// Values past these bounds live on in the digests alone.
const VALUES_OF_A_CELL = 256;
const VALUES_BEYOND_FIRST = 500_000;
/** Cells of an object come into being by pieces of it. */
export const PIECE_SHIFT = 10;
const PIECE_BYTES = 1 << PIECE_SHIFT;

/** Plain data that a table is made of again. */
export interface PackedTable {
  readonly records: readonly RecordColumns[];
  readonly late: PackedHistories;
  readonly names: readonly string[];
  readonly sites: SiteColumns;
}

const EMPTY: PackedTable = { records: [], late: [], names: [], sites: new SiteList().columns() };

/**
 * What the cells of all objects of a run hold and were seen to hold, in columns, because there may be millions. Cells of
 * one piece of an object lie side by side.
 */
export class CellTable {
  readonly records: ValueRecords;
  readonly names: ValueNames;
  readonly sites: SiteList;
  readonly late: LateHistories;
  private readonly mixer: HistoryMixer;
  private beyondFirst = 0;
  private readonly order = new Uint32Array(VALUES_OF_A_CELL); // of records, the last first

  /** Empty, or what another one held; no more can be logged in that. */
  constructor({ records, late, names, sites }: PackedTable = EMPTY) {
    this.records = new ValueRecords(records);
    this.names = new ValueNames(names);
    this.sites = new SiteList(sites);
    this.mixer = new HistoryMixer(this.names);
    this.late = new LateHistories(this.mixer, late);
  }

  /** What is held, without what it takes to go on. */
  pack(): PackedTable {
    const { records, late, names, sites } = this;
    return { records: records.all(), late: late.pack(), names: names.all(), sites: sites.columns() };
  }

  /** The cell at an offset that is a multiple of 4, made on first use. */
  cellAt(object: RawObject, offset: number): CellNumber {
    return this.pieceAt(object, offset >>> PIECE_SHIFT) + ((offset & (PIECE_BYTES - 1)) >>> 2);
  }

  /** The first cell of an object's piece. */
  pieceAt(object: RawObject, piece: number): CellNumber {
    const known = object.pieces[piece];
    if (known !== undefined) return known;
    const first = this.records.addCells(cellsOfPiece(object, piece));
    // Most objects have one piece: a list made for it has no room for more.
    if (piece === 0 && object.pieces.length === 0) object.pieces = [first];
    else object.pieces[piece] = first;
    return first;
  }

  /** What the other half of a cell's 8 bytes holds; undefined when nobody ever stored to it. */
  valueBeside(object: RawObject, offset: number, cell: CellNumber): number | undefined {
    const isLow = offset % 8 === 0;
    if (isLow && offset + 4 >= 4 * cellsOf(object)) return undefined;
    const other = isLow ? cell + 1 : cell - 1;
    return this.isStored(other) ? this.valueOf(other) : undefined;
  }

  /** Did anybody ever store to the cell? */
  isStored(cell: CellNumber): boolean {
    return this.records.chunk(cell).flags[this.records.row(cell)] !== 0;
  }

  /** Forgets that the cell was ever stored to. */
  remove(cell: CellNumber): void {
    this.late.forget(cell);
    const chunk = this.records.chunk(cell);
    const row = this.records.row(cell);
    chunk.flags[row] = 0;
    chunk.value[row] = 0;
    chunk.setBefore(row, 0);
  }

  /** Copies what a cell holds to a row of `copies`, to be restored from there. */
  copy(cell: CellNumber, copies: RecordChunk, to: number): void {
    copies.copyRow(to, this.records.chunk(cell), this.records.row(cell));
  }

  /** The cell holds again what it held when the copy was made. What was logged since stays. */
  restore(cell: CellNumber, copies: RecordChunk, from: number): void {
    this.keep(cell);
    const chunk = this.records.chunk(cell);
    const row = this.records.row(cell);
    chunk.value[row] = copies.value[from];
    chunk.flags[row] = copies.flags[from] & ~IS_LOGGED;
    chunk.setSpot(row, copies.icountOf(from), copies.siteOf(from));
    chunk.setPoint(row, copies.pointOf(from));
  }

  /** What the cell holds is a register of an interrupted program: which number that is doesn't count. */
  holdRegister(cell: CellNumber): void {
    this.keep(cell);
    const chunk = this.records.chunk(cell);
    const row = this.records.row(cell);
    chunk.value[row] = A_REGISTER;
    chunk.flags[row] = KNOWN | IS_REGISTER;
  }

  /** To be called before a cell holds another value: one that was logged goes to a record of its own. */
  keep(cell: CellNumber): void {
    const chunk = this.records.chunk(cell);
    const row = this.records.row(cell);
    if ((chunk.flags[row] & IS_LOGGED) === 0) return;
    const record = this.records.add();
    this.records.chunk(record).copyRow(this.records.row(record), chunk, row);
    chunk.flags[row] &= ~IS_LOGGED;
    chunk.setBefore(row, record);
  }

  /** Shows each cell of an object that holds something, in the order of offsets. */
  forEach(object: RawObject, visit: (offset: number, cell: CellNumber) => void): void {
    object.pieces.forEach((first, piece) => {
      const { flags } = this.records.chunk(first);
      const row = this.records.row(first);
      const cells = cellsOfPiece(object, piece);
      for (let i = 0; i < cells; i++) if (flags[row + i] !== 0) visit(piece * PIECE_BYTES + 4 * i, first + i);
    });
  }

  /** The cell was seen to hold what it holds, under that name. The same again is no news. */
  log(cell: CellNumber, name: NameNumber): void {
    const chunk = this.records.chunk(cell);
    const row = this.records.row(cell);
    const value = chunk.value[row];
    const known = chunk.flags[row] & KNOWN;
    if (this.late.count(cell) > 0) {
      this.late.log(cell, value, known, name);
      return;
    }
    const before = chunk.beforeOf(row);
    if (before !== 0 && this.isSame(before, value, known, name)) return;
    const nth = before === 0 ? 0 : this.nthOf(before) + 1;
    if (nth === VALUES_OF_A_CELL || (nth > 0 && this.beyondFirst === VALUES_BEYOND_FIRST)) {
      this.beginLate(cell, before);
      this.late.log(cell, value, known, name);
      return;
    }
    if (nth > 0) this.beyondFirst++;
    chunk.flags[row] |= IS_LOGGED;
    chunk.setName(row, name);
    chunk.setNth(row, nth);
  }

  /** What the cell was last seen to hold before what it holds; undefined when nothing. */
  seenBefore(cell: CellNumber): Pick<HeldValue, 'value' | 'known' | 'isStack' | 'icount'> | undefined {
    if (this.late.count(cell) > 0) {
      return { value: this.late.lastValue(cell), known: KNOWN, isStack: true, icount: this.icountOf(cell) };
    }
    const before = this.beforeOf(cell);
    return before === 0 ? undefined : this.held(before);
  }

  valueOf(record: RecordNumber): number {
    return this.records.chunk(record).value[this.records.row(record)];
  }

  icountOf(record: RecordNumber): number {
    return this.records.chunk(record).icountOf(this.records.row(record));
  }

  held(record: RecordNumber): HeldValue {
    const chunk = this.records.chunk(record);
    const row = this.records.row(record);
    const flags = chunk.flags[row];
    const site = chunk.siteOf(row);
    return {
      value: chunk.value[row],
      known: flags & KNOWN,
      isStack: (flags & IS_STACK) !== 0,
      isRegister: (flags & IS_REGISTER) !== 0,
      icount: chunk.icountOf(row),
      eip: this.sites.eipOf(site),
      chain: this.sites.chainOf(site),
      name: (flags & IS_LOGGED) === 0 ? 0 : chunk.nameOf(row),
      point: chunk.pointOf(row),
    };
  }

  /** Records of the values that the cell was seen to hold, as far as they are kept, in order. */
  kept(cell: CellNumber): readonly RecordNumber[] {
    const kept: RecordNumber[] = [];
    for (let record = this.newestKept(cell); record !== 0; record = this.beforeOf(record)) kept.push(record);
    return kept.reverse();
  }

  /** The first of them. */
  firstKept(cell: CellNumber): RecordNumber {
    let record = this.newestKept(cell);
    for (let before = record; before !== 0; before = this.beforeOf(before)) record = before;
    return record;
  }

  /** Was the cell never seen to hold anything? */
  isUnseen(cell: CellNumber): boolean {
    return this.late.count(cell) === 0 && this.newestKept(cell) === 0;
  }

  /** No more cells than this are in an object. */
  cellsAtMost(object: RawObject): number {
    let pieces = 0;
    for (const first of object.pieces) if (first !== undefined) pieces++;
    return Math.min(pieces * (PIECE_BYTES / 4), cellsOf(object));
  }

  /** How many values the cell was seen to hold. */
  count(cell: CellNumber): number {
    const late = this.late.count(cell);
    if (late > 0) return late;
    const newest = this.newestKept(cell);
    return newest === 0 ? 0 : this.nthOf(newest) + 1;
  }

  /** Equal for two cells, even of two runs, that held the same values; `raw` for the same numbers. */
  digest(cell: CellNumber): HistoryDigest {
    return this.late.count(cell) > 0 ? this.late.digest(cell) : this.digestOfKept(this.newestKept(cell));
  }

  /** Puts count, low and high half of the cell's digest into `rows`. */
  addDigest(cell: CellNumber, rows: Int32Array, at: number): void {
    if (this.late.count(cell) > 0) {
      this.late.addDigest(cell, rows, at);
      return;
    }
    const { count, low, high } = this.digestOfKept(this.newestKept(cell));
    rows[at] = count;
    rows[at + 1] = low;
    rows[at + 2] = high;
  }

  private digestOfKept(newest: RecordNumber): HistoryDigest {
    const { order, mixer } = this;
    let count = 0;
    for (let record = newest; record !== 0; record = this.beforeOf(record)) order[count++] = record;
    let low = DIGEST_BASIS;
    let high = DIGEST_BASIS;
    let raw = DIGEST_BASIS;
    for (let i = count - 1; i >= 0; i--) {
      const chunk = this.records.chunk(order[i]);
      const row = this.records.row(order[i]);
      const value = chunk.value[row];
      const known = chunk.flags[row] & KNOWN;
      const name = chunk.nameOf(row);
      low = mixer.low(low, value, known, name);
      high = mixer.high(high, value, known, name);
      raw = mixer.low(raw, value, known, 0);
    }
    return { count, low, high, raw };
  }

  private isSame(record: RecordNumber, value: number, known: number, name: NameNumber): boolean {
    const chunk = this.records.chunk(record);
    const row = this.records.row(record);
    if (chunk.nameOf(row) !== name) return false;
    return name !== 0 || (chunk.value[row] === value && (chunk.flags[row] & KNOWN) === known);
  }

  private beforeOf(record: RecordNumber): RecordNumber {
    return this.records.chunk(record).beforeOf(this.records.row(record));
  }

  private nthOf(record: RecordNumber): number {
    return this.records.chunk(record).nthOf(this.records.row(record));
  }

  private newestKept(cell: CellNumber): RecordNumber {
    const chunk = this.records.chunk(cell);
    const row = this.records.row(cell);
    return (chunk.flags[row] & IS_LOGGED) !== 0 ? cell : chunk.beforeOf(row);
  }

  private beginLate(cell: CellNumber, newest: RecordNumber): void {
    const chunk = this.records.chunk(newest);
    const row = this.records.row(newest);
    const known = chunk.flags[row] & KNOWN;
    this.late.begin(cell, this.digestOfKept(newest), chunk.value[row], known, chunk.nameOf(row));
  }
}

function cellsOfPiece(object: RawObject, piece: number): number {
  return Math.min(PIECE_BYTES / 4, cellsOf(object) - (piece * PIECE_BYTES) / 4);
}

// A store may reach beyond the end of an object.
function cellsOf({ start, end }: RawObject): number {
  return Math.ceil((end - start) / 4) + 1;
}
