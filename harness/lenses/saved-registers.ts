import type { WriteColumns } from '../../traces/index.ts';
import type { RawCell, RawCellValue, RawObject } from './cells.ts';
import type { ObjectTypes } from './object-types.ts';
import { EFFECT_FLAGS, type RegisterRole, registerRoles } from './register-image.ts';
import type { StoreKind } from './store-kind.ts';

const IMAGE_AT_MOST = 32;
const CANDIDATES_AT_MOST = 64;

/** A store that may turn out to save a register, with what the cell held before. */
interface Candidate {
  readonly object: RawObject;
  readonly offset: number;
  readonly cell: RawCell;
  readonly before: RawCellValue | undefined;
}

/**
 * Knows when a kernel puts away the registers of an interrupted program: inside the interrupt it stores values of the
 * frame and of what the handler pushed first to a struct with members named like registers, EIP among them. What such
 * registers hold is the compiler's choice, no behaviour; that they come back unchanged is the recorder's to watch.
 */
export class SavedRegisters {
  private readonly types: ObjectTypes;
  private readonly roles = new Map<string, ReadonlyMap<number, RegisterRole>>();
  private image = new Set<number>();
  private isCollecting = false;
  private frameIcount = -1;
  private candidates: Candidate[] = [];
  private savingTo: RawObject | undefined;

  constructor(types: ObjectTypes) {
    this.types = types;
  }

  /** A row that the processor or the handler put on the stack. */
  stack(kind: StoreKind, isFrame: boolean, columns: WriteColumns, row: number): void {
    const icount = columns.icount[row];
    if (isFrame && icount !== this.frameIcount) {
      this.frameIcount = icount;
      this.image = new Set();
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
    if (cell.last.value < 0x1000 || this.rolesOf(object).get(offset) !== 'eip') return;
    this.savingTo = object;
    for (const each of this.candidates) if (each.object === object) this.settle(each);
  }

  /** The run has ended, perhaps in the middle of saving. */
  finish(): void {
    for (const each of this.candidates) if (each.object !== this.savingTo) this.settle(each);
  }

  private settle({ object, offset, cell, before }: Candidate): void {
    const role = this.rolesOf(object).get(offset);
    if (role === 'eflags') cell.last.value = (cell.last.value & ~EFFECT_FLAGS) >>> 0;
    if (role !== 'general') return;
    if (before === undefined) object.cells.delete(offset);
    else cell.last = before;
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
