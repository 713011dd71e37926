import { createHash } from 'node:crypto';
import type { CellColumns, CellHistory, Fact, FactDetail, Place } from '../../fact.ts';
import type { RunView } from '../../run-view.ts';
import type { Spot } from '../../state/spot.ts';
import type { CellNumber, CellTable } from '../cells/cell-table.ts';
import { isNarrow, memberOf, SeenValue } from '../cells/cell-values.ts';
import type { CellsObservation } from '../cells/cells.ts';
import type { RecordNumber } from '../cells/value-records.ts';
import type { RawObject } from './raw-object.ts';

/** The cells of an object that are compared, in the order of offsets; at least one. */
export interface ComparedCells {
  readonly object: RawObject;
  readonly offsets: Uint32Array;
  readonly cells: Uint32Array;
}

// What is laid down for a task's first steps lies above the first push, some of it for good.
const PREPARED_BYTES = 128;
const PIECE_CELLS = 1025;

/** Looks up which cells of objects are compared. */
class CellsFinder {
  private readonly table: CellTable;
  private offsets = new Uint32Array(PIECE_CELLS);
  private cells = new Uint32Array(PIECE_CELLS);

  constructor(table: CellTable) {
    this.table = table;
  }

  /** Undefined when the whole object is a stack. Valid until the next object is asked for. */
  of(object: RawObject): ComparedCells | undefined {
    const { table } = this;
    const most = table.cellsAtMost(object);
    if (most > this.cells.length) [this.offsets, this.cells] = [new Uint32Array(most), new Uint32Array(most)];
    const { offsets, cells } = this;
    let count = 0;
    table.forEach(object, (offset, cell) => {
      if (table.isUnseen(cell) || isStack(object, offset, table, cell)) return;
      offsets[count] = offset;
      cells[count++] = cell;
    });
    return count === 0 ? undefined : { object, offsets: offsets.subarray(0, count), cells: cells.subarray(0, count) };
  }
}

/** Undefined when the whole object is a stack. */
export function comparedCells(object: RawObject, table: CellTable): ComparedCells | undefined {
  return new CellsFinder(table).of(object);
}

// A stack is what was pushed to, what was prepared above, and all below that was cleared and never used.
function isStack(object: RawObject, offset: number, table: CellTable, cell: CellNumber): boolean {
  if (isOnStack(object, offset)) return true;
  if (object.stackHigh === 0 || object.start + offset >= object.stackHigh + PREPARED_BYTES) return false;
  return table.valueOf(cell) === 0 && table.count(cell) === 1;
}

/** Was the cell pushed to, or is it where a task's first steps were prepared? */
export function isOnStack({ start, stackLow, stackHigh }: RawObject, offset: number): boolean {
  return start + offset + 4 > stackLow && start + offset < stackHigh + PREPARED_BYTES;
}

/** What the histories of an object's cells come to. */
export interface ObjectSummary {
  readonly cells: number;
  readonly first: Spot; // of the first value that a cell was seen to hold
  readonly digest: string;
  readonly isSilent: boolean;
}

/** The summaries of all objects but those that are stacks as a whole, by identity, in the order of the first stores. */
export function summariesOf({ objects, table }: Pick<CellsObservation, 'objects' | 'table'>): Summaries {
  const summaries = new Map<string, ObjectSummary>();
  const finder = new CellsFinder(table);
  for (const object of objects.values()) {
    const compared = finder.of(object);
    if (compared !== undefined) summaries.set(object.identity, summaryOf(table, compared));
  }
  return summaries;
}

export type Summaries = ReadonlyMap<string, ObjectSummary>;

function summaryOf(table: CellTable, compared: ComparedCells): ObjectSummary {
  const { cells } = compared;
  const { icount, eip, chain } = table.held(firstRecord(table, cells));
  return {
    cells: cells.length,
    first: { icount, eip, chain },
    digest: digestOf(table, compared),
    // Start-up code clears what it never uses; a variable more or less there is no behaviour.
    isSilent: cells.every((cell) => table.valueOf(cell) === 0 && table.count(cell) === 1),
  };
}

