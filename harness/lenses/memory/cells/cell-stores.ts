import { hex } from '../../../../emulator/index.ts';
import type { WriteColumns } from '../../../../traces/index.ts';
import type { Symbols } from '../../../symbols/index.ts';
import type { AddressNames } from '../../names/address-names.ts';
import type { RunState } from '../../state/run-state.ts';
import type { SiteNumber } from '../../state/site-list.ts';
import { StackWords } from '../../state/stack-words.ts';
import { Gates, isDescriptor } from '../gates.ts';
import type { RawObject } from '../objects/raw-object.ts';
import type { SavedRegisters } from '../stacks/saved-registers.ts';
import { type CellNumber, type CellTable, PIECE_SHIFT, REGISTER_TEXT } from './cell-table.ts';
import type { RecordChunk } from './record-chunk.ts';
import type { NameNumber } from './value-names.ts';
import { IS_CLOSED, IS_LOGGED, IS_STACK, KNOWN } from './value-records.ts';

const PAGE_BYTES = 4096;
const LANE_BITS = Int32Array.from({ length: KNOWN + 1 }, (_, mask) => laneBits(mask));

/** What stores are seen by. */
export interface CellStoresContext {
  readonly state: RunState;
  readonly table: CellTable;
  readonly symbols: Symbols;
  readonly names: AddressNames;
  readonly saved: SavedRegisters;
}

/** What stores do to cells: they hold other values, and what they held at a point of observation was seen. */
export class CellStores {
  readonly stackWords = new StackWords();
  /** Points of observation so far. */
  point = 0;
  private readonly state: RunState;
  private readonly table: CellTable;
  private readonly names: AddressNames;
  private readonly gates: Gates;
  private readonly saved: SavedRegisters;
  private site: SiteNumber = 0; // of the row, once somebody has asked

  constructor({ state, table, symbols, names, saved }: CellStoresContext) {
    this.state = state;
    this.table = table;
    this.names = names;
    this.gates = new Gates(table, symbols, names);
    this.saved = saved;
  }

  /** To be called for each row before the others. */
  begin(): void {
    this.site = 0;
  }

  /** A row that stores to an object from that offset on. */
  store(object: RawObject, offset: number, columns: WriteColumns, row: number): void {
    const size = columns.size[row];
    const value = columns.value[row];
    for (let done = 0; done < size; ) {
      const lane = (offset + done) & 3;
      const bytes = Math.min(4 - lane, size - done);
      const bits = (value >>> (8 * done)) << (8 * lane);
      this.storeCell(object, offset, offset + done - lane, bits, ((1 << bytes) - 1) << lane, columns, row);
      done += bytes;
    }
  }

  /** Byte `i` of a row, which goes to that offset. */
  storeByte(object: RawObject, offset: number, columns: WriteColumns, row: number, i: number): void {
    const lane = offset & 3;
    const bits = (columns.value[row] >>> (8 * i)) << (8 * lane);
    this.storeCell(object, offset - i, offset - lane, bits, 1 << lane, columns, row);
  }

  /**
   * Rows that one instruction plainly stores to one object on one page, which lies `homeward` above their linear addresses.
   * Does for each what `store` does.
   */
  storeMany(object: RawObject, homeward: number, columns: WriteColumns, from: number, to: number): void {
    const toOffset = homeward - object.start;
    for (let row = from; row < to; row++) {
      row = this.storeToPiece(object, toOffset, columns, row, to);
      if (row < to) this.store(object, columns.linear[row] + toOffset, columns, row);
    }
  }

  // Ends at a row that goes to another piece, or isn't as simple as nearly all are: there are millions.
  private storeToPiece(object: RawObject, toOffset: number, columns: WriteColumns, from: number, to: number): number {
    const { table, saved, stackWords, point } = this;
    const { icount, linear, physical, size, value: stored } = columns;
    const lastOffset = object.end - object.start;
    const piece = (linear[from] + toOffset) >> PIECE_SHIFT;
    if (piece < 0 || linear[from] + toOffset > lastOffset) return from; // another block under the same name
    const firstCell = table.pieceAt(object, piece);
    const firstRow = table.records.row(firstCell) - ((piece << PIECE_SHIFT) >> 2);
    const toCell = firstCell - table.records.row(firstCell);
    const chunk = table.records.chunk(firstCell);
    chunk.admit(icount[from], icount[to - 1]);
    const { value: held, flags, since, firstIcount } = chunk;
    let { sites, points, onlyPoint } = chunk;
    const lanes = (1 << size[from]) - 1;
    let row = from;
    for (; row < to; row++) {
      const offset = linear[row] + toOffset;
      const lane = offset & 3;
      const mask = lanes << lane;
      if (offset >> PIECE_SHIFT !== piece || mask > KNOWN || offset - lane > lastOffset) break;
      const at = firstRow + (offset >> 2);
      const flag = flags[at];
      const before = held[at];
      const isWhole = mask === KNOWN;
      const value = isWhole ? stored[row] : ((before & ~LANE_BITS[mask]) | (stored[row] << (8 * lane))) >>> 0;
      const known = isWhole ? KNOWN : knownOf(object, offset - lane, flag, mask);
      const isNew = value !== before || known !== (flag & KNOWN);
      const isStack = isNew ? known === KNOWN && stackWords.holds(value) : (flag & IS_STACK) !== 0;
      if (isWhole && saved.isCandidate(value, isStack)) break;
      if (!isNew) continue;
      if (flag === 0) notePage(object, physical[row] - lane);
      else if ((flag & IS_CLOSED) === 0 && (points === undefined ? onlyPoint : points[at]) !== point) {
        const isPlain = flag === KNOWN && this.isPlain(held, at, offset, before);
        if (!isPlain || !table.late.logNumber(toCell + at, before)) this.close(object, offset - lane, toCell + at);
      }
      if ((flags[at] & IS_LOGGED) !== 0) table.keep(toCell + at);
      if (this.site === 0) this.site = table.sites.numberOf(columns.eip[row], this.state.chain);
      sites ??= chunk.sitesFor(this.site);
      if (sites !== undefined) sites[at] = this.site;
      points ??= chunk.pointsFor(point);
      if (points !== undefined) points[at] = point;
      else onlyPoint = point;
      held[at] = value;
      flags[at] = isStack ? known | IS_STACK : known;
      since[at] = icount[row] - firstIcount;
    }
    return row;
  }

