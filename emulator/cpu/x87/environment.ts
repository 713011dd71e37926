import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { fullTags, setTags } from './tags.ts';
import { STATUS_BUSY, STATUS_SUMMARY, type X87 } from './x87.ts';

type Bytes = 2 | 4;

const EXCEPTIONS = 0x3f;
const REGISTER_BYTES = 10;

/** Bytes of the environment that FNSTENV stores (SDM vol. 1, figures 8-9 to 8-12), by operand size. */
function environmentBytes(size: Bytes): number {
  return 7 * size;
}

/** Real and V86 mode store linear addresses, protected mode selectors and offsets. */
function hasSelectors(cpu: Cpu): boolean {
  return cpu.isProtected && !cpu.isV86;
}

/** The seven fields of the environment, 16 bits each but for the pointers. */
function environment(cpu: Cpu, unit: X87, size: Bytes): readonly number[] {
  const { floats } = cpu.state;
  const [opcode, codeOffset, codeSelector, dataOffset, dataSelector] = pointers(floats);
  const head = [unit.control, unit.status, fullTags(floats)];
  if (hasSelectors(cpu)) {
    const high = size === 4 ? codeSelector | (opcode << 16) : codeSelector;
    return [...head, codeOffset, high, dataOffset, dataSelector];
  }
  const code = (codeSelector * 16 + (codeOffset >>> 0)) | 0;
  const datum = (dataSelector * 16 + (dataOffset >>> 0)) | 0;
  const keep = size === 4 ? 0x0ffff000 : 0xf000;
  return [...head, code & 0xffff, ((code >>> 4) & keep) | opcode, datum & 0xffff, (datum >>> 4) & keep];
}

function pointers(floats: Int32Array): readonly [number, number, number, number, number] {
  return [
    floats[S.X87_OPCODE],
    floats[S.X87_CODE_OFFSET],
    floats[S.X87_CODE_SELECTOR],
    floats[S.X87_DATA_OFFSET],
    floats[S.X87_DATA_SELECTOR],
  ];
}

/** Which of the seven fields of the 32-bit format leave their upper half to the ones that reserved bits are stored as. */
const HALF_RESERVED = [true, true, true, false, false, false, true];
const REAL_HALF_RESERVED = [true, true, true, true, false, true, false];

function storeFields(cpu: Cpu, fields: readonly number[], size: Bytes, segment: number, offset: number): void {
  const reserved = hasSelectors(cpu) ? HALF_RESERVED : REAL_HALF_RESERVED;
  fields.forEach((field, i) => {
    const value = size === 4 && reserved[i] ? (field & 0xffff) | 0xffff0000 : field;
    cpu.access.writePart(segment, (offset + size * i) | 0, size, value);
  });
}

/** FNSTENV: then all exceptions are masked. */
export function storeEnvironment(cpu: Cpu, unit: X87, size: Bytes, segment: number, offset: number): void {
  if (!cpu.access.probeRange(segment, offset, environmentBytes(size), true, size)) return;
  storeFields(cpu, environment(cpu, unit, size), size, segment, offset);
  unit.control |= EXCEPTIONS;
  cpu.state.floats[S.X87_STATUS] &= ~(STATUS_SUMMARY | STATUS_BUSY);
}

/** FNSAVE: environment and registers in stack order, then FNINIT. */
export function save(cpu: Cpu, unit: X87, size: Bytes, segment: number, offset: number): void {
  const head = environmentBytes(size);
  if (!cpu.access.probeRange(segment, offset, head + 8 * REGISTER_BYTES, true, size)) return;
  storeFields(cpu, environment(cpu, unit, size), size, segment, offset);
  for (let index = 0; index < 8; index++) {
    const at = (offset + head + REGISTER_BYTES * index) | 0;
    const [lo, hi, top] = unit.bits(index);
    cpu.access.writePart(segment, at, 4, lo);
    cpu.access.writePart(segment, (at + 4) | 0, 4, hi);
    cpu.access.writePart(segment, (at + 8) | 0, 2, top);
  }
  unit.initialise();
}

/** FLDENV. Exceptions that are pending by the new words are so from the next waiting instruction on. */
export function loadEnvironment(cpu: Cpu, unit: X87, size: Bytes, segment: number, offset: number): void {
  if (!cpu.access.probeRange(segment, offset, environmentBytes(size), false, size)) return;
  takeEnvironment(cpu, unit, size, segment, offset);
}

/** FRSTOR. */
export function restore(cpu: Cpu, unit: X87, size: Bytes, segment: number, offset: number): void {
  const head = environmentBytes(size);
  if (!cpu.access.probeRange(segment, offset, head + 8 * REGISTER_BYTES, false, size)) return;
  takeEnvironment(cpu, unit, size, segment, offset);
  const inUse = cpu.state.floats[S.X87_IN_USE];
  for (let index = 0; index < 8; index++) {
    const at = (offset + head + REGISTER_BYTES * index) | 0;
    const lo = cpu.access.readPart(segment, at, 4);
    const hi = cpu.access.readPart(segment, (at + 4) | 0, 4);
    unit.writeBits(index, lo, hi, cpu.access.readPart(segment, (at + 8) | 0, 2));
  }
  cpu.state.floats[S.X87_IN_USE] = inUse;
}

function takeEnvironment(cpu: Cpu, unit: X87, size: Bytes, segment: number, offset: number): void {
  const { floats } = cpu.state;
  const fields = [0, 1, 2, 3, 4, 5, 6].map((i) => cpu.access.readPart(segment, (offset + size * i) | 0, size));
  const [control, status, tags, code, codeHigh, datum, datumHigh] = fields;
  unit.control = control;
  unit.status = status;
  setTags(floats, tags);
  if (hasSelectors(cpu)) {
    setPointers(floats, code, codeHigh & 0xffff, datum, datumHigh & 0xffff);
    floats[S.X87_OPCODE] = size === 4 ? (codeHigh >>> 16) & 0x7ff : 0;
    return;
  }
  // A linear address: as an offset from 0.
  const keep = size === 4 ? 0x0ffff000 : 0xf000;
  setPointers(floats, (code & 0xffff) | ((codeHigh & keep) << 4), 0, (datum & 0xffff) | ((datumHigh & keep) << 4), 0);
  floats[S.X87_OPCODE] = codeHigh & 0x7ff;
}

function setPointers(floats: Int32Array, code: number, codeSelector: number, datum: number, selector: number): void {
  floats[S.X87_CODE_OFFSET] = code;
  floats[S.X87_CODE_SELECTOR] = codeSelector;
  floats[S.X87_DATA_OFFSET] = datum;
  floats[S.X87_DATA_SELECTOR] = selector;
}
