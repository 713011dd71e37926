import type { WriteColumns } from '../../../../traces/index.ts';
import type { StoreKind } from '../../state/store-kind.ts';
import type { CellNumber, CellTable } from '../cells/cell-table.ts';
import { RecordChunk } from '../cells/record-chunk.ts';
import type { ObjectTypes } from '../objects/object-types.ts';
import type { RawObject } from '../objects/raw-object.ts';
import { EFFECT_FLAGS, type RegisterRole, registerRoles } from './register-image.ts';

const IMAGE_AT_MOST = 32;
const CANDIDATES_AT_MOST = 64;
const NEAR = 256; // bytes from a frame within which its program's ESP and EBP may lie
const MARKS = 1024;
const NO_ROLES: ReadonlyMap<number, RegisterRole> = new Map();

type StackColumns = Pick<WriteColumns, 'icount' | 'linear' | 'value'>;

/** Stores that may turn out to save a register, row by row. */
class Candidates {
  count = 0;
  readonly objects: RawObject[] = [];
  readonly offsets = new Int32Array(CANDIDATES_AT_MOST + 1);
  readonly cells = new Float64Array(CANDIDATES_AT_MOST + 1);
}

/**
 * Knows when a kernel puts away the registers of an interrupted program: inside the interrupt it stores values of the
 * frame and of what the handler pushed first to a struct with members named like registers, EIP among them. What such
 * registers hold is the compiler's choice, no behaviour, but that they were put there is; that they come back unchanged is
 * the recorder's to watch.
 */
export class SavedRegisters {
  private readonly types: Pick<ObjectTypes, 'of'>;
  private readonly table: CellTable;
  private readonly roles = new Map<string, ReadonlyMap<number, RegisterRole>>();
  private readonly image = new RegisterImage();
  private isCollecting = false;
  private frameIcount = -1;
  private frameStart = 0;
  private readonly candidates = new Candidates();
  private readonly scratch = RecordChunk.empty(1);
  private savingTo: RawObject | undefined;
  private lastObject: RawObject | undefined; // whose roles were asked for last
  private lastRoles = NO_ROLES;

  constructor(types: Pick<ObjectTypes, 'of'>, table: CellTable) {
    this.types = types;
    this.table = table;
  }

  /** A row that the processor or the handler put on the stack. */
  stack(kind: StoreKind, isFrame: boolean, columns: StackColumns, row: number): void {
    const icount = columns.icount[row];
    if (isFrame && icount !== this.frameIcount) {
      this.frameIcount = icount;
      this.frameStart = columns.linear[row];
      this.image.clear();
      this.isCollecting = true;
      this.candidates.count = 0;
      this.savingTo = undefined;
    }
    if (!this.isCollecting) return;
    if (kind === 'call' || this.image.size === IMAGE_AT_MOST) this.isCollecting = false;
    else this.image.add(columns.value[row]);
  }

  /** Could the store of `value` save a register? ESP is often computed from where the frame lies. Asked for every store. */
  isCandidate(value: number, isStack: boolean): boolean {
    if (this.image.size === 0) return false;
    return isStack || (value - this.frameStart + NEAR) >>> 0 < 2 * NEAR || this.image.has(value);
  }

  /** Is this where a register of an interrupted program is put away? That it is there counts, even if its value was. */
  isOfRegister(object: RawObject, offset: number): boolean {
    return this.rolesOf(object).get(offset) === 'general';
  }

  /** A candidate was stored to `cell`. */
  store(object: RawObject, offset: number, cell: CellNumber): void {
    const { candidates } = this;
    const at = candidates.count;
    candidates.objects[at] = object;
    candidates.offsets[at] = offset;
    candidates.cells[at] = cell;
    if (this.savingTo === object) {
      this.settle(at);
      return;
    }
    if (at < CANDIDATES_AT_MOST) candidates.count++;
    if (this.table.valueOf(cell) < 0x1000 || this.rolesOf(object).get(offset) !== 'eip') return;
    this.savingTo = object;
    for (let i = 0; i < candidates.count; i++) if (candidates.objects[i] === object) this.settle(i);
  }

  /** The run has ended, perhaps in the middle of saving. */
  finish(): void {
    for (let i = 0; i < this.candidates.count; i++) if (this.candidates.objects[i] !== this.savingTo) this.settle(i);
  }

  private settle(at: number): void {
    const { objects, offsets, cells } = this.candidates;
    const role = this.rolesOf(objects[at]).get(offsets[at]);
    const cell = cells[at];
    if (!this.table.isStored(cell)) return;
    if (role === 'eflags') {
      this.table.copy(cell, this.scratch, 0);
      this.scratch.value[0] &= ~EFFECT_FLAGS;
      this.table.restore(cell, this.scratch, 0);
    }
    if (role === 'general') this.table.holdRegister(cell);
  }

  private rolesOf(object: RawObject): ReadonlyMap<number, RegisterRole> {
    if (object === this.lastObject) return this.lastRoles;
    const roles = this.roles.get(object.identity) ?? this.findRoles(object);
    if (roles === undefined) return NO_ROLES;
    this.lastObject = object;
    this.lastRoles = roles;
    return roles;
  }

  // An object of which no type is known yet may still get one.
  private findRoles(object: RawObject): ReadonlyMap<number, RegisterRole> | undefined {
    const typed = this.types.of(object);
    if (typed === undefined) return undefined;
    const roles = registerRoles(typed.type);
    this.roles.set(object.identity, roles);
    return roles;
  }
}

/** A small set of numbers, asked at every store. */
class RegisterImage {
  size = 0;
  private readonly values = new Uint32Array(IMAGE_AT_MOST);
  // By a hash: whether one of these values may be here.
  private readonly marks = new Int32Array(MARKS);
  private generation = 1;

  clear(): void {
    this.size = 0;
    this.generation++;
  }

  add(value: number): void {
    if (this.has(value)) return;
    this.values[this.size++] = value;
    this.marks[markOf(value)] = this.generation;
  }

  has(value: number): boolean {
    if (this.marks[markOf(value)] !== this.generation) return false;
    for (let i = 0; i < this.size; i++) if (this.values[i] === value) return true;
    return false;
  }
}

function markOf(value: number): number {
  return (value ^ (value >>> 10) ^ (value >>> 20)) & (MARKS - 1);
}
