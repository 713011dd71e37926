import { describe, expect, test } from 'vitest';
import type { BootRequest } from '../../../emulator/boot/boot-request.ts';
import { type BootPlan, endOf } from '../../../emulator/boot/load.ts';
import { isKernel, planBoot } from '../../../emulator/boot/plan-boot.ts';
import { elf, multiboot1, multiboot2, rawKernel, SHOW_REGISTERS } from './kernels.ts';

const MIB = 0x100000;
const CODE = Uint8Array.from(SHOW_REGISTERS);
const REQUEST: BootRequest = {
  commandLine: 'quiet root=hd0',
  modules: [
    { bytes: Uint8Array.of(1, 2, 3), text: 'initrd a b' },
    { bytes: new Uint8Array(5000).fill(9), text: 'second' },
  ],
  memoryBytes: 16 * MIB,
  map: [
    { first: 0, sizeBytes: 0x9fc00, type: 1 },
    { first: 0x9fc00, sizeBytes: 0x400, type: 2 },
  ],
  lowerKib: 639,
  upperKib: 15360,
  acpiRootPointer: new Uint8Array(20).fill(0x52),
  framebufferPhysical: 0xfd000000,
};

function plan(bytes: Uint8Array, request: Partial<BootRequest> = {}, flatAt?: number): BootPlan {
  return planBoot({ bytes, name: 'kernel.elf', flatAt }, { ...REQUEST, ...request });
}

/** Memory as the plan leaves it; zero where nothing is put. */
function memoryOf({ loads }: BootPlan): DataView {
  const memory = new Uint8Array(16 * MIB);
  for (const { physical, bytes } of loads) memory.set(bytes, physical);
  return new DataView(memory.buffer);
}

function textAt(memory: DataView, physical: number): string {
  let text = '';
  for (let at = physical; memory.getUint8(at) !== 0; at++) text += String.fromCharCode(memory.getUint8(at));
  return text;
}

