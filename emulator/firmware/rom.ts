import { assert } from '../base/assert.ts';
import { VGA_FONT_8X8 } from '../devices/vga/fonts/font-8x8.ts';
import { VGA_FONT_8X14 } from '../devices/vga/fonts/font-8x14.ts';
import { VGA_FONT_8X16 } from '../devices/vga/fonts/font-8x16.ts';
import { SERVICE } from './services.ts';
import { acpiRootPointer } from './tables/acpi-tables.ts';
import { mpTables } from './tables/mp-table.ts';
import { pciRouting, plugAndPlay, serviceDirectory } from './tables/rom-entries.ts';
import { smbiosTables } from './tables/smbios.ts';

/**
 * Offsets in segment F000h. Where IBM's BIOS had a fixed address that programs rely on, it is the same here; tables that programs
 * search for, and the entries they name, are where SeaBIOS has them.
 */
export const ROM_OFFSET = {
  acpiRoot: 0x59d0,
  smbios: 0x59f0,
  multiprocessor: 0x5ba0,
  pciRouting: 0x5c80,
  disketteParameters: 0x601c,
  serviceDirectory: 0x6040,
  plugAndPlay: 0x6060,
  font: 0xa000, // 8x16, 256 characters
  font8: 0xb000,
  font14: 0xb800,
  functionality: 0xc600,
  plugAndPlayFlat: 0xd10f, // for protected mode
  plugAndPlayEntry: 0xd113,
  pciEntry: 0xd1ca,
  directoryEntry: 0xd26c,
  boot: 0xd400,
  nothingBootable: 0xd410,
  masterIrq: 0xd420,
  slaveIrq: 0xd430,
  clockIrq: 0xd440,
  powerEntry: 0xd460,
  idle: 0xd468,
  idleFar: 0xd470,
  stop: 0xd478,
  mouseIrq: 0xd480,
  reset: 0xe05b,
  disk: 0xe3fe,
  bootEntry: 0xe6f2,
  configuration: 0xe6f5,
  serial: 0xe739,
  keyboard: 0xe82e,
  key: 0xe987,
  disketteDisk: 0xec59,
  oldDisketteParameters: 0xefc7,
  printer: 0xefd2,
  video: 0xf065,
  baseMemory: 0xf841,
  equipment: 0xf84d,
  system: 0xf859,
  time: 0xfe6e,
  tick: 0xfea5,
  ignore: 0xff53,
  resetVector: 0xfff0,
  date: 0xfff5,
  model: 0xfffe,
} as const;

export const ROM_PHYSICAL = 0xf0000;
const ROM_BYTES = 0x10000;
/** Zeros, but for the tables that programs search for. */
const TABLES = { first: 0x59d0, end: 0x6100 } as const;
const DATE = '06/23/99\0'; // SeaBIOS's
const MODEL_AT = 0xfc;
const PNP_NOT_SUPPORTED = 0x82;

const PUSH_AX = 0x50;
const POP_AX = 0x58;
const PUSHF = 0x9c;
const POPF = 0x9d;
const CLI = 0xfa;
const STI = 0xfb;
const HLT = 0xf4;
const IRET = 0xcf;
const RETF = 0xcb;
const STC = 0xf9;

const firmware = (service: number): number[] => [0x0f, 0x3f, service];
const int = (vector: number): number[] => [0xcd, vector];
const ifCarry = (code: readonly number[]): number[] => [0x73, code.length, ...code]; // JNC over it
const ifNoJumpBack = (code: readonly number[]): number => 256 - (code.length + 2);
const whileCarry = (code: readonly number[]): number[] => [...code, 0x72, ifNoJumpBack(code)]; // JC back to its start
const jumpFar = (segment: number, offset: number): number[] => [0xea, ...word(offset), ...word(segment)];
const stopForever = [CLI, HLT, 0xeb, 0xfd]; // JMP to the HLT: an NMI comes back here
const endOfMasterInterrupt = [0xb0, 0x20, 0xe6, 0x20]; // MOV AL,20h; OUT 20h,AL
const endOfSlaveInterrupt = [0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20];

/**
 * The 64 KiB of firmware at F0000h: short real-mode stubs around firmware calls, so that vectors point at code which a
 * guest may call or chain, and the tables that services hand out.
 */
export function buildRom(memoryBytes: number): Uint8Array {
  const rom = new Uint8Array(ROM_BYTES).fill(0xff);
  rom.fill(0, TABLES.first, TABLES.end);
  let end = 0;
  for (const { offset, bytes } of parts(memoryBytes).sort((a, b) => a.offset - b.offset)) {
    assert(offset >= end, `two parts of the ROM overlap at 0x${offset.toString(16)}`);
    rom.set(bytes, offset);
    end = offset + bytes.length;
  }
  return rom;
}

interface RomPart {
  readonly offset: number;
  readonly bytes: ArrayLike<number>;
}

