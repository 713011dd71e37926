import { type SiteColumns, SiteList } from '../state/site-list.ts';
import type { Spot } from '../state/spot.ts';
import { DIGEST_BASIS, mixHigh, mixLow } from './history-digest.ts';
import type { RawObject } from './raw-object.ts';
import type { RecordChunk, RecordColumns } from './record-chunk.ts';
import { type NameNumber, ValueNames } from './value-names.ts';
import { IS_LOGGED, IS_STACK, KNOWN, type RecordNumber, ValueRecords } from './value-records.ts';

/** The number of a 32-bit cell of some object; 0 is none. */
export type CellNumber = number;

/** A value that a cell held, and who stored it. `name` is 0 for what has none, or wasn't looked at yet. */
export interface HeldValue extends Spot {
  readonly value: number;
  readonly known: number; // masks the bytes that were ever stored
  readonly isStack: boolean;
  readonly name: NameNumber;
  readonly point: number; // how many points of observation came before
}

/** How many values a cell was seen to hold, one after the other, and a digest of them by name and one by number. */
export interface HistoryDigest {
  readonly count: number;
  readonly low: number;
  readonly high: number;
  readonly raw: number;
}

// Values past these bounds live on in the digests alone.
const VALUES_OF_A_CELL = 256;
const VALUES_BEYOND_FIRST = 500_000;
const PIECE_SHIFT = 12;
const PIECE_BYTES = 1 << PIECE_SHIFT;
const CHUNK_SHIFT = 14;
const CHUNK_CELLS = 1 << CHUNK_SHIFT;

// What is known of a cell with more values than are kept: fields of a row.
const LATE_FIELDS = 4;
const [COUNT, LOW, HIGH, VALUE] = [0, 1, 2, 3];
const PLAIN = -KNOWN; // the name of a number that is known in full
const NAMED = 0x10; // a step of a digest before a name, as the mask of known bytes is before what is known in part

/** Plain data that a table is made of again. */
export interface PackedTable {
  readonly chunks: readonly Uint32Array[];
  readonly late: readonly (Int32Array | undefined)[];
  readonly lateNames: readonly (Int32Array | undefined)[];
  readonly lateRaws: readonly (Int32Array | undefined)[];
  readonly records: readonly RecordColumns[];
  readonly names: readonly string[];
  readonly sites: SiteColumns;
}

const EMPTY: PackedTable = {
  chunks: [],
  late: [],
  lateNames: [],
  lateRaws: [],
  records: [],
  names: [],
  sites: new SiteList().columns(),
};

/**
 * What the cells of all objects of a run hold and were seen to hold, in columns, because there may be millions. Cells of
 * one object lie side by side, 4 KiB of it at a time.
 */
export class CellTable {
  readonly records: ValueRecords;
  readonly names: ValueNames;
  readonly sites: SiteList;
  private readonly chunks: Uint32Array[]; // the record of what a cell holds last
  private readonly late: (Int32Array | undefined)[];
  private readonly lateNames: (Int32Array | undefined)[]; // undefined: all plain and known in full
  private readonly lateRaws: (Int32Array | undefined)[]; // undefined: as LOW, since none was ever named
  private used = CHUNK_CELLS; // cells of the last chunk
  private beyondFirst = 0;
  private readonly order = new Uint32Array(VALUES_OF_A_CELL); // of records, the last first

  /** Empty, or what another one held; no more can be logged in that. */
  constructor({ records, names, sites, chunks, late, lateNames, lateRaws }: PackedTable = EMPTY) {
    this.records = new ValueRecords(records);
    this.names = new ValueNames(names);
    this.chunks = [...chunks];
    this.late = [...late];
    this.lateNames = [...lateNames];
    this.lateRaws = [...lateRaws];
    this.sites = new SiteList(sites);
  }

  /** What is held, without what it takes to go on. */
  pack(): PackedTable {
    const { chunks, late, lateNames, lateRaws, records, names, sites } = this;
    return { chunks, late, lateNames, lateRaws, records: records.all(), names: names.all(), sites: sites.columns() };
  }

  /** The record of what the other half of a cell's 8 bytes holds; 0 when nobody ever stored to it. */
  lastBeside(object: RawObject, offset: number, cell: CellNumber): RecordNumber {
    if (offset % 8 !== 0) return this.last(cell - 1);
    return offset + 4 < 4 * cellsOf(object) ? this.last(cell + 1) : 0;
  }