const withHeader = (...header: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from([...header.flatMap((part) => [...part]), ...CODE]);

describe('multiboot 1', () => {
  test('an ELF kernel gets memory sizes, command line, modules, map and loader name', () => {
    const result = plan(elf({ content: withHeader(multiboot1(3)), entry: MIB + 12 }));
    const memory = memoryOf(result);
    const field = (offset: number): number => memory.getUint32(result.ebx + offset, true);
    expect(result).toMatchObject({ mode: 'flat', eax: 0x2badb002, entry: MIB + 12 });
    expect([field(0), field(4), field(8), field(12)]).toEqual([0x24f, 639, 15360, 0x8000ffff]);
    expect([textAt(memory, field(16)), textAt(memory, field(64))]).toEqual(['quiet root=hd0', 'gilt']);
    const modules = [0, 1].map((index) => {
      const [start, end, text] = [0, 4, 8].map((at) => memory.getUint32(field(24) + index * 16 + at, true));
      return [start % 4096, end - start, memory.getUint8(start), textAt(memory, text)];
    });
    expect([field(20), modules]).toEqual([2, [[0, 3, 1, 'initrd a b'], [0, 5000, 9, 'second']]]); // biome-ignore format: rows
    const [map, length] = [field(48), field(44)];
    expect(length).toBe(48);
    expect([0, 4, 12, 20, 24, 28].map((at) => memory.getUint32(map + at, true))).toEqual([
      20, 0, 0x9fc00, 1, 20, 0x9fc00,
    ]);
  });

  test('the table of modules and the modules lie on the first pages behind the kernel, as with QEMU, whatever symbols it has', () => {
    const result = plan(elf({ content: withHeader(multiboot1(3)), withSymbols: true }));
    const memory = memoryOf(result);
    const table = memory.getUint32(result.ebx + 24, true);
    const modules = [0, 16].map((at) => memory.getUint32(table + at, true));
    expect([table, ...modules]).toEqual([MIB + 0x1000, MIB + 0x2000, MIB + 0x3000]);
  });

  test('the section headers come with the addresses of the symbol tables, and without touching the file', () => {
    const kernel = elf({ content: withHeader(multiboot1(0)), withSymbols: true });
    const before = kernel.slice();
    const result = plan(kernel);
    const memory = memoryOf(result);
    const [count, size, headers, names] = [28, 32, 36, 40].map((at) => memory.getUint32(result.ebx + at, true));
    expect([memory.getUint32(result.ebx, true) & 0x20, count, size, names]).toEqual([0x20, 3, 40, 2]);
    const homes = [1, 2].map((index) => memory.getUint32(headers + index * 40 + 12, true));
    expect(homes.map((home) => memory.getUint8(home))).toEqual([0x11, 0x22]);
    expect(kernel).toEqual(before);
  });

  test('addresses in the header go before those of the ELF file, and .bss is zero behind the file', () => {
    const result = plan(rawKernel(SHOW_REGISTERS, 0x100));
    expect(result.entry).toBe(MIB + 32);
    expect(result.loads[0]).toMatchObject({ physical: MIB, sizeBytes: 32 + CODE.length + 0x100 });
  });

  test('a kernel that wants a screen is told which it has', () => {
    const result = plan(elf({ content: withHeader(multiboot1(4, 0, 0, 0, 0, 0, 1, 80, 25, 0)) }));
    const memory = memoryOf(result);
    expect(memory.getUint32(result.ebx, true) & 0x1000).toBe(0x1000);
    expect([88, 96, 100, 104].map((at) => memory.getUint32(result.ebx + at, true))).toEqual([0xb8000, 160, 80, 25]);
    expect([memory.getUint8(result.ebx + 108), memory.getUint8(result.ebx + 109)]).toEqual([16, 2]);
  });

  test.each([
    [
      [800, 600, 24],
      [800, 600, 24, 2400],
    ],
    [
      [0, 0, 0],
      [1024, 768, 32, 4096],
    ],
    [
      [640, 480, 8],
      [640, 480, 32, 2560],
    ],
    [
      [99999, 480, 16],
      [1024, 768, 16, 2048],
    ],
  ])('a kernel that wants pixels (%j) gets a mode that is near', (wish, [width, height, depth, pitch]) => {
    const result = plan(elf({ content: withHeader(multiboot1(4, 0, 0, 0, 0, 0, 0, ...wish)) }));
    const memory = memoryOf(result);
    const fields = [88, 96, 100, 104].map((at) => memory.getUint32(result.ebx + at, true));
    expect(fields).toEqual([0xfd000000, pitch, width, height]);
    expect([memory.getUint8(result.ebx + 108), memory.getUint8(result.ebx + 109)]).toEqual([depth, 1]);
    expect(result.screen).toMatchObject({ isText: false, width, height, depth });
  });

  test('a header with a wrong checksum is none, nor is one beyond the first 8 KiB', () => {
    const broken = multiboot1(0x10003, MIB, MIB, 0, 0, MIB).with(8, 0);
    expect(isKernel(Uint8Array.from([...broken, ...CODE]))).toBe(false);
    expect(isKernel(Uint8Array.from([...new Uint8Array(8192), ...rawKernel(SHOW_REGISTERS)]))).toBe(false);
    expect(isKernel(Uint8Array.from([...new Uint8Array(4096), ...rawKernel(SHOW_REGISTERS)]))).toBe(true);
  });
});

describe('multiboot 2', () => {
  /** The tags of the information by their types. */
  function tagsOf(result: BootPlan): ReadonlyMap<number, DataView> {
    const memory = memoryOf(result);
    const tags = new Map<number, DataView>();
    const end = result.ebx + memory.getUint32(result.ebx, true);
    for (let at = result.ebx + 8; at < end; ) {
      const size = memory.getUint32(at + 4, true);
      tags.set(memory.getUint32(at, true), new DataView(memory.buffer, at, size));
      at += Math.ceil(size / 8) * 8;
    }
    return tags;
  }

  test('an ELF kernel gets every tag, the last one empty', () => {
    const result = plan(elf({ content: withHeader(multiboot2([1, 0, 4, 6])), withSymbols: true }));
    const tags = tagsOf(result);
    expect([result.eax, result.ebx % 8]).toEqual([0x36d76289, 0]);
    expect([...tags.keys()]).toEqual([1, 2, 4, 5, 6, 8, 9, 14, 3, 0]);
    const text = (type: number, at: number): string => textAt(memoryOf(result), (tags.get(type)?.byteOffset ?? 0) + at);
    expect([text(1, 8), text(2, 8), text(3, 16)]).toEqual(['quiet root=hd0', 'gilt', 'second']);
    const map = tags.get(6);
    expect([8, 12, 16, 24, 32, 40].map((at) => map?.getUint32(at, true))).toEqual([24, 0, 0, 0x9fc00, 1, 0x9fc00]);
    expect([tags.get(8)?.byteLength, tags.get(8)?.getUint8(29)]).toEqual([32, 2]); // text
    expect([tags.get(14)?.byteLength, tags.get(14)?.getUint8(8)]).toEqual([28, 0x52]);
  });

  test('the tags of the header say where a flat kernel belongs and begins', () => {
    const header = multiboot2([2, 0, MIB, MIB, 0, MIB + 0x1000], [3, 0, MIB + 72]);
    const result = plan(withHeader(header));
    expect(result.entry).toBe(MIB + 72);
    expect(result.loads[0]).toMatchObject({ physical: MIB, sizeBytes: 0x1000 });
  });

  test('information that nobody knows and tags that gilt does not know are errors, unless they are optional', () => {
    const kernel = (tag: readonly [number, number, ...number[]]): Uint8Array =>
      elf({ content: withHeader(multiboot2(tag)) });
    expect(() => plan(kernel([1, 0, 99]))).toThrow('kernel.elf: it insists on multiboot 2 information of type 99');
    expect(() => plan(kernel([77, 0]))).toThrow('a tag of type 77');
    expect(plan(kernel([1, 1, 99])).eax).toBe(0x36d76289);
    expect(plan(kernel([77, 1])).eax).toBe(0x36d76289);
  });
});

describe('other kernels', () => {
  test('a plain ELF file is entered with empty registers, at the physical address of its entry', () => {
    const content = new Uint8Array(64).fill(0x90);
    const result = plan(elf({ content, linear: 0xc0100000, physical: MIB, entry: 0xc0100010, memoryBytes: 128 }));
    expect(result).toMatchObject({ mode: 'flat', entry: MIB + 16, eax: 0, ebx: 0 });
    expect(result.loads).toMatchObject([{ physical: MIB, sizeBytes: 128 }]);
  });

  test('a flat image begins in real mode below 1 MiB and in protected mode above', () => {
    expect(plan(CODE, {}, 0x8000)).toMatchObject({ mode: 'real', entry: 0x8000 });
    expect(plan(CODE, {}, 2 * MIB)).toMatchObject({ mode: 'flat', entry: 2 * MIB });
  });

  test('boot information goes where the kernel is not', () => {
    const result = plan(elf({ content: withHeader(multiboot1(0)), physical: 0x8000, memoryBytes: 0x4000 }));
    const places = result.loads.map((load) => [load.physical, endOf(load)]).sort(([a], [b]) => a - b);
    for (let index = 1; index < places.length; index++)
      expect(places[index][0]).toBeGreaterThanOrEqual(places[index - 1][1]);
    expect(result.ebx).toBeGreaterThan(0xc000);
  });
});

describe('what cannot be booted is an error that names the file', () => {
  const content = withHeader(multiboot1(0));
  test.each([
    [
      '64-bit',
      elf({ content, patches: [[4, 2]] }),
      'kernel.elf: a 64-bit ELF file; the processor here has no long mode',
    ],
    ['big-endian', elf({ content, patches: [[5, 2]] }), 'not a 32-bit little-endian one'],
    ['for ARM', elf({ content, patches: [[18, 40]] }), 'an ELF file for machine 40, not for the i386 (3)'],
    ['an object file', elf({ content, patches: [[16, 1]] }), 'an ELF file that is not linked'],
    ['empty', elf({ content, patches: [[44, 0]] }), 'an ELF file with nothing to load'],
    ['cut off', elf({ content }).subarray(0, 0x90), 'cut off: it should have bytes at 0x80 to '],
    ['at video memory', elf({ content, physical: 0xb8000 }), 'it belongs at 0xb8000 to '],
    ['beyond RAM', elf({ content, physical: 0x1000000 }), 'there are 16 MiB of RAM'],
    ['too large a .bss', elf({ content, memoryBytes: 0x7fffffff }), 'it needs memory at 0x100000 to 0x800fffff'],
    ['with requirements', elf({ content: withHeader(multiboot1(0x8)) }), 'requirements (0x8) that gilt doesn'],
    ['contradicting', withHeader(multiboot1(0x10000, MIB, 2 * MIB, 0, 0, MIB)), 'contradict each other'],
    ['without addresses', withHeader(multiboot1(0)), 'neither an ELF file nor one whose multiboot header says'],
    [
      'with a wrong checksum',
      elf({ content: withHeader(multiboot1(3).with(8, 0)) }),
      'multiboot header at offset 128 has a',
    ],
    [
      'with a late header',
      elf({ content: withHeader(new Uint8Array(8192), multiboot1(3)) }),
      'beyond the first 8192 bytes',
    ],
    [
      'with an odd header',
      elf({ content: withHeader(new Uint8Array(2), multiboot1(3)) }),
      'not on a boundary of 4 bytes',
    ],
    [
      'with a wrong second version',
      elf({ content: withHeader(multiboot2().with(12, 0)) }),
      'multiboot 2 header at offset 128',
    ],
    ['a program', elf({ content, patches: [[52, 3]] }), 'an ELF program that wants an operating system to link it'],
    ['without an entry', withHeader(multiboot2([2, 0, MIB, MIB, 0, 0])), 'does not say where it begins'],
  ])('%s', (_name, bytes, message) => {
    expect(() => plan(bytes)).toThrow(message);
  });

  test('modules that fill memory', () => {
    const modules = [{ bytes: new Uint8Array(16 * MIB), text: '' }];
    expect(() => plan(elf({ content }), { modules })).toThrow('there are 16 MiB of RAM');
  });
});
