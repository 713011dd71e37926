import * as S from '../../../cpu/state.ts';
import type { Size, Temp } from '../../../isa/micro-op.ts';
import { LINE_SHIFT } from '../../../memory/physical-memory.ts';
import { type Assembler, type Label, OP } from '../../../wasm/assembler.ts';
import { IMPORTS } from '../imports.ts';
import type { Layout } from '../layout.ts';
import type { Mode } from '../mode.ts';
import * as L from './locals.ts';
import type { Values } from './values.ts';

const PAGE_MASK = 0xfff;
const FRAME_MASK = 0xfffff000;
const LINE_MASK = (1 << LINE_SHIFT) - 1;
const LOADS = { 1: OP.load8, 2: OP.load16, 4: OP.load32 } as const;
const STORES = { 1: OP.store8, 2: OP.store16, 4: OP.store32 } as const;
/** Bits of `fill`'s second parameter beyond the permission: the size, and whether marked lines forbid the access. */
export const FILL_SIZE_SHIFT = 8;
export const FILL_IS_STORE = 1 << 12;

/** Where an instruction stands that touches memory, and where it goes when that has to be left to the interpreter. */
export interface Place {
  readonly eip: number; // offset in the code segment
  /** Instructions of its block from this one on. */
  readonly left: number;
  readonly exit: Label;
}

/** An access that was translated: locals with its linear and physical address. */
export interface Translated {
  readonly linear: number;
  readonly physical: number;
}

/** Code for loads and stores: the TLB hit inline, everything else by a call or by leaving before the instruction. */
export class MemoryCode {
  private readonly a: Assembler;
  private readonly values: Values;
  private readonly layout: Layout;
  private readonly mode: Mode;

  constructor(assembler: Assembler, values: Values, layout: Layout, mode: Mode) {
    this.a = assembler;
    this.values = values;
    this.layout = layout;
    this.mode = mode;
  }

  /** Leaves the loaded value on the stack. */
  load(segment: number, offset: Temp, size: Size, place: Place): void {
    const { a, layout } = this;
    const linear = this.linear(segment, offset, size, false, place);
    const entry = this.values.freshLocal();
    this.entry(linear, entry);
    a.const(this.mode.needRead);
    a.op(OP.and);
    a.op(OP.eqz);
    if (size > 1) {
      this.crosses(linear, PAGE_MASK, size);
      a.op(OP.or);
    }
    this.fillIf(linear, entry, this.mode.needRead | (size << FILL_SIZE_SHIFT), place);
    this.pushPhysical(linear, entry);
    a.memory(LOADS[size], layout.ram);
  }

  /** The translation of a store that will certainly be made, of 8 bytes in two parts. */
  translateStore(segment: number, offset: Temp, size: Size | 8, place: Place): Translated {
    const { a, layout } = this;
    const linear = this.linear(segment, offset, size, true, place);
    const entry = this.values.freshLocal();
    this.entry(linear, entry);
    a.const(this.mode.needWrite);
    a.op(OP.and);
    a.op(OP.eqz);
    if (size > 1) {
      this.crosses(linear, LINE_MASK, size);
      a.op(OP.or);
    }
    this.fillIf(linear, entry, this.mode.needWrite | (size << FILL_SIZE_SHIFT) | FILL_IS_STORE, place);
    this.pushPhysical(linear, entry);
    const physical = this.values.freshLocal();
    a.tee(physical);
    a.const(LINE_SHIFT);
    a.op(OP.shrU);
    a.memory(OP.load8, layout.lineMarks);
    a.brIf(place.exit);
    return { linear, physical };
  }

  /** The value before a store to the same place. */
  loadAt({ physical }: Translated, size: Size): void {
    this.a.get(physical);
    this.a.memory(LOADS[size], this.layout.ram);
  }

  store({ linear, physical }: Translated, size: Size, value: () => void, place: Place): void {
    const { a, layout } = this;
    a.get(physical);
    value();
    a.memory(STORES[size], layout.ram);
    a.get(physical);
    a.const(12);
    a.op(OP.shrU);
    a.const(1);
    a.memory(OP.store8, layout.dirtyPages);
    if (layout.isRecording) this.record(linear, physical, size, value, place);
    a.get(L.ROWS);
    a.const(4);
    a.op(OP.add);
    a.set(L.ROWS);
  }

