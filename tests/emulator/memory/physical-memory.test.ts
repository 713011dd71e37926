import { describe, expect, test } from 'vitest';
import { LINE_CODE, PAGE_ROM, PhysicalMemory } from '../../../emulator/memory/physical-memory.ts';
import { fillByteAt, fillRam, type RamFill } from '../../../emulator/memory/ram-fill.ts';

const SIZE = 0x10000;

describe('physical memory', () => {
  test('is little-endian and gives unsigned values', () => {
    const memory = new PhysicalMemory(SIZE);
    memory.write(0x101, 4, 0x89abcdef);
    expect([...memory.bytes.subarray(0x100, 0x106)]).toEqual([0, 0xef, 0xcd, 0xab, 0x89, 0]);
    expect(memory.read(0x101, 4)).toBe(0x89abcdef);
    expect(memory.read(0x102, 2)).toBe(0xabcd);
    expect(memory.read8(0x104)).toBe(0x89);
  });

  test('reads all ones beyond its end and loses what is written there', () => {
    const memory = new PhysicalMemory(SIZE);
    memory.write(SIZE - 2, 4, 0x44332211);
    expect(memory.read(SIZE - 2, 4)).toBe(0xffff2211);
    expect(memory.read(0xfffffffe, 4)).toBe(0x0000ffff); // wraps to 0, where RAM is
    memory.write(0xffffffff, 2, 0x7700);
    expect(memory.read8(0)).toBe(0x77);
  });

  test('keeps ROM as it is', () => {
    const memory = new PhysicalMemory(SIZE);
    memory.bytes.fill(0x5a, 0x2000, 0x3000);
    memory.pageKinds[2] = PAGE_ROM;
    memory.write(0x1ffe, 4, 0x44332211);
    expect(memory.read(0x1ffe, 4)).toBe(0x5a5a2211);
    expect(memory.isRam(0x2000)).toBe(false);
    expect(memory.isRam(0x3000)).toBe(true);
    expect(memory.isRam(SIZE)).toBe(false);
  });

  test('marks each page that a store touches as dirty', () => {
    const memory = new PhysicalMemory(SIZE);
    memory.dirtyPages.fill(0);
    memory.write(0x3ffe, 4, 1);
    expect(Array.from(memory.dirtyPages.subarray(2, 6))).toEqual([0, 1, 1, 0]);
  });

  test('tells of a store into a line that holds code, and of no other', () => {
    const memory = new PhysicalMemory(SIZE);
    const told: number[] = [];
    memory.onCodeWrite = (physical) => told.push(physical);
    memory.lineMarks[0x1040 >>> 6] = LINE_CODE;
    memory.write(0x103e, 4, 0);
    memory.write8(0x1080, 0);
    expect(told).toEqual([0x1040, 0x1041]);
  });

  test('has whole pages', () => {
    expect(() => new PhysicalMemory(SIZE + 1)).toThrow(/whole pages/);
  });
});

describe('a RAM fill', () => {
  const FILLS: readonly RamFill[] = [{ kind: 'zero' }, { kind: 'byte', value: 0xa5 }, { kind: 'pattern', seed: 7 }];

  test.each(FILLS)('$kind puts at each address the byte that it says', (fill) => {
    const bytes = new Uint8Array(SIZE).fill(0xcc);
    fillRam(bytes, fill);
    expect(bytes.every((byte, physical) => byte === fillByteAt(fill, physical))).toBe(true);
  });

  test('by pattern makes every page different, and by another seed others', () => {
    const bytes = new Uint8Array(SIZE);
    fillRam(bytes, { kind: 'pattern', seed: 7 });
    const pages = Array.from({ length: 16 }, (_, page) => Buffer.from(bytes.subarray(page * 4096, page * 4096 + 4096)));
    expect(new Set(pages.map((page) => page.toString('hex'))).size).toBe(16);
    const other = new Uint8Array(SIZE);
    fillRam(other, { kind: 'pattern', seed: 8 });
    expect(Buffer.compare(other, bytes)).not.toBe(0);
  });
});