  /** A point of observation came: what the cell holds was seen. */
  close(object: RawObject, offset: number, cell: CellNumber): void {
    const { table, names } = this;
    const chunk = table.records.chunk(cell);
    const row = table.records.row(cell);
    const flags = chunk.flags[row];
    chunk.flags[row] = flags | IS_CLOSED;
    // Start-up code clears what a C program takes for cleared: zero is where the history of a variable begins.
    if (chunk.value[row] === 0 && object.kind === 'global' && table.count(cell) === 0) return;
    // How a task's stack pointer goes on from where it was set up is the compiler's choice.
    if ((flags & IS_STACK) !== 0) {
      const before = table.seenBefore(cell);
      if (before !== undefined && names.stackOwner(before) === names.stackOwner(table.held(cell))) return;
    }
    table.log(cell, this.nameOf(object, offset, cell));
  }

  // `offset`: a multiple of 4; `first`: where the row begins.
  private storeCell(
    object: RawObject,
    first: number,
    offset: number,
    bits: number,
    mask: number,
    columns: WriteColumns,
    row: number,
  ): void {
    const { table } = this;
    if (offset < 0 || offset > object.end - object.start + 3) return; // another block under the same name
    const cell = table.cellAt(object, offset);
    const chunk = table.records.chunk(cell);
    const at = table.records.row(cell);
    const flags = chunk.flags[at];
    const known = knownOf(object, offset, flags, mask);
    const value = ((chunk.value[at] & ~LANE_BITS[mask]) | (bits & LANE_BITS[mask])) >>> 0;
    const isNew = value !== chunk.value[at] || known !== (flags & KNOWN);
    const isStack = isNew ? known === KNOWN && this.stackWords.holds(value) : (flags & IS_STACK) !== 0;
    const isCandidate = mask === KNOWN && this.saved.isCandidate(value, isStack);
    const isHeld = isNew || (isCandidate && this.saved.isOfRegister(object, offset));
    if (flags === 0) notePage(object, columns.physical[row] - (first - offset));
    else if (isHeld && (flags & IS_CLOSED) === 0 && chunk.pointOf(at) !== this.point) this.close(object, offset, cell);
    if (isHeld) this.hold(cell, chunk, at, value, isStack ? known | IS_STACK : known, columns, row);
    if (isCandidate) this.saved.store(object, offset, cell);
  }

  /** From now on the cell holds this value. What was logged before stays. */
  private hold(
    cell: CellNumber,
    chunk: RecordChunk,
    at: number,
    value: number,
    flags: number,
    columns: WriteColumns,
    row: number,
  ): void {
    this.table.keep(cell);
    if (this.site === 0) this.site = this.table.sites.numberOf(columns.eip[row], this.state.chain);
    chunk.value[at] = value;
    chunk.flags[at] = flags;
    chunk.setSpot(at, columns.icount[row], this.site);
    chunk.setPoint(at, this.point);
  }

  /** Has the cell's value, which is known in full, no name? Asked for millions: what it can't tell at once may have one. */
  private isPlain(held: Uint32Array, row: number, offset: number, value: number): boolean {
    if (isDescriptor((offset & 4) === 0 ? held[row + 1] : value)) return false;
    return this.names.isNumber(value);
  }

  private nameOf(object: RawObject, offset: number, cell: CellNumber): NameNumber {
    const { table, names } = this;
    const value = table.valueOf(cell);
    const gate = this.gates.textAt(object, offset, cell, value);
    if (gate !== undefined) return table.names.numberOf(gate);
    const held = table.held(cell);
    if (held.isRegister) return table.names.numberOf(REGISTER_TEXT);
    if (held.known !== KNOWN) return 0;
    if (held.isStack) return table.names.numberOf(names.stored(held).normal);
    if (names.isNumber(value)) return 0;
    const normal = names.normal(value, held.icount);
    return normal === hex(value, 1) ? 0 : table.names.numberOf(normal);
  }
}

// A variable of one or two bytes is known in full when those are, and reads like a wider one.
function knownOf({ kind, start, end }: RawObject, offset: number, flags: number, mask: number): number {
  const lanes = (flags & KNOWN) | mask;
  if (lanes === KNOWN) return KNOWN;
  const bytes = end - start - offset;
  return kind === 'global' && bytes < 4 && lanes === (1 << bytes) - 1 ? KNOWN : lanes;
}

function notePage(object: RawObject, physical: number): void {
  const page = Math.floor(physical / PAGE_BYTES);
  const { physicalPages } = object;
  if (physicalPages.length === 0) object.physicalPages = [page];
  else if (physicalPages[physicalPages.length - 1] !== page && !physicalPages.includes(page)) physicalPages.push(page);
}

function laneBits(mask: number): number {
  let bits = 0;
  for (let lane = 0; lane < 4; lane++) if ((mask & (1 << lane)) !== 0) bits |= 0xff << (8 * lane);
  return bits;
}