  private record(linear: number, physical: number, size: Size, value: () => void, place: Place): void {
    const { a, layout } = this;
    a.get(L.ROWS);
    a.const(1);
    a.op(OP.shl);
    a.get(L.BLOCK_END);
    a.constF64(place.left);
    a.op(OP.subF64);
    a.memory(OP.storeF64, layout.icount);
    this.column(layout.eip, () => a.const(this.mode.codeBase + place.eip));
    this.column(layout.linear, () => a.get(linear));
    this.column(layout.physical, () => a.get(physical));
    this.column(layout.value, () => {
      value();
      if (size === 4) return;
      a.const(size === 1 ? 0xff : 0xffff);
      a.op(OP.and);
    });
    this.byteColumn(layout.size, size);
    this.byteColumn(layout.origin, 0);
  }

  private column(offset: number, push: () => void): void {
    this.a.get(L.ROWS);
    push();
    this.a.memory(OP.store32, offset);
  }

  private byteColumn(offset: number, value: number): void {
    const { a } = this;
    a.get(L.ROWS);
    a.const(2);
    a.op(OP.shrU);
    a.const(value);
    a.memory(OP.store8, offset);
  }

  /** A local with the linear address; leaves if the segment doesn't allow the access. */
  linear(segment: number, offset: Temp, size: Size | 8, isWrite: boolean, place: Place): number {
    const { a, values } = this;
    const isFlat = ((isWrite ? this.mode.flatWrite : this.mode.flatRead) & (1 << segment)) !== 0;
    const local = values.freshLocal();
    if (isFlat) {
      values.push(offset);
      a.set(local);
      return local;
    }
    const push = values.pin(offset);
    push();
    a.op(OP.convertF64U);
    a.constF64(size - 1);
    a.op(OP.addF64);
    a.const(0);
    a.memory(OP.loadF64, this.layout.state + this.limitOffset(segment, isWrite));
    a.op(OP.gtF64);
    a.brIf(place.exit);
    push();
    a.const(0);
    a.memory(OP.load32, this.layout.state + 4 * (S.BASE + segment));
    a.op(OP.add);
    a.set(local);
    return local;
  }

  private limitOffset(segment: number, isWrite: boolean): number {
    return S.F64_OFFSET + 8 * ((isWrite ? S.F_WRITE_LIMIT : S.F_READ_LIMIT) + segment);
  }

  /** Pushes the TLB's entry for the page and keeps it in `entry`. */
  private entry(linear: number, entry: number): void {
    const { a } = this;
    a.get(linear);
    a.const(10);
    a.op(OP.shrU);
    a.const(0x3ffffc);
    a.op(OP.and);
    a.memory(OP.load32, this.layout.tlb);
    a.tee(entry);
  }

  private crosses(linear: number, mask: number, size: Size | 8): void {
    const { a } = this;
    a.get(linear);
    a.const(mask);
    a.op(OP.and);
    a.const(mask + 1 - size);
    a.op(OP.gtU);
  }

  /** If the stack says so, asks for a TLB entry that allows the access, and leaves if there is none. */
  private fillIf(linear: number, entry: number, need: number, { eip, left, exit }: Place): void {
    const { a, layout } = this;
    a.if();
    a.get(linear);
    a.const(need);
    a.const(eip);
    a.get(L.BUDGET);
    a.const(left);
    a.op(OP.add);
    a.get(L.ROWS);
    a.call(IMPORTS.fill);
    a.set(entry);
    if (layout.isRecording) {
      a.const(0);
      a.memory(OP.load32, layout.rowCell); // a walk may have recorded what it set
      a.const(2);
      a.op(OP.shl);
      a.set(L.ROWS);
    }
    a.get(entry);
    a.op(OP.eqz);
    a.brIf(exit);
    a.end();
  }

  private pushPhysical(linear: number, entry: number): void {
    const { a } = this;
    a.get(entry);
    a.const(FRAME_MASK);
    a.op(OP.and);
    a.get(linear);
    a.const(PAGE_MASK);
    a.op(OP.and);
    a.op(OP.or);
  }
}
