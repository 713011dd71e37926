import { type MmioClaim, MmioSpace } from '../bus/mmio-space.ts';
import { LINE_SHIFT, PAGE_DEVICE, PAGE_RAM, type PhysicalMemory } from '../memory/physical-memory.ts';
import type { WriteLog } from '../memory/write-log.ts';
import { VECTOR_AC, VECTOR_GP, VECTOR_SS } from './constants.ts';
import { TLB_ALIGNED, TLB_READ_SUPERVISOR, TLB_READ_USER, TLB_WRITE_SUPERVISOR, TLB_WRITE_USER } from './paging/tlb.ts';
import { Translation } from './paging/translation.ts';
import { isWithinSegment } from './segments/segment-cache.ts';
import * as S from './state.ts';

type Size = 1 | 2 | 4;

/**
 * Every access of the guest to memory: logical (segment and offset), linear, or as supervisor (descriptor tables and
 * TSS). A read gives an unsigned value for bytes and words and a signed 32-bit one for dwords. When an access faults,
 * the fault is in the state (FAULT, FAULT_CODE, CR2), reads give 0 and nothing was written.
 */
export class Access {
  readonly translation: Translation;
  private readonly state: S.CpuState;
  private readonly s: Int32Array;
  private readonly f: Float64Array;
  private readonly memory: PhysicalMemory;
  private readonly view: DataView;
  private readonly entries: Int32Array;
  private readonly lineMarks: Uint8Array;
  private readonly dirtyPages: Uint8Array;
  private readonly log: WriteLog;
  /** Devices in physical memory. Opened and closed here, because translations know what is plain RAM. */
  readonly windows = new MmioSpace();
  /** Told of accesses to physical memory where nothing answers. */
  onHole: (physical: number, isWrite: boolean) => void = () => undefined;
  /** Told of each access to a guarded page once it is made. */
  onGuarded: (linear: number, sizeBytes: number, isWrite: boolean) => void = () => undefined;

  constructor(state: S.CpuState, memory: PhysicalMemory, log: WriteLog) {
    this.state = state;
    this.s = state.i32;
    this.f = state.f64;
    this.memory = memory;
    this.view = memory.view;
    this.translation = new Translation(state, memory, log);
    this.entries = this.translation.tlb.entries;
    this.lineMarks = memory.lineMarks;
    this.dirtyPages = memory.dirtyPages;
    this.log = log;
  }

  openWindow(claim: MmioClaim): void {
    this.windows.claim(claim);
    this.markPages(claim, PAGE_DEVICE);
  }

  /** What lay under a window is RAM again. */
  closeWindow(claim: MmioClaim): void {
    this.windows.release(claim);
    this.markPages(claim, PAGE_RAM);
  }

  private markPages({ first, last }: MmioClaim, kind: typeof PAGE_DEVICE | typeof PAGE_RAM): void {
    this.memory.pageKinds.fill(kind, first >>> 12, (last >>> 12) + 1);
    this.translation.noteKinds(first, last + 1);
  }

  read(segment: number, offset: number, size: Size): number {
    if (!this.mayRead(segment, offset, size)) return 0;
    return this.readLinear((this.s[S.BASE + segment] + offset) | 0, size, this.s[S.DATA_READ]);
  }

  /** The read of a read-modify-write: faults as a write does (SDM vol. 3A, 4.7: W/R = 1). */
  readForWrite(segment: number, offset: number, size: Size): number {
    const physical = this.plainWrite(segment, offset, size);
    if (physical >= 0) return this.readPlain(physical, size);
    if (!this.mayWrite(segment, offset, size)) return 0;
    const linear = (this.s[S.BASE + segment] + offset) | 0;
    if (!this.probeStore(linear, size, this.s[S.DATA_WRITE])) return 0;
    return this.readLinear(linear, size, this.s[S.DATA_WRITE]);
  }

  write(segment: number, offset: number, size: Size, value: number): void {
    if (!this.mayWrite(segment, offset, size)) return;
    this.writeLinear((this.s[S.BASE + segment] + offset) | 0, size, value, this.s[S.DATA_WRITE]);
  }

  /** Checks that a write would succeed and raises the fault that it would raise. */
  probeWrite(segment: number, offset: number, size: Size): boolean {
    if (!this.mayWrite(segment, offset, size)) return false;
    return this.probeStore((this.s[S.BASE + segment] + offset) | 0, size, this.s[S.DATA_WRITE]);
  }

  /** May the segment be accessed there? Raises its fault if not. */
  isWithin(segment: number, offset: number, sizeBytes: number, isWrite: boolean): boolean {
    return isWithinSegment(this.state, segment, offset, sizeBytes, isWrite) || this.raiseSegmentFault(segment);
  }

  /** Is the linear address a multiple of `alignment`, a power of 2? */
  isAligned(segment: number, offset: number, alignment: number): boolean {
    return ((this.s[S.BASE + segment] + offset) & (alignment - 1)) === 0;
  }

