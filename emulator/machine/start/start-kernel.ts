import type { BootPlan } from '../../boot/load.ts';
import { CR0_PE, FLAGS_FIXED } from '../../cpu/constants.ts';
import type { Cpu } from '../../cpu/cpu.ts';
import { setSegment } from '../../cpu/segments/segment-cache.ts';
import * as S from '../../cpu/state.ts';
import type { FirmwareHost } from '../../firmware/firmware-host.ts';
import { storeBytes } from '../../firmware/store-bytes.ts';

/** In the ROM, out of every kernel's way. */
const GDT_PHYSICAL = 0xfd800;
const CODE_SELECTOR = 0x08;
const DATA_SELECTOR = 0x10;
/** Null, flat code, flat data, then code and data of 64 KiB for a way back to real mode: as QEMU's loader has them. */
const GDT = [0, 0, 0xffff, 0x00cf9b00, 0xffff, 0x00cf9300, 0xffff, 0x00009b00, 0xffff, 0x00009300];
const FLAT_CODE_RIGHTS = 0xc09b;
const FLAT_DATA_RIGHTS = 0xc093;
const FLAT_LIMIT = -1;

const VBE_INDEX = 0x1ce;
const VBE_VALUE = 0x1cf;
const VBE = { width: 1, height: 2, depth: 3, enable: 4 } as const;
const VBE_ON = 0x41;

/** Puts a kernel into memory, as writes of the firmware, and the processor at its first instruction. */
export function startKernel(cpu: Cpu, host: FirmwareHost, { loads, mode, entry, eax, ebx, screen }: BootPlan): void {
  for (const { physical, bytes, sizeBytes } of loads) {
    storeBytes(host, physical, bytes);
    clear(host, physical + bytes.length, physical + sizeBytes);
  }
  if (!screen.isText) setGraphicsMode(host, screen);
  for (const name of ['ecx', 'edx', 'esi', 'edi', 'ebp'] as const) host.setReg(name, 0);
  host.setReg('eax', eax);
  host.setReg('ebx', ebx);
  cpu.setEflags(FLAGS_FIXED);
  if (mode === 'flat') enterFlat(cpu, entry);
  else enterReal(host, entry);
}

/** By the Bochs VBE ports: off, size, depth, on with the linear framebuffer. */
function setGraphicsMode(host: FirmwareHost, { width, height, depth }: BootPlan['screen']): void {
  const settings = [[VBE.enable, 0], [VBE.width, width], [VBE.height, height], [VBE.depth, depth], [VBE.enable, VBE_ON]]; // biome-ignore format: a row
  for (const [index, value] of settings) {
    host.writePort(VBE_INDEX, index, 2);
    host.writePort(VBE_VALUE, value, 2);
  }
}

function enterFlat(cpu: Cpu, entry: number): void {
  const { memory } = cpu.pins;
  GDT.forEach((dword, index) => {
    memory.view.setUint32(GDT_PHYSICAL + index * 4, dword, true);
  });
  cpu.s[S.GDTR_BASE] = GDT_PHYSICAL;
  cpu.s[S.GDTR_LIMIT] = GDT.length * 4 - 1;
  cpu.s[S.CR0] |= CR0_PE;
  setSegment(cpu.state, S.CS, CODE_SELECTOR, 0, FLAT_LIMIT, FLAT_CODE_RIGHTS);
  for (const register of [S.ES, S.SS, S.DS, S.FS, S.GS]) {
    setSegment(cpu.state, register, DATA_SELECTOR, 0, FLAT_LIMIT, FLAT_DATA_RIGHTS);
  }
  cpu.s[S.EIP] = entry;
}

/** Below 64 KiB in segment 0, as a boot sector is; above in a segment of its own. */
function enterReal(host: FirmwareHost, entry: number): void {
  const segment = entry < 0x10000 ? 0 : entry >>> 4;
  for (const name of ['ds', 'es', 'fs', 'gs'] as const) host.setReg(name, segment);
  host.setReg('cs', segment);
  host.setReg('ip', entry - segment * 16);
}

/** What is zero already needs no store. */
function clear(host: FirmwareHost, start: number, end: number): void {
  const [first, last] = [Math.min((start + 3) & ~3, end), end & ~3];
  for (let physical = start; physical < first; physical++) host.writeByte(physical, 0);
  for (let physical = first; physical < last; physical += 4) {
    if (host.readDword(physical) !== 0) host.writeDword(physical, 0);
  }
  for (let physical = Math.max(first, last); physical < end; physical++) host.writeByte(physical, 0);
}
