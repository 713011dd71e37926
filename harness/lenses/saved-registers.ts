import type { WriteColumns } from '../../traces/index.ts';
import type { CellNumber, CellTable, RecordCopy } from './cell-table.ts';
import type { ObjectTypes } from './object-types.ts';
import type { RawObject } from './raw-object.ts';
import { EFFECT_FLAGS, type RegisterRole, registerRoles } from './register-image.ts';
import type { StoreKind } from './store-kind.ts';

const IMAGE_AT_MOST = 32;
const CANDIDATES_AT_MOST = 64;

/** A store that may turn out to save a register, with what the cell held before. */
interface Candidate {
  readonly object: RawObject;
  readonly offset: number;
  readonly cell: CellNumber;
  readonly before: RecordCopy | undefined;
}

/**
 * Knows when a kernel puts away the registers of an interrupted program: inside the interrupt it stores values of the
 * frame and of what the handler pushed first to a struct with members named like registers, EIP among them. What such
 * registers hold is the compiler's choice, no behaviour; that they come back unchanged is the recorder's to watch.
 */
export class SavedRegisters {
  private readonly types: ObjectTypes;
  private readonly table: CellTable;
  private readonly roles = new Map<string, ReadonlyMap<number, RegisterRole>>();
  private readonly image = new RegisterImage();
  private isCollecting = false;
  private frameIcount = -1;
  private candidates: Candidate[] = [];
  private savingTo: RawObject | undefined;

  constructor(types: ObjectTypes, table: CellTable) {
    this.types = types;
    this.table = table;
  }

  /** A row that the processor or the handler put on the stack. */
  stack(kind: StoreKind, isFrame: boolean, columns: WriteColumns, row: number): void {
    const icount = columns.icount[row];
    if (isFrame && icount !== this.frameIcount) {
      this.frameIcount = icount;
      this.image.clear();
      this.isCollecting = true;
      this.candidates = [];
      this.savingTo = undefined;
    }
    if (!this.isCollecting) return;
    if (kind === 'call' || this.image.size === IMAGE_AT_MOST) this.isCollecting = false;
    else this.image.add(columns.value[row]);
  }

  /** Could the store of `value` save a register? ESP is often computed from where the frame lies. Asked for every store. */
  isCandidate(value: number, isStack: boolean): boolean {
    return this.image.has(value) || (isStack && this.image.size > 0);
  }

  /** A candidate was stored to `cell`, which held `before`. */
  store(candidate: Candidate): void {
    const { object, offset, cell } = candidate;
    if (this.savingTo === object) {
      this.settle(candidate);
      return;
    }
    if (this.candidates.length < CANDIDATES_AT_MOST) this.candidates.push(candidate);
    if (this.table.valueOf(this.table.last(cell)) < 0x1000 || this.rolesOf(object).get(offset) !== 'eip') return;
    this.savingTo = object;
    for (const each of this.candidates) if (each.object === object) this.settle(each);
  }

  /** The run has ended, perhaps in the middle of saving. */
  finish(): void {
    for (const each of this.candidates) if (each.object !== this.savingTo) this.settle(each);
  }

  private settle({ object, offset, cell, before }: Candidate): void {
    const role = this.rolesOf(object).get(offset);
    const last = this.table.last(cell);
    if (last === 0) return;
    if (role === 'eflags') {
      const copy = this.table.copy(last);
      this.table.restore(cell, { ...copy, value: (copy.value & ~EFFECT_FLAGS) >>> 0 });
    }
    if (role !== 'general') return;
    if (before === undefined) this.table.remove(cell);
    else this.table.restore(cell, before);
  }

  private rolesOf(object: RawObject): ReadonlyMap<number, RegisterRole> {
    const known = this.roles.get(object.identity);
    if (known !== undefined) return known;
    const typed = this.types.of(object);
    if (typed === undefined) return new Map();
    const roles = registerRoles(typed.type);
    this.roles.set(object.identity, roles);
    return roles;
  }
}

/** A small set of numbers, asked at every store. */
class RegisterImage {
  size = 0;
  private readonly values = new Uint32Array(IMAGE_AT_MOST);
  private present = 0; // by the low bits of a hash: which values may be here

  clear(): void {
    this.size = 0;
    this.present = 0;
  }

  add(value: number): void {
    if (this.has(value)) return;
    this.values[this.size++] = value;
    this.present |= 1 << (value ^ (value >>> 5) ^ (value >>> 12));
  }

  has(value: number): boolean {
    if (((this.present >>> (value ^ (value >>> 5) ^ (value >>> 12))) & 1) === 0) return false;
    for (let i = 0; i < this.size; i++) if (this.values[i] === value) return true;
    return false;
  }
}
