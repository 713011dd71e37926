import { OperatingError } from '../../base/errors.ts';
import type { PciFunction, PciIdentity } from '../../devices/pci/pci-function.ts';
import { FwCfg } from '../../devices/ports/fw-cfg.ts';
import { PAGE_RAM, PAGE_ROM, type PhysicalMemory } from '../../memory/physical-memory.ts';

/** Firmware in place of the built-in one. */
export interface RomFiles {
  readonly bios: Uint8Array;
  /** The option ROM of the VGA, which the firmware gets as a file. */
  readonly video?: Uint8Array;
  readonly name?: string; // what messages call the BIOS
}

const ROM_END = 0x100000;
const VIDEO_ROM_FIRST = 0xc0000;
const LARGEST_BYTES = ROM_END - VIDEO_ROM_FIRST;
const VIDEO_FILE = 'vgaroms/vgabios.bin';

const PAM = 0x59;
const PAM_WRITE = 0x2;
const PAM_STEP_BYTES = 0x4000;
const PAM_TOP = { first: 0xf0000, sizeBytes: 0x10000 } as const; // of which only the upper nibble means something
/** PAM0: F0000h-FFFFFh is RAM that can be read. A ROM needs no look at its copy below 4 GiB then. */
const SHADOW_PRESENT = [PAM, 0x10, 0xff] as const;
/** SMM counts as set up, as QEMU says it where it has none. */
const SMM_IS_SET_UP = [0x5b, 0x02, 0xff] as const;

/** Errors: OperatingError for a ROM that has no room below 1 MiB. */
export function checkRom({ bios, name = 'bios' }: RomFiles): void {
  if (bios.length > 0 && bios.length <= LARGEST_BYTES && bios.length % 4096 === 0) return;
  throw new OperatingError(name, `a BIOS has whole pages and at most ${LARGEST_BYTES} bytes, and this ${bios.length}`);
}

/** The ROM lies in RAM below 1 MiB: shadowing is always on, and only whether it can be written changes. */
export function placeRom(memory: PhysicalMemory, { bios }: RomFiles): void {
  memory.bytes.set(bios, ROM_END - bios.length);
}

/** Makes C0000h-FFFFFh writable or not as the host bridge says (Intel 82441FX, 3.2.18, "PAM registers"). */
export function applyShadow(bridge: PciFunction, memory: PhysicalMemory): void {
  const set = (first: number, sizeBytes: number, nibble: number): void => {
    const kind = (nibble & PAM_WRITE) !== 0 ? PAGE_RAM : PAGE_ROM;
    memory.pageKinds.fill(kind, first >>> 12, (first + sizeBytes) >>> 12);
  };
  set(PAM_TOP.first, PAM_TOP.sizeBytes, bridge.read(PAM) >> 4);
  for (let step = 0; step < 12; step++) {
    const register = bridge.read(PAM + 1 + (step >> 1));
    set(VIDEO_ROM_FIRST + step * PAM_STEP_BYTES, PAM_STEP_BYTES, step % 2 === 0 ? register : register >> 4);
  }
}

export function romFiles({ video }: RomFiles): FwCfg {
  return new FwCfg(new Map(video === undefined ? [] : [[VIDEO_FILE, video]]));
}

export function withShadow(bridge: PciIdentity): PciIdentity {
  return withRegister(bridge, SHADOW_PRESENT);
}

export function withoutSmm(power: PciIdentity): PciIdentity {
  return withRegister(power, SMM_IS_SET_UP);
}

function withRegister(identity: PciIdentity, register: readonly [number, number, number]): PciIdentity {
  const others = (identity.registers ?? []).filter(([offset]) => offset !== register[0]);
  return { ...identity, registers: [...others, register] };
}
