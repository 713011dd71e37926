import { Bios } from '../../../emulator/firmware/bios.ts';
import type { RegisterName } from '../../../emulator/firmware/firmware-host.ts';
import { videoRom } from '../../../emulator/firmware/video/video-rom.ts';
import { Drives } from '../../../emulator/machine/start/drives.ts';
import { FakeHost } from './fake-host.ts';

const STACK_SEGMENT = 0x7000;
const STACK_OFFSET = 0x100; // where IP, CS and FLAGS of the caller lie
const FLAGS_PHYSICAL = STACK_SEGMENT * 16 + STACK_OFFSET + 4;
const CALLER_FLAGS = 0x0202;
const CARRY = 0x0001;
const ZERO = 0x0040;

export type Registers = Partial<Record<RegisterName, number>>;

/** What the caller of a service finds after IRET, and CF as the stub sees it. */
export interface Answer {
  readonly carry: boolean;
  readonly zero: boolean;
  readonly stubCarry: boolean;
}

export interface BiosFixture {
  readonly host: FakeHost;
  readonly bios: Bios;
  /** Calls a service as its stub does after INT, with these registers and all flags but IF clear. */
  readonly call: (service: number, registers?: Registers) => Answer;
}

/** A 64 KiB image whose bytes tell their sector, with a boot signature. */
export function numberedDisk(sectors = 128): Uint8Array {
  const disk = new Uint8Array(sectors * 512);
  for (let offset = 0; offset < disk.length; offset++) disk[offset] = (offset * 7 + (offset >> 9)) & 0xff;
  disk.set([0x55, 0xaa], 510);
  return disk;
}

/** A BIOS with as many hard disks as there are images. */
export function biosWith(host: FakeHost, ...images: readonly Uint8Array[]): Bios {
  const names = images.map((_, index) => (index === 0 ? 'image' : `image ${index}`));
  const drives = new Drives(
    names.map((image) => ({ kind: 'disk', image })),
    Object.fromEntries(names.map((name, index) => [name, images[index]])),
  );
  return new Bios(host, { drives: drives.biosDrives(), bootMedium: drives.bootMedium });
}

export function poweredOn(disk = numberedDisk(), memoryBytes?: number): BiosFixture {
  const host = new FakeHost(memoryBytes);
  const bios = biosWith(host, disk);
  host.memory.set(bios.rom(), 0xf0000);
  host.memory.set(videoRom(), 0xc0000);
  bios.post();
  bios.startDisk();
  return { host, bios, call: (service, registers = {}) => callService(host, bios, service, registers) };
}

function callService(host: FakeHost, bios: Bios, service: number, registers: Registers): Answer {
  host.setReg('ss', STACK_SEGMENT);
  host.setReg('sp', STACK_OFFSET);
  host.view.setUint16(FLAGS_PHYSICAL, CALLER_FLAGS, true);
  host.setReg('flags', CALLER_FLAGS);
  for (const [name, value] of Object.entries(registers)) host.setReg(name as RegisterName, value);
  bios.call(service);
  const image = host.readWord(FLAGS_PHYSICAL);
  return {
    carry: (image & CARRY) !== 0,
    zero: (image & ZERO) !== 0,
    stubCarry: (host.reg('flags') & CARRY) !== 0,
  };
}