  /**
   * Checks that all of an operand of any size can be read (written), and raises the fault if not: its parts are then for
   * `readPart` and `writePart`. `alignment` is what #AC asks for where that is checked.
   */
  probeRange(segment: number, offset: number, sizeBytes: number, isWrite: boolean, alignment: number): boolean {
    if (!this.isWithin(segment, offset, sizeBytes, isWrite)) return false;
    const linear = (this.s[S.BASE + segment] + offset) | 0;
    if (!this.translation.probe(linear, sizeBytes, this.s[isWrite ? S.NEED_WRITE : S.NEED_READ])) return false;
    return this.s[S.DATA_READ] !== TLB_ALIGNED || this.passesAlignment(linear, alignment);
  }

  /** Part of an operand that `probeRange` has allowed. */
  readPart(segment: number, offset: number, size: Size): number {
    return this.readLinear((this.s[S.BASE + segment] + offset) | 0, size, this.s[S.NEED_READ]);
  }

  writePart(segment: number, offset: number, size: Size, value: number): void {
    this.writeLinear((this.s[S.BASE + segment] + offset) | 0, size, value, this.s[S.NEED_WRITE]);
  }

  // The same by size, with the usual case first: what generated code calls.

  read8(segment: number, offset: number): number {
    const physical = this.plainRead(segment, offset, 1);
    return physical >= 0 ? this.view.getUint8(physical) : this.read(segment, offset, 1);
  }

  read16(segment: number, offset: number): number {
    const physical = this.plainRead(segment, offset, 2);
    return physical >= 0 ? this.view.getUint16(physical, true) : this.read(segment, offset, 2);
  }

  read32(segment: number, offset: number): number {
    const physical = this.plainRead(segment, offset, 4);
    return physical >= 0 ? this.view.getInt32(physical, true) : this.read(segment, offset, 4);
  }

  write8(segment: number, offset: number, value: number): void {
    const physical = this.plainWrite(segment, offset, 1);
    if (physical < 0) {
      this.write(segment, offset, 1, value);
      return;
    }
    this.view.setUint8(physical, value);
    this.noteStore((this.s[S.BASE + segment] + offset) | 0, physical, 1, value);
  }

  write16(segment: number, offset: number, value: number): void {
    const physical = this.plainWrite(segment, offset, 2);
    if (physical < 0) {
      this.write(segment, offset, 2, value);
      return;
    }
    this.view.setUint16(physical, value, true);
    this.noteStore((this.s[S.BASE + segment] + offset) | 0, physical, 2, value);
  }

  write32(segment: number, offset: number, value: number): void {
    const physical = this.plainWrite(segment, offset, 4);
    if (physical < 0) {
      this.write(segment, offset, 4, value);
      return;
    }
    this.view.setInt32(physical, value, true);
    this.noteStore((this.s[S.BASE + segment] + offset) | 0, physical, 4, value);
  }

  /** Physical address of a read within the segment and one page of mapped RAM; -1 for any other. */
  private plainRead(segment: number, offset: number, size: Size): number {
    if ((offset >>> 0) + size - 1 > this.f[S.F_READ_LIMIT + segment]) return -1;
    return this.plainPhysical((this.s[S.BASE + segment] + offset) | 0, size, this.s[S.DATA_READ]);
  }

  private plainWrite(segment: number, offset: number, size: Size): number {
    if ((offset >>> 0) + size - 1 > this.f[S.F_WRITE_LIMIT + segment]) return -1;
    return this.plainPhysical((this.s[S.BASE + segment] + offset) | 0, size, this.s[S.DATA_WRITE]);
  }

  private plainPhysical(linear: number, size: Size, need: number): number {
    const entry = this.entries[linear >>> 12];
    const pageOffset = linear & 0xfff;
    return (entry & need) === 0 || pageOffset > 4096 - size ? -1 : (entry & 0xfffff000) | pageOffset;
  }

  /** `need` is one TLB permission bit or TLB_ALIGNED; what the caller needs is in DATA_READ and DATA_WRITE of the state. */
  readLinear(linear: number, size: Size, need: number): number {
    const physical = this.plainPhysical(linear, size, need);
    return physical >= 0 ? this.readPlain(physical, size) : this.readSlow(linear, size, need);
  }

  private readPlain(physical: number, size: Size): number {
    if (size === 4) return this.view.getInt32(physical, true);
    return size === 1 ? this.view.getUint8(physical) : this.view.getUint16(physical, true);
  }

  writeLinear(linear: number, size: Size, value: number, need: number): void {
    const physical = this.plainPhysical(linear, size, need);
    if (physical < 0) {
      this.writeSlow(linear, size, value, need);
      return;
    }
    this.storePlain(linear, physical, size, value);
  }

  /** Reads as supervisor whatever the CPL: descriptor tables, TSS, interrupt table. */
  readSystem(linear: number, size: Size): number {
    return this.readLinear(linear, size, TLB_READ_SUPERVISOR);
  }

  writeSystem(linear: number, size: Size, value: number): void {
    this.writeLinear(linear, size, value, TLB_WRITE_SUPERVISOR);
  }

