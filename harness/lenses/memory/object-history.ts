import { createHash } from 'node:crypto';
import type { CellColumns, CellHistory, Fact, FactDetail, Place } from '../fact.ts';
import type { RunView } from '../run-view.ts';
import type { CellNumber, CellTable } from './cell-table.ts';
import { isNarrow, memberOf, narrowPart, SeenValue } from './cell-values.ts';
import type { RawObject } from './raw-object.ts';
import type { RecordNumber } from './value-records.ts';

/** The cells of an object that are compared, in the order of offsets; at least one. */
export interface ComparedCells {
  readonly object: RawObject;
  readonly offsets: Uint32Array;
  readonly cells: Uint32Array;
}

// What is laid down for a task's first steps lies above the first push, some of it for good.
const PREPARED_BYTES = 128;

/** Undefined when the whole object is a stack. */
export function comparedCells(object: RawObject, table: CellTable): ComparedCells | undefined {
  const offsets: number[] = [];
  const cells: number[] = [];
  table.forEach(object, (offset, cell, last) => {
    if (table.count(cell) === 0 || isStack(object, offset, table, cell, last)) return;
    offsets.push(offset);
    cells.push(cell);
  });
  if (cells.length === 0) return undefined;
  return { object, offsets: Uint32Array.from(offsets), cells: Uint32Array.from(cells) };
}

// A stack is what was pushed to, what was prepared above, and all below that was cleared and never used.
function isStack(object: RawObject, offset: number, table: CellTable, cell: CellNumber, last: RecordNumber): boolean {
  const linear = object.start + offset;
  if (object.stackHigh === 0 || linear >= object.stackHigh + PREPARED_BYTES) return false;
  return linear + 4 > object.stackLow || (table.valueOf(last) === 0 && table.count(cell) === 1);
}

/** Every value that the object's cells were seen to hold, as one fact; undefined when the whole object is a stack. */
export function historyFact(view: RunView, object: RawObject): Fact | undefined {
  const { table } = view.observe().cells;
  const compared = comparedCells(object, table);
  if (compared === undefined) return undefined;
  const { cells } = compared;
  const first = table.held(firstRecord(table, cells));
  return {
    lens: 'memory',
    track: object.identity,
    key: object.identity,
    value: digestOf(table, compared),
    text: `${object.label} is stored to (${cells.length} cells), first`,
    get at(): Place {
      return view.placeOf(first);
    },
    subjects: [object.identity],
    // Start-up code clears what it never uses; a variable more or less there is no behaviour.
    isSilent: cells.every((cell) => table.valueOf(table.last(cell)) === 0 && table.count(cell) === 1),
    detail: detailOf(view, object),
  };
}

function firstRecord(table: CellTable, cells: Uint32Array): RecordNumber {
  let first = table.firstKept(cells[0]);
  for (const cell of cells) {
    const record = table.firstKept(cell);
    if (table.icountOf(record) < table.icountOf(first)) first = record;
  }
  return first;
}

const ROWS_AT_ONCE = 4096;

function digestOf(table: CellTable, { offsets, cells }: ComparedCells): string {
  const hash = createHash('sha256');
  for (let from = 0; from < cells.length; from += ROWS_AT_ONCE) {
    const rows = new Int32Array(4 * Math.min(ROWS_AT_ONCE, cells.length - from));
    for (let row = 0; 4 * row < rows.length; row++) {
      const { count, low, high } = table.digest(cells[from + row]);
      rows.set([offsets[from + row], count, low, high], 4 * row);
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
    part: (offset) => narrowPart(view, object, offset),
    member: (offset) => memberOf(view, object, offset),
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
  return { offset, values, isCut, digest: `${count} ${low} ${high}`, rawDigest: `${count} ${raw}` };
}