/** Every value that the object's cells were seen to hold, as one fact. There may be one for each block of a long run. */
export class HistoryFact implements Fact {
  readonly lens = 'memory';
  private readonly view: RunView;
  private readonly object: RawObject;
  private readonly summary: ObjectSummary;

  constructor(view: RunView, object: RawObject, summary: ObjectSummary) {
    this.view = view;
    this.object = object;
    this.summary = summary;
  }

  get track(): string {
    return this.object.identity;
  }

  get key(): string {
    return this.object.identity;
  }

  get value(): string {
    return this.summary.digest;
  }

  get text(): string {
    return `${this.object.label} is stored to (${this.summary.cells} cells), first`;
  }

  get at(): Place {
    return this.view.placeOf(this.summary.first);
  }

  get subjects(): readonly string[] {
    return [this.object.identity];
  }

  get isSilent(): boolean {
    return this.summary.isSilent;
  }

  get detail(): FactDetail {
    return detailOf(this.view, this.object);
  }
}

function firstRecord(table: CellTable, cells: Uint32Array): RecordNumber {
  let first = table.firstKept(cells[0]);
  let icount = table.icountOf(first);
  for (const cell of cells) {
    const record = table.firstKept(cell);
    const stored = table.icountOf(record);
    if (stored >= icount) continue;
    first = record;
    icount = stored;
  }
  return first;
}

const ROWS_AT_ONCE = 4096;

const DIGESTED = new Int32Array(4 * ROWS_AT_ONCE);

function digestOf(table: CellTable, { offsets, cells }: ComparedCells): string {
  const hash = createHash('sha256');
  for (let from = 0; from < cells.length; from += ROWS_AT_ONCE) {
    const rows = DIGESTED.subarray(0, 4 * Math.min(ROWS_AT_ONCE, cells.length - from));
    for (let row = 0; 4 * row < rows.length; row++) {
      rows[4 * row] = offsets[from + row];
      table.addDigest(cells[from + row], rows, 4 * row + 1);
    }
    hash.update(rows);
  }
  return hash.digest('hex');
}

// Which cells an object has is looked up again for the few objects that differ: there may be millions.
function detailOf(view: RunView, object: RawObject): FactDetail {
  const { table } = view.observe().cells;
  let known: ComparedCells | undefined;
  const compared = () => {
    known ??= comparedCells(object, table) ?? { object, offsets: new Uint32Array(0), cells: new Uint32Array(0) };
    return known;
  };
  return {
    kind: 'cells',
    object: object.label,
    cells: () => columnsOf(table, compared()),
    history: (index) => historyOf(view, object, compared().offsets[index], compared().cells[index]),
    sizeBytes: object.end - object.start,
    type: () => view.observe().cells.types.of(object, true)?.type,
    nameOf: (value, icount) => view.names.value(value, icount),
    isGlobal: object.kind === 'global',
    isOnStack: (offset) => isOnStack(object, offset),
    isReturn: (value) => view.observe().code.isBehindCall(value),
    image: view.placement.pages(),
    member: (offset, path) => memberOf(view, object, offset, path),
  };
}

function columnsOf(table: CellTable, { offsets, cells }: ComparedCells): CellColumns {
  const [low, high] = [new Int32Array(cells.length), new Int32Array(cells.length)];
  cells.forEach((cell, index) => {
    const digest = table.digest(cell);
    low[index] = digest.low;
    high[index] = digest.high;
  });
  return { offsets, low, high };
}

function historyOf(view: RunView, object: RawObject, offset: number, cell: CellNumber): CellHistory {
  const { table } = view.observe().cells;
  const isNumber = isNarrow(view, object, offset);
  const values = table.kept(cell).map((record) => new SeenValue(view, table.held(record), isNumber));
  const { count, low, high, raw } = table.digest(cell);
  const isCut = values.length < count;
  const lastIcount = table.icountOf(cell);
  return { offset, values, isCut, lastIcount, digest: `${count} ${low} ${high}`, rawDigest: `${count} ${raw}` };
}
