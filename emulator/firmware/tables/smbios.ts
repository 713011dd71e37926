/**
 * SMBIOS 2.8 tables: what the machine is called and what is in it, in the words of QEMU's `pc`, which SeaBIOS hands on.
 * Document: System Management BIOS reference specification 2.8 (DMTF DSP0134), 5.2.1 and chapter 7.
 */
import { sumToZero, type TablePiece, tableBytes } from './table-bytes.ts';

const ENTRY_BYTES = 0x1f;
const DMI_PART = 0x10; // of the entry point: a checksum of its own
const MACHINE = 'pc-i440fx-7.2';
const KIB = 1024;
const MIB = 1024 * KIB;
const END_OF_TABLE = 127;

/** The entry point and, on the next multiple of 16 bytes, the structures. */
export function smbiosTables(physical: number, memoryBytes: number): Uint8Array {
  const structures = allStructures(memoryBytes);
  const bytes = tableBytes(structures);
  const longest = Math.max(...structures.map(({ length }) => length));
  const entry = tableBytes([
    '_SM_',
    [0, 1], // checksum
    [ENTRY_BYTES, 1],
    [2, 1],
    [8, 1],
    [longest, 2],
    [0, 4], // revision 0, five bytes of format
    [0, 2],
    '_DMI_',
    [0, 1], // checksum
    [bytes.length, 2],
    [physical + ENTRY_BYTES + 1, 4],
    [structures.length, 2],
    [0x28, 1],
  ]);
  sumToZero(entry.subarray(DMI_PART), 5);
  return tableBytes([sumToZero(entry, 4), [0, 1], bytes]);
}

function allStructures(memoryBytes: number): readonly Uint8Array[] {
  const structures = [
    bios(),
    system(),
    chassis(),
    processor(),
    memoryArray(memoryBytes),
    memoryDevice(memoryBytes),
    memoryRange(memoryBytes),
    bootState(),
  ];
  return [...structures, structure(END_OF_TABLE, 0x7f00, [], [])];
}

/** Header, formatted part, the strings that it counts from 1, and a zero behind them. */
function structure(type: number, handle: number, body: readonly TablePiece[], strings: readonly string[]): Uint8Array {
  const text = strings.length === 0 ? '\0\0' : `${strings.join('\0')}\0\0`;
  return tableBytes([[type, 1], [4 + tableBytes(body).length, 1], [handle, 2], ...body, text]);
}

function bytes(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

function bios(): Uint8Array {
  const unknownFeatures = 0x08;
  const firstSegment = 0xe800;
  const body: TablePiece[] = [bytes(1, 2), [firstSegment, 2], bytes(3, 0), [unknownFeatures, 4], [0, 4]];
  const isVirtualMachine = 4; // of the second byte of extensions
  const strings = ['SeaBIOS', '1.16.2-debian-1.16.2-1', '04/01/2014'];
  return structure(0, 0, [...body, bytes(0, isVirtualMachine, 0, 0, 0xff, 0xff)], strings);
}

function system(): Uint8Array {
  const noUuid = new Uint8Array(16);
  const woken = 6; // by the power switch
  const name = 'Standard PC (i440FX + PIIX, 1996)';
  return structure(1, 0x100, [bytes(1, 2, 3, 0), noUuid, bytes(woken, 0, 0)], ['QEMU', name, MACHINE]);
}

function chassis(): Uint8Array {
  const [other, safe, noSecurity] = [1, 3, 2];
  const states = bytes(safe, safe, safe, noSecurity);
  return structure(3, 0x300, [bytes(1, other, 2, 0, 0), states, new Uint8Array(9)], ['QEMU', MACHINE]);
}

function processor(): Uint8Array {
  const [central, other] = [3, 1];
  const megahertz = 2000;
  const [signature, features] = [0x663, 0x0781_abfd];
  const none = [0xffff, 2] as const;
  return structure(
    4,
    0x400,
    [
      bytes(1, central, other, 2),
      [signature, 4],
      [features, 4],
      bytes(3, 0), // version; voltage
      [0, 2],
      [megahertz, 2],
      [megahertz, 2],
      bytes(0x41, other), // in its socket and enabled
      none, // caches
      none,
      none,
      bytes(0, 0, 0, 1, 1, 1), // cores, enabled ones, threads
      [2, 2], // characteristics: unknown
      [1, 2], // family
    ],
    ['CPU 0', 'QEMU', MACHINE],
  );
}

function memoryArray(memoryBytes: number): Uint8Array {
  const [other, systemMemory, multiBitEcc] = [1, 3, 6];
  const body: TablePiece[] = [bytes(other, systemMemory, multiBitEcc), [memoryBytes / KIB, 4], [0xfffe, 2], [1, 2]];
  return structure(16, 0x1000, [...body, new Uint8Array(8)], []);
}

function memoryDevice(memoryBytes: number): Uint8Array {
  const [dimm, ram, otherDetail] = [9, 7, 2];
  const widths: TablePiece = [0xffff_ffff, 4]; // unknown
  return structure(
    17,
    0x1100,
    [
      [0x1000, 2],
      [0xfffe, 2],
      widths,
      [memoryBytes / MIB, 2],
      bytes(dimm, 0, 1, 0, ram),
      [otherDetail, 2],
      [0, 2],
      bytes(2, 0, 0, 0, 0),
      new Uint8Array(12),
    ],
    ['DIMM 0', 'QEMU'],
  );
}

function memoryRange(memoryBytes: number): Uint8Array {
  const body: TablePiece[] = [
    [0, 4],
    [memoryBytes / KIB - 1, 4],
    [0x1000, 2],
    [1, 1],
  ];
  return structure(19, 0x1300, [...body, new Uint8Array(16)], []);
}

function bootState(): Uint8Array {
  return structure(32, 0x2000, [new Uint8Array(7)], []);
}