  /** The cell at an offset that is a multiple of 4, made on first use. */
  cellAt(object: RawObject, offset: number): CellNumber {
    const piece = offset >>> PIECE_SHIFT;
    const start = object.pieces[piece] ?? this.addPiece(object, piece);
    return start + ((offset & (PIECE_BYTES - 1)) >>> 2);
  }

  last(cell: CellNumber): RecordNumber {
    return this.chunks[cell >>> CHUNK_SHIFT][cell & (CHUNK_CELLS - 1)];
  }

  private setLast(cell: CellNumber, record: RecordNumber): void {
    this.chunks[cell >>> CHUNK_SHIFT][cell & (CHUNK_CELLS - 1)] = record;
  }

  /** Forgets that the cell was ever stored to. */
  remove(cell: CellNumber): void {
    const late = this.late[cell >>> CHUNK_SHIFT];
    if (late !== undefined) late[(cell & (CHUNK_CELLS - 1)) * LATE_FIELDS + COUNT] = 0;
    const record = this.last(cell);
    const isLogged = (this.records.chunk(record).flags[this.records.row(record)] & IS_LOGGED) !== 0;
    if (record !== 0 && !isLogged) this.records.remove(record);
    this.setLast(cell, 0);
  }

  /** Copies what a record says of a value to a row of `copies`, to be restored from there. */
  copy(record: RecordNumber, copies: RecordChunk, to: number): void {
    const chunk = this.records.chunk(record);
    const row = this.records.row(record);
    copies.value[to] = chunk.value[row];
    copies.flags[to] = chunk.flags[row];
    copies.setSpot(to, chunk.icountOf(row), chunk.siteOf(row));
    copies.setPoint(to, chunk.pointOf(row));
  }

  /** The cell holds again what it held when the copy was made. What was logged since stays. */
  restore(cell: CellNumber, copies: RecordChunk, from: number): void {
    const record = this.openRecord(cell);
    const chunk = this.records.chunk(record);
    const row = this.records.row(record);
    chunk.value[row] = copies.value[from];
    chunk.flags[row] = copies.flags[from] & ~IS_LOGGED;
    chunk.setSpot(row, copies.icountOf(from), copies.siteOf(from));
    chunk.setPoint(row, copies.pointOf(from));
  }

  /** The record that the cell's next value goes to: its last one, unless that is logged. */
  openRecord(cell: CellNumber): RecordNumber {
    const last = this.last(cell);
    if (last !== 0 && (this.records.chunk(last).flags[this.records.row(last)] & IS_LOGGED) === 0) return last;
    const record = this.records.add();
    this.records.chunk(record).setBefore(this.records.row(record), last);
    this.setLast(cell, record);
    return record;
  }

  /** Shows each cell of an object that holds something, in the order of offsets. */
  forEach(object: RawObject, visit: (offset: number, cell: CellNumber, last: RecordNumber) => void): void {
    object.pieces.forEach((start, piece) => {
      const cells = Math.min(PIECE_BYTES / 4, cellsOf(object) - (piece * PIECE_BYTES) / 4);
      for (let i = 0; i < cells; i++) {
        const last = this.last(start + i);
        if (last !== 0) visit(piece * PIECE_BYTES + 4 * i, start + i, last);
      }
    });
  }

  /** The cell was seen to hold what its last record, that row, says, under that name. The same again is no news. */
  log(cell: CellNumber, chunk: RecordChunk, row: number, name: NameNumber): void {
    const value = chunk.value[row];
    const known = chunk.flags[row] & KNOWN;
    const late = this.late[cell >>> CHUNK_SHIFT];
    const start = (cell & (CHUNK_CELLS - 1)) * LATE_FIELDS;
    if (late !== undefined && late[start + COUNT] > 0) {
      this.logLate(cell, late, start, value, known, name);
      return;
    }
    const before = chunk.beforeOf(row);
    if (before === 0 || !this.isSame(before, value, known, name)) {
      const nth = before === 0 ? 0 : this.records.chunk(before).nthOf(this.records.row(before)) + 1;
      if (nth === VALUES_OF_A_CELL || (nth > 0 && this.beyondFirst === VALUES_BEYOND_FIRST)) {
        this.logLate(cell, this.beginLate(cell, before), start, value, known, name);
        return;
      }
      if (nth > 0) this.beyondFirst++;
      chunk.flags[row] |= IS_LOGGED;
      chunk.setName(row, name);
      chunk.setNth(row, nth);
    }
  }

