import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type EngineName, Machine } from '../../../../emulator/index.ts';
import { bootSector } from '../recording.ts';

const SEABIOS = '/usr/share/seabios/bios.bin';
const VIDEO = '/usr/share/seabios/vgabios-stdvga.bin';
const SPEC = { memoryBytes: 16 * 1024 * 1024, clock: 'idle', instructionLimit: 100_000_000 } as const;

/** A BIOS of 64 KiB: `code` at F000:E000, where its reset vector jumps. */
function tinyRom(code: readonly number[]): Uint8Array {
  const bios = new Uint8Array(0x10000).fill(0xff);
  bios.set(code, 0xe000);
  bios.set([0xea, 0x00, 0xe0, 0x00, 0xf0], 0xfff0); // jmp F000:E000
  return bios;
}

function started(code: readonly number[], video?: Uint8Array): Machine {
  const rom = { bios: tinyRom(code), ...(video === undefined ? {} : { video }) };
  return new Machine(SPEC, { disk: new Uint8Array(512), rom }, { engine: 'forms' });
}

test('a ROM is entered at its reset vector, with nothing done before', () => {
  const machine = started([0xfa, 0xf4]);
  expect(machine.registers()).toMatchObject({ cs: 0xf000, eip: 0xfff0 });
  expect(machine.readPhysical(0, 16)).toEqual(new Uint8Array(16));
  expect(machine.run({ until: 100 })).toEqual({ kind: 'halted' });
});

test('the host bridge says whether the ROM’s copy in RAM can be written', () => {
  const address = [0x66, 0xb8, 0x58, 0x00, 0x00, 0x80, 0xba, 0xf8, 0x0c, 0x66, 0xef]; // mov eax, 80000058h; mov dx, CF8h; out
  const writable = [0xb2, 0xfd, 0xb0, 0x30, 0xee]; // mov dl, FDh; mov al, 30h; out dx, al
  const store = (value: number): number[] => [0x2e, 0xc6, 0x06, 0x00, 0x80, value]; // mov byte cs:[8000h], value
  const machine = started([...address, ...store(1), ...writable, ...store(2), 0xf4]);
  machine.run({ until: 8 });
  expect(machine.readPhysical(0xf8000, 1)[0]).toBe(0xff);
  machine.run({ until: 100 });
  expect(machine.readPhysical(0xf8000, 1)[0]).toBe(2);
});

test('files are handed over by the configuration device', () => {
  const select = (item: number): number[] => [0xba, 0x10, 0x05, 0xb8, item, 0x00, 0xef, 0x42]; // mov dx, 510h; mov ax, item; out dx, ax; inc dx
  const read = [0xbf, 0x00, 0x10, 0xb9, 0x04, 0x00, 0xf3, 0x6c]; // mov di, 1000h; mov cx, 4; rep insb
  const directory = started([...select(0x19), ...read, 0xf4], Uint8Array.of(0x55, 0xaa, 1));
  directory.run({ until: 100 });
  expect([...directory.readPhysical(0x1000, 4)]).toEqual([0, 0, 0, 1]);
  const file = started([...select(0x20), ...read, 0xf4], Uint8Array.of(0x55, 0xaa, 1));
  file.run({ until: 100 });
  expect([...file.readPhysical(0x1000, 4)]).toEqual([0x55, 0xaa, 1, 0]);
});

test.each([
  ['too large', { bios: new Uint8Array(512 * 1024) }, 'bios: a BIOS has whole pages and at most 262144 bytes'],
  ['empty', { bios: new Uint8Array(0) }, 'and this 0'],
])('a ROM that is %s is a clear error', (_what, rom, message) => {
  expect(() => new Machine(SPEC, { disk: bootSector([]), rom }, { engine: 'forms' })).toThrow(message);
});

describe.skipIf(!existsSync(SEABIOS) || !existsSync(VIDEO))('SeaBIOS of the package seabios', () => {
  // mov ax, 0E2Ah; mov bx, 7; int 10h; cli; hlt
  const disk = bootSector([0xb8, 0x2a, 0x0e, 0xbb, 0x07, 0x00, 0xcd, 0x10, 0xfa, 0xf4]);

  test('comes up with its VGA BIOS and boots a disk, with every engine the same', () => {
    const rom = { bios: new Uint8Array(readFileSync(SEABIOS)), video: new Uint8Array(readFileSync(VIDEO)) };
    const run = (engine: EngineName): readonly [unknown, string, string] => {
      const machine = new Machine(SPEC, { disk, rom }, { engine });
      const reason = machine.run({ until: 60_000_000 });
      const { characters } = machine.screen();
      return [reason, Buffer.from(characters).toString('latin1'), machine.checkpoint('end').state];
    };
    const [reason, screen, state] = run('blocks');
    expect(reason).toEqual({ kind: 'halted' });
    expect(screen).toMatch(/^SeaBIOS \(version .*Booting from Hard Disk\.\.\. +\*/s);
    expect(run('forms')[2]).toBe(state);
  });
});