  /** Raises the fault that a store would raise; true when there is none. */
  probeStore(linear: number, size: Size, need: number): boolean {
    const isChecked = need === TLB_ALIGNED;
    if (!this.translation.probe(linear, size, isChecked ? TLB_WRITE_USER : need)) return false;
    return !isChecked || this.passesAlignment(linear, size);
  }

  /** Raises #AC unless `linear` is a multiple of `alignment`, a power of 2. */
  private passesAlignment(linear: number, alignment: number): boolean {
    if ((linear & (alignment - 1)) === 0) return true;
    this.s[S.FAULT] = VECTOR_AC;
    this.s[S.FAULT_CODE] = 0;
    return false;
  }

  private mayRead(segment: number, offset: number, size: Size): boolean {
    if ((offset >>> 0) + size - 1 <= this.f[S.F_READ_LIMIT + segment]) return true;
    return isWithinSegment(this.state, segment, offset, size, false) || this.raiseSegmentFault(segment);
  }

  private mayWrite(segment: number, offset: number, size: Size): boolean {
    if ((offset >>> 0) + size - 1 <= this.f[S.F_WRITE_LIMIT + segment]) return true;
    return isWithinSegment(this.state, segment, offset, size, true) || this.raiseSegmentFault(segment);
  }

  private raiseSegmentFault(segment: number): false {
    this.s[S.FAULT] = segment === S.SS ? VECTOR_SS : VECTOR_GP;
    this.s[S.FAULT_CODE] = 0;
    return false;
  }

  private readSlow(linear: number, size: Size, required: number): number {
    const isChecked = required === TLB_ALIGNED;
    const need = isChecked ? TLB_READ_USER : required;
    if (!this.translation.probe(linear, size, need) || (isChecked && !this.passesAlignment(linear, size))) return 0;
    if (this.translation.hasGuards) this.onGuarded(linear, size, false);
    if ((linear & 0xfff) <= 4096 - size) {
      const value = this.readPhysical(this.translation.translate(linear, need), size);
      return size === 4 ? value | 0 : value;
    }
    let value = 0;
    for (let i = size - 1; i >= 0; i--) {
      value = (value << 8) | this.readPhysical(this.translation.translate((linear + i) | 0, need), 1);
    }
    return value;
  }

  /** Unsigned; from a device if one has the address, all ones from a hole. */
  readPhysical(physical: number, size: Size): number {
    const isPlain = physical + size <= this.memory.sizeBytes && this.memory.pageKinds[physical >>> 12] !== PAGE_DEVICE;
    if (isPlain) return this.memory.read(physical, size);
    const window = this.windows.at(physical);
    if (window !== undefined) return this.windows.read(window, physical, size);
    this.onHole(physical, false);
    return this.memory.read(physical, size);
  }

  private writeSlow(linear: number, size: Size, value: number, required: number): void {
    if (!this.probeStore(linear, size, required)) return;
    const need = required === TLB_ALIGNED ? TLB_WRITE_USER : required;
    if (this.translation.hasGuards) this.onGuarded(linear, size, true);
    const isOnePage = (linear & 0xfff) <= 4096 - size;
    if (isOnePage) {
      this.writePhysical(linear, this.translation.translate(linear, need), size, value);
      return;
    }
    for (let i = 0; i < size; i++) {
      const part = (linear + i) | 0;
      this.writePhysical(part, this.translation.translate(part, need), 1, (value >>> (8 * i)) & 0xff);
    }
  }

  /** Stores where there is RAM, or to a device; a store into ROM or a hole is recorded too, but changes nothing. */
  writePhysical(linear: number, physical: number, size: Size, value: number): void {
    const isRam = this.memory.isRam(physical);
    if (isRam && (physical & 0xfff) <= 4096 - size) {
      this.storePlain(linear, physical, size, value);
      return;
    }
    const window = isRam ? undefined : this.windows.at(physical);
    if (window !== undefined) this.windows.write(window, physical, size, maskTo(size, value));
    else if (!isRam) this.onHole(physical, true);
    this.memory.write(physical, size, value);
    this.log.push(linear >>> 0, physical, size, maskTo(size, value));
  }

  /** Stores to one page of RAM. */
  private storePlain(linear: number, physical: number, size: Size, value: number): void {
    if (size === 4) this.view.setInt32(physical, value, true);
    else if (size === 1) this.view.setUint8(physical, value);
    else this.view.setUint16(physical, value, true);
    this.noteStore(linear, physical, size, value);
  }

  private noteStore(linear: number, physical: number, size: Size, value: number): void {
    this.dirtyPages[physical >>> 12] = 1;
    const marks = this.lineMarks[physical >>> LINE_SHIFT] | this.lineMarks[(physical + size - 1) >>> LINE_SHIFT];
    if (marks !== 0) this.memory.noteMarked(marks, physical, size);
    this.log.push(linear >>> 0, physical, size, maskTo(size, value));
  }
}

function maskTo(size: Size, value: number): number {
  if (size === 4) return value >>> 0;
  return size === 1 ? value & 0xff : value & 0xffff;
}