  /** What the cell was last seen to hold before its last record; undefined when nothing. */
  seenBefore(cell: CellNumber): Pick<HeldValue, 'value' | 'known' | 'isStack' | 'icount'> | undefined {
    const record = this.last(cell);
    const chunk = this.records.chunk(record);
    const row = this.records.row(record);
    const late = this.lateRow(cell);
    if (late !== undefined) {
      return { value: late[VALUE] >>> 0, known: KNOWN, isStack: true, icount: chunk.icountOf(row) };
    }
    const before = chunk.beforeOf(row);
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
      icount: chunk.icountOf(row),
      eip: this.sites.eipOf(site),
      chain: this.sites.chainOf(site),
      name: (flags & IS_LOGGED) === 0 ? 0 : chunk.nameOf(row),
      point: chunk.pointOf(row),
    };
  }

  /** Records of the values that the cell was seen to hold, as far as they are kept, in order. */
  kept(cell: CellNumber): readonly RecordNumber[] {
    const newest = this.newestKept(cell);
    if (newest === 0) return [];
    const kept: RecordNumber[] = [];
    for (let record = newest; record !== 0; record = this.beforeOf(record)) kept.push(record);
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
    return this.lateCount(cell) === 0 && this.newestKept(cell) === 0;
  }

  /** No more cells than this are in an object. */
  cellsAtMost(object: RawObject): number {
    let pieces = 0;
    for (const start of object.pieces) if (start !== undefined) pieces++;
    return Math.min(pieces * (PIECE_BYTES / 4), cellsOf(object));
  }

  /** How many values the cell was seen to hold. */
  count(cell: CellNumber): number {
    const late = this.lateCount(cell);
    if (late > 0) return late;
    const newest = this.newestKept(cell);
    return newest === 0 ? 0 : this.records.chunk(newest).nthOf(this.records.row(newest)) + 1;
  }

  /** Equal for two cells, even of two runs, that held the same values; `raw` for the same numbers. */
  digest(cell: CellNumber): HistoryDigest {
    const late = this.lateRow(cell);
    if (late !== undefined) return { count: late[COUNT], low: late[LOW], high: late[HIGH], raw: this.lateRaw(cell) };
    return this.digestOfKept(this.newestKept(cell));
  }

  /** Puts count, low and high half of the cell's digest into `rows`. */
  addDigest(cell: CellNumber, rows: Int32Array, at: number): void {
    const late = this.late[cell >>> CHUNK_SHIFT];
    const start = (cell & (CHUNK_CELLS - 1)) * LATE_FIELDS;
    if (late !== undefined && late[start + COUNT] > 0) {
      rows[at] = late[start + COUNT];
      rows[at + 1] = late[start + LOW];
      rows[at + 2] = late[start + HIGH];
      return;
    }
    const { count, low, high } = this.digestOfKept(this.newestKept(cell));
    rows[at] = count;
    rows[at + 1] = low;
    rows[at + 2] = high;
  }

  private digestOfKept(newest: RecordNumber): HistoryDigest {
    const { order } = this;
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
      low = this.mixLow(low, value, known, name);
      high = this.mixHigh(high, value, known, name);
      raw = this.mixLow(raw, value, known, 0);
    }
    return { count, low, high, raw };
  }

  private mixLow(digest: number, value: number, known: number, name: NameNumber): number {
    if (name !== 0) return mixLow(mixLow(digest, NAMED), this.names.hash(name));
    return mixLow(known === KNOWN ? digest : mixLow(digest, known), value);
  }

  private mixHigh(digest: number, value: number, known: number, name: NameNumber): number {
    if (name !== 0) return mixHigh(mixHigh(digest, NAMED), this.names.hash(name));
    return mixHigh(known === KNOWN ? digest : mixHigh(digest, known), value);
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

  private newestKept(cell: CellNumber): RecordNumber {
    const record = this.last(cell);
    if (record === 0) return 0;
    const isLogged = (this.records.chunk(record).flags[this.records.row(record)] & IS_LOGGED) !== 0;
    return isLogged ? record : this.beforeOf(record);
  }

  private lateCount(cell: CellNumber): number {
    const late = this.late[cell >>> CHUNK_SHIFT];
    return late === undefined ? 0 : late[(cell & (CHUNK_CELLS - 1)) * LATE_FIELDS + COUNT];
  }

  private lateRow(cell: CellNumber): Int32Array | undefined {
    if (this.lateCount(cell) === 0) return undefined;
    const start = (cell & (CHUNK_CELLS - 1)) * LATE_FIELDS;
    return this.late[cell >>> CHUNK_SHIFT]?.subarray(start, start + LATE_FIELDS);
  }

  private beginLate(cell: CellNumber, newest: RecordNumber): Int32Array {
    const { count, low, high, raw } = this.digestOfKept(newest);
    const late = this.late[cell >>> CHUNK_SHIFT] ?? new Int32Array(CHUNK_CELLS * LATE_FIELDS);
    this.late[cell >>> CHUNK_SHIFT] = late;
    const chunk = this.records.chunk(newest);
    const row = this.records.row(newest);
    const start = (cell & (CHUNK_CELLS - 1)) * LATE_FIELDS;
    late[start + COUNT] = count;
    late[start + LOW] = low;
    late[start + HIGH] = high;
    late[start + VALUE] = chunk.value[row];
    this.setLateName(cell, nameField(chunk.flags[row] & KNOWN, chunk.nameOf(row)));
    this.setLateRaw(cell, raw);
    return late;
  }

  private logLate(
    cell: CellNumber,
    late: Int32Array,
    start: number,
    value: number,
    known: number,
    name: NameNumber,
  ): void {
    const isSameName = this.lateName(cell) === nameField(known, name);
    if (isSameName && (name !== 0 || late[start + VALUE] === (value | 0))) return;
    late[start + COUNT]++;
    const raw = this.lateRaws[cell >>> CHUNK_SHIFT] === undefined && name === 0 ? undefined : this.lateRaw(cell);
    late[start + LOW] = this.mixLow(late[start + LOW], value, known, name);
    late[start + HIGH] = this.mixHigh(late[start + HIGH], value, known, name);
    if (raw !== undefined) this.setLateRaw(cell, this.mixLow(raw, value, known, 0));
    late[start + VALUE] = value;
    if (!isSameName) this.setLateName(cell, nameField(known, name));
  }

  private lateRaw(cell: CellNumber): number {
    const at = cell & (CHUNK_CELLS - 1);
    const raws = this.lateRaws[cell >>> CHUNK_SHIFT];
    if (raws !== undefined) return raws[at];
    return this.late[cell >>> CHUNK_SHIFT]?.[at * LATE_FIELDS + LOW] ?? DIGEST_BASIS;
  }

  // To be called when LOW is set: that is what the digest by number is while nothing is named.
  private setLateRaw(cell: CellNumber, raw: number): void {
    const at = cell & (CHUNK_CELLS - 1);
    const late = this.late[cell >>> CHUNK_SHIFT];
    let raws = this.lateRaws[cell >>> CHUNK_SHIFT];
    if (raws === undefined) {
      if (late?.[at * LATE_FIELDS + LOW] === raw) return;
      raws = Int32Array.from({ length: CHUNK_CELLS }, (_, i) => late?.[i * LATE_FIELDS + LOW] ?? 0);
      this.lateRaws[cell >>> CHUNK_SHIFT] = raws;
    }
    raws[at] = raw;
  }

  private lateName(cell: CellNumber): number {
    const names = this.lateNames[cell >>> CHUNK_SHIFT];
    return names === undefined ? PLAIN : names[cell & (CHUNK_CELLS - 1)];
  }

  private setLateName(cell: CellNumber, field: number): void {
    let names = this.lateNames[cell >>> CHUNK_SHIFT];
    if (names === undefined && field === PLAIN) return;
    names ??= new Int32Array(CHUNK_CELLS).fill(PLAIN);
    this.lateNames[cell >>> CHUNK_SHIFT] = names;
    names[cell & (CHUNK_CELLS - 1)] = field;
  }

  private addPiece(object: RawObject, piece: number): CellNumber {
    const cells = Math.min(PIECE_BYTES / 4, cellsOf(object) - (piece * PIECE_BYTES) / 4);
    // Cell 0 is none.
    if (this.used + cells > CHUNK_CELLS) this.used = this.chunks.push(new Uint32Array(CHUNK_CELLS)) === 1 ? 1 : 0;
    const start = (this.chunks.length - 1) * CHUNK_CELLS + this.used;
    this.used += cells;
    // Most objects have one piece: a list made for it has no room for more.
    if (piece === 0 && object.pieces.length === 0) object.pieces = [start];
    else object.pieces[piece] = start;
    return start;
  }
}

function nameField(known: number, name: NameNumber): number {
  return name === 0 ? -known : name;
}

// A store may reach beyond the end of an object.
function cellsOf({ start, end }: RawObject): number {
  return Math.ceil((end - start) / 4) + 1;
}
