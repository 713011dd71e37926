import { expect, test } from 'vitest';
import { type EngineName, Machine } from '../../../../emulator/index.ts';
import { elf, multiboot1, rawKernel, SHOW_REGISTERS } from '../../boot/kernels.ts';
import { bootSector, record } from '../recording.ts';

const MIB = 0x100000;
const SPEC = { memoryBytes: 2 * MIB };
const TABLES = 2 * MIB - 0x20000; // the firmware's own
const ENGINES: readonly EngineName[] = ['oracle', 'forms', 'blocks'];

function dwords(machine: Machine, physical: number, count: number): number[] {
  const view = new DataView(machine.readPhysical(physical, count * 4).buffer);
  return Array.from({ length: count }, (_, index) => view.getUint32(index * 4, true));
}

test('a multiboot kernel is entered in flat protected mode, and every engine makes the same trace', () => {
  const runs = ENGINES.map((engine) =>
    record(engine, { spec: SPEC, disk: rawKernel(SHOW_REGISTERS), instructions: 100 }),
  );
  const { machine, stopped } = runs[0];
  expect(stopped).toEqual({ kind: 'halted' });
  expect(dwords(machine, 0xb8000, 3)).toEqual([0x9500, 0x2badb002, 0x6f04]);
  expect(machine.registers()).toMatchObject({ cs: 8, ds: 0x10, ss: 0x10, cr0: 0x11, eflags: 2, eip: MIB + 32 + 18 });
  for (const { trace } of runs) expect(trace).toEqual(runs[0].trace);
});

test('the descriptors that a kernel finds are those it was started with', () => {
  // push 10h; pop ds; push 8; push CONTINUE; retf; CONTINUE: then as before
  const reload = [0x6a, 0x10, 0x1f, 0x6a, 0x08, 0x68, 0x2b, 0x00, 0x10, 0x00, 0xcb];
  const { machine, stopped } = record('forms', {
    spec: SPEC,
    disk: rawKernel([...reload, ...SHOW_REGISTERS]),
    instructions: 100,
  });
  expect([stopped, dwords(machine, 0xb8004, 1)]).toEqual([{ kind: 'halted' }, [0x2badb002]]);
});

test('what is put into memory is recorded as the firmware’s, and .bss is zero in RAM that was not', () => {
  const content = Uint8Array.from([...SHOW_REGISTERS, 1, 2, 3]);
  const disk = elf({ content, memoryBytes: content.length + 50 });
  const bytes = new Map<number, number>();
  const origins = new Set<number>();
  record('forms', {
    spec: { ...SPEC, ramFill: { kind: 'byte', value: 0xcc } },
    disk,
    instructions: 100,
    onWrites: ({ count, physical, value, size, origin }) => {
      for (let row = 0; row < count; row++) {
        if (physical[row] < MIB || physical[row] >= TABLES) continue;
        origins.add(origin[row]);
        for (let at = 0; at < size[row]; at++) bytes.set(physical[row] + at, (value[row] >>> (8 * at)) & 0xff);
      }
    },
  });
  expect([...bytes].sort(([a], [b]) => a - b)).toEqual(
    [...content, ...new Array<number>(50).fill(0)].map((byte, index) => [MIB + index, byte]),
  );
  expect([...origins]).toEqual([6]); // firmware
});

test('a flat image below 1 MiB begins in real mode, in a segment of its own above 64 KiB', () => {
  const code = [0x8c, 0xc8, 0xa3, 0x10, 0x00, 0xf4]; // mov ax, cs; mov [10h], ax; hlt
  const low = new Machine({ ...SPEC, loadAt: 0x8000 }, { disk: Uint8Array.from(code) }, { engine: 'forms' });
  expect(low.registers()).toMatchObject({ cs: 0, eip: 0x8000, cr0: 0x10 });
  const high = new Machine({ ...SPEC, loadAt: 0x20000 }, { disk: Uint8Array.from(code) }, { engine: 'forms' });
  high.run({ until: 10 });
  expect(dwords(high, 0x20010, 1)[0] & 0xffff).toBe(0x2000);
});

test('a kernel that asks for pixels finds them in its framebuffer', () => {
  const code = [0xc7, 0x05, 0, 0, 0, 0xfd, 0x33, 0x22, 0x11, 0, 0xf4]; // mov dword [FD000000h], 112233h; hlt
  const header = multiboot1(0x10004, MIB, MIB, 0, 0, MIB + 48, 0, 64, 32, 32);
  const disk = Uint8Array.from([...header, ...code]);
  const { machine } = record('forms', { spec: SPEC, disk, instructions: 100 });
  expect(machine.look().picture).toMatchObject({ width: 64, height: 32 });
  expect([...(machine.look().picture?.rgb.subarray(0, 4) ?? [])]).toEqual([0x11, 0x22, 0x33, 0]);
});

test('a boot sector is a disk even where it looks like a kernel', () => {
  const disk = bootSector([...rawKernel([0xf4])]);
  expect(new Machine(SPEC, { disk }, { engine: 'forms' }).registers()).toMatchObject({ cs: 0, eip: 0x7c00 });
});

test('a kernel that starts the firmware over finds no disk', () => {
  const disk = Uint8Array.from([0xcd, 0x19]); // int 19h
  const machine = new Machine({ ...SPEC, loadAt: 0x8000 }, { disk }, { engine: 'forms' });
  expect(machine.run({ until: 10_000 })).toEqual({ kind: 'halted' });
  expect(String.fromCharCode(...machine.screen().characters.subarray(0, 19))).toBe('No bootable device.');
});

test.each([
  [{ modules: ['a'] }, 'there are 0 modules, and the spec names 1'],
  [{ loadAt: 0x400 }, 'loadAt is 1024; it must be an address from 1280 up'],
  [{ loadAt: 2 * MIB }, 'loadAt is 2097152'],
])('a spec of %j is a clear error', (spec, message) => {
  expect(() => new Machine({ ...SPEC, ...spec }, { disk: rawKernel([0xf4]) }, { engine: 'forms' })).toThrow(message);
});
