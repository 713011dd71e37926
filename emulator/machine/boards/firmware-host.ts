import type { Cpu } from '../../cpu/cpu.ts';
import { loadRealSegment } from '../../cpu/segments/segments.ts';
import * as S from '../../cpu/state.ts';
import type { FirmwareHost, RegisterName } from '../../firmware/firmware-host.ts';
import { ORIGIN_FIRMWARE } from '../../memory/write-log.ts';

export interface FirmwareSurroundings {
  readonly unhandled: (what: string) => void;
  readonly reset: (by: string) => void;
  readonly now: () => number;
  readonly instructionsPerPitClock: number;
  readonly loadFont: FirmwareHost['loadFont'];
  readonly askMouse: FirmwareHost['askMouse'];
}

/** Gives the firmware the processor's registers, memory and ports; its memory writes are recorded as its own. */
export function firmwareHost(cpu: Cpu, surroundings: FirmwareSurroundings): FirmwareHost {
  const { memory, ports, writeLog } = cpu.pins;
  const write = (physical: number, size: 1 | 2 | 4, value: number): void => {
    const origin = writeLog.currentOrigin;
    writeLog.currentOrigin = ORIGIN_FIRMWARE;
    cpu.access.writePhysical(physical, physical, size, value);
    writeLog.currentOrigin = origin;
  };
  return {
    ...surroundings,
    memoryBytes: memory.sizeBytes,
    reg: (name) => readRegister(cpu, name),
    setReg: (name, value) => writeRegister(cpu, name, value),
    readByte: (physical) => cpu.access.readPhysical(physical, 1),
    readWord: (physical) => cpu.access.readPhysical(physical, 2),
    readDword: (physical) => cpu.access.readPhysical(physical, 4),
    writeByte: (physical, value) => write(physical, 1, value & 0xff),
    writeWord: (physical, value) => write(physical, 2, value & 0xffff),
    writeDword: (physical, value) => write(physical, 4, value >>> 0),
    readPort: (port, size = 1) => ports.read(port, size),
    writePort: (port, value, size = 1) => ports.write(port, size, value),
  };
}

const GENERAL = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const LOW_BYTES = ['al', 'cl', 'dl', 'bl'];
const HIGH_BYTES = ['ah', 'ch', 'dh', 'bh'];
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];

/** A general register's slot and the part of it that the name stands for. */
function partOf(name: string): { readonly slot: number; readonly shift: number; readonly mask: number } | undefined {
  if (LOW_BYTES.includes(name)) return { slot: LOW_BYTES.indexOf(name), shift: 0, mask: 0xff };
  if (HIGH_BYTES.includes(name)) return { slot: HIGH_BYTES.indexOf(name), shift: 8, mask: 0xff };
  if (GENERAL.includes(name)) return { slot: GENERAL.indexOf(name), shift: 0, mask: 0xffff };
  if (name[0] === 'e' && GENERAL.includes(name.slice(1))) {
    return { slot: GENERAL.indexOf(name.slice(1)), shift: 0, mask: -1 };
  }
  return undefined;
}

function readRegister(cpu: Cpu, name: RegisterName): number {
  const part = partOf(name);
  if (part !== undefined) return ((cpu.s[part.slot] >>> part.shift) & part.mask) >>> 0;
  if (name === 'ip') return cpu.s[S.EIP] & 0xffff;
  if (name === 'flags') return cpu.eflags() & 0xffff;
  return cpu.s[S.SELECTOR + SEGMENTS.indexOf(name)];
}

function writeRegister(cpu: Cpu, name: RegisterName, value: number): void {
  const part = partOf(name);
  if (part !== undefined) {
    const kept = cpu.s[part.slot] & ~(part.mask << part.shift);
    cpu.s[part.slot] = kept | ((value & part.mask) << part.shift);
  } else if (name === 'ip') {
    cpu.s[S.EIP] = value & 0xffff;
  } else if (name === 'flags') {
    cpu.setEflags((cpu.eflags() & ~0xffff) | (value & 0xffff));
  } else {
    loadRealSegment(cpu, SEGMENTS.indexOf(name), value & 0xffff);
  }
}