function parts(memoryBytes: number): RomPart[] {
  const at = (offset: number, bytes: ArrayLike<number>): RomPart => ({ offset, bytes });
  return [
    ...interruptStubs().map(([offset, bytes]) => at(offset, bytes)),
    ...plainServices().map(([offset, service]) => at(offset, [...firmware(service), IRET])),
    at(ROM_OFFSET.multiprocessor, mpTables(ROM_PHYSICAL + ROM_OFFSET.multiprocessor)),
    at(ROM_OFFSET.acpiRoot, acpiRootPointer(memoryBytes) ?? []),
    at(ROM_OFFSET.smbios, smbiosTables(ROM_PHYSICAL + ROM_OFFSET.smbios, memoryBytes)),
    at(ROM_OFFSET.pciRouting, pciRouting()),
    at(ROM_OFFSET.serviceDirectory, serviceDirectory(ROM_PHYSICAL + ROM_OFFSET.directoryEntry)),
    at(ROM_OFFSET.plugAndPlay, plugAndPlay(ROM_OFFSET.plugAndPlayEntry, ROM_OFFSET.plugAndPlayFlat)),
    at(ROM_OFFSET.font8, VGA_FONT_8X8),
    at(ROM_OFFSET.font14, VGA_FONT_8X14),
    at(ROM_OFFSET.functionality, FUNCTIONALITY),
    at(ROM_OFFSET.font, VGA_FONT_8X16),
    at(ROM_OFFSET.configuration, CONFIGURATION),
    at(ROM_OFFSET.disketteParameters, [...DISKETTE_PARAMETERS, ...DISKETTE_EXTENSION]),
    at(ROM_OFFSET.oldDisketteParameters, DISKETTE_PARAMETERS),
    at(ROM_OFFSET.resetVector, jumpFar(0xf000, ROM_OFFSET.reset)),
    at(ROM_OFFSET.date, ascii(DATE)),
    at(ROM_OFFSET.model, [MODEL_AT]),
  ];
}

function plainServices(): [number, number][] {
  return [
    [ROM_OFFSET.video, SERVICE.video],
    [ROM_OFFSET.equipment, SERVICE.equipment],
    [ROM_OFFSET.baseMemory, SERVICE.baseMemory],
    [ROM_OFFSET.disk, SERVICE.disk],
    [ROM_OFFSET.disketteDisk, SERVICE.disk],
    [ROM_OFFSET.printer, SERVICE.printer],
    [ROM_OFFSET.time, SERVICE.time],
  ];
}

function interruptStubs(): [number, number[]][] {
  return [
    [ROM_OFFSET.ignore, [IRET]],
    [ROM_OFFSET.reset, [...firmware(SERVICE.reset), ...stopForever]],
    [ROM_OFFSET.bootEntry, jumpNear(ROM_OFFSET.bootEntry, ROM_OFFSET.boot)], // the next table leaves three bytes
    [ROM_OFFSET.boot, [...firmware(SERVICE.boot), RETF]],
    [ROM_OFFSET.plugAndPlayFlat, jumpNear(ROM_OFFSET.plugAndPlayFlat, ROM_OFFSET.plugAndPlayEntry)],
    [ROM_OFFSET.plugAndPlayEntry, [0xb8, ...word(PNP_NOT_SUPPORTED), RETF]], // MOV AX
    [ROM_OFFSET.pciEntry, [...firmware(SERVICE.pciEntry), RETF]],
    [ROM_OFFSET.directoryEntry, directoryStub()],
    [ROM_OFFSET.nothingBootable, [...firmware(SERVICE.nothingBootable), ...stopForever]],
    [ROM_OFFSET.masterIrq, [PUSH_AX, ...endOfMasterInterrupt, POP_AX, IRET]],
    [ROM_OFFSET.slaveIrq, [PUSH_AX, ...endOfSlaveInterrupt, POP_AX, IRET]],
    [ROM_OFFSET.clockIrq, clockStub()],
    [ROM_OFFSET.mouseIrq, mouseStub()],
    [ROM_OFFSET.powerEntry, [...firmware(SERVICE.powerEntry), RETF]],
    [ROM_OFFSET.idle, [STI, HLT, IRET]],
    [ROM_OFFSET.idleFar, [PUSHF, STI, HLT, POPF, RETF]],
    [ROM_OFFSET.stop, stopForever],
    [ROM_OFFSET.tick, tickStub()],
    [ROM_OFFSET.key, keyStub()],
    [ROM_OFFSET.keyboard, keyboardStub()],
    [ROM_OFFSET.serial, waitingStub(SERVICE.serial, SERVICE.serialWait)],
    [ROM_OFFSET.system, waitingStub(SERVICE.system, SERVICE.systemWait)],
  ];
}

/** IRQ 0: counts, lets int 1Ch do as it likes with the registers, then ends the interrupt. */
function tickStub(): number[] {
  const save = [0x60, 0x1e, 0x06]; // PUSHA; PUSH DS; PUSH ES
  const restore = [0x07, 0x1f, 0x61]; // POP ES; POP DS; POPA
  return [...save, ...firmware(SERVICE.tick), ...int(0x1c), ...endOfMasterInterrupt, ...restore, IRET];
}

/** IRQ 1: int 15h/4Fh may swallow the scancode in AL (CF = 0); the service answers CF = 1 for Ctrl-Break. */
function keyStub(): number[] {
  const readScancode = [0xe4, 0x60]; // IN AL,60h
  const intercept = [0xb4, 0x4f, STC, ...int(0x15)]; // MOV AH,4Fh
  const take = [...firmware(SERVICE.key), ...ifCarry(int(0x1b))];
  return [PUSH_AX, ...readScancode, ...intercept, ...ifCarry(take), ...endOfMasterInterrupt, POP_AX, IRET];
}

/** IRQ 8: the service answers CF = 1 for the alarm. */
function clockStub(): number[] {
  return [PUSH_AX, ...firmware(SERVICE.clock), ...ifCarry(int(0x4a)), ...endOfSlaveInterrupt, POP_AX, IRET];
}

/** IRQ 12: where the service answers CF = 1 it has pushed six words, the last two the address of the program's handler. */
function mouseStub(): number[] {
  const save = [0x60, 0x1e, 0x06]; // PUSHA; PUSH DS; PUSH ES
  const restore = [0x07, 0x1f, 0x61]; // POP ES; POP DS; POPA
  const callHandler = [0x89, 0xe5, STI, 0xff, 0x5e, 0x08, CLI, 0x83, 0xc4, 0x0c]; // MOV BP,SP; CALL FAR [BP+8]; ADD SP,12
  return [...save, ...firmware(SERVICE.mouse), ...ifCarry(callHandler), ...endOfSlaveInterrupt, ...restore, IRET];
}

/** Int 16h: a moment with interrupts on, so that polling with IF = 0 sees keys; while CF = 1 it waits for one, halted. */
function keyboardStub(): number[] {
  const ask = [CLI, ...firmware(SERVICE.keyboard)];
  return [STI, 0x90, ...ask, ...ifCarry(whileCarry([STI, HLT, ...ask])), IRET];
}

/** A service that answers CF = 1 when it has to wait: then its second half is asked until CF = 0, with interrupts on. */
function waitingStub(service: number, waitService: number): number[] {
  return [...firmware(service), ...ifCarry([STI, ...whileCarry(firmware(waitService))]), IRET];
}

/** The 32-bit service directory: for `$PCI` in EAX the segment, its length and the entry's offset; AL = 80h for others. */
function directoryStub(): number[] {
  const found = [
    ...[0xbb, ...dword(ROM_PHYSICAL)], // MOV EBX
    ...[0xb9, ...dword(ROM_BYTES)], // MOV ECX
    ...[0xba, ...dword(ROM_OFFSET.pciEntry)], // MOV EDX
    ...[0x30, 0xc0], // XOR AL,AL
    ...[POPF, RETF],
  ];
  const isPci = [PUSHF, 0x3d, ...ascii('$PCI'), 0x75, found.length]; // CMP EAX; JNE over it
  return [...isPci, ...found, 0xb0, 0x80, POPF, RETF];
}

function ascii(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}

function jumpNear(from: number, to: number): number[] {
  return [0xe9, ...word(to - (from + 3))];
}

function dword(value: number): number[] {
  return [...word(value), ...word(value >>> 16)];
}

function word(value: number): [number, number] {
  return [value & 0xff, (value >> 8) & 0xff];
}

/**
 * What int 15h/C0h points at (Ralf Brown, table 00509): AT, two PICs, a clock, int 15h/4Fh called by int 09h, an
 * extended BIOS data area, int 16h/09h.
 */
const CONFIGURATION = [8, 0, MODEL_AT, 0, 1, 0x74, 0x40, 0, 0, 0];

/** What int 10h/1Bh points at (Ralf Brown, table 00039): modes, scan lines, fonts, services. */
const FUNCTIONALITY = [0xff, 0xe0, 0x0f, 0, 0, 0, 0, 0x07, 0x02, 0x08, 0xe7, 0x0c, 0, 0, 0, 0];

/** What int 1Eh points at (Ralf Brown, table 01264), for a 1.44 MB drive; programs copy it before they look for one. */
const DISKETTE_PARAMETERS = [0xaf, 0x02, 0x25, 0x02, 18, 0x1b, 0xff, 0x6c, 0xf6, 0x0f, 0x08];
/** The PS/2's bytes behind it: last cylinder, data rate, kind of drive. */
const DISKETTE_EXTENSION = [79, 0, 4];
