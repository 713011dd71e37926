import { describe, expect, test } from 'vitest';
import type { MmioClaim } from '../../../emulator/bus/mmio-space.ts';
import { setSegment } from '../../../emulator/cpu/segments/segment-cache.ts';
import * as S from '../../../emulator/cpu/state.ts';
import { setCpl } from '../../../emulator/cpu/system/privilege.ts';
import { PAGE_ROM } from '../../../emulator/memory/physical-memory.ts';
import { Guest } from './guest.ts';

const PAGE_FAULT = 14;
const TABLE = 0x101000;
const PRESENT_WRITE_USER = 7;
const ACCESSED = 0x20;
const DIRTY = 0x40;
const SIZES = [1, 2, 4] as const;

function paged(absent: readonly number[] = []): Guest {
  const guest = Guest.protected();
  guest.enablePaging(absent);
  return guest;
}

function entryOf(guest: Guest, linear: number): number {
  return guest.peek(TABLE + (linear >>> 12) * 4);
}

/** The accessors that generated code calls, by size. */
function readBySize(guest: Guest, size: 1 | 2 | 4, offset: number): number {
  const { access } = guest.cpu;
  if (size === 1) return access.read8(S.DS, offset);
  return size === 2 ? access.read16(S.DS, offset) : access.read32(S.DS, offset);
}

function writeBySize(guest: Guest, size: 1 | 2 | 4, offset: number, value: number): void {
  const { access } = guest.cpu;
  if (size === 1) access.write8(S.DS, offset, value);
  else if (size === 2) access.write16(S.DS, offset, value);
  else access.write32(S.DS, offset, value);
}

describe('an access', () => {
  test('reads bytes and words unsigned and dwords signed', () => {
    const guest = Guest.protected();
    guest.poke(0x20000, 4, 0x89abcdef);
    const { access } = guest.cpu;
    expect(SIZES.map((size) => access.read(S.DS, 0x20000, size))).toEqual([0xef, 0xcdef, 0x89abcdef | 0]);
    expect(SIZES.map((size) => readBySize(guest, size, 0x20000))).toEqual([0xef, 0xcdef, 0x89abcdef | 0]);
  });

  test.each(SIZES)(
    'of %i bytes does the same by the accessor of its size, at every offset around a page’s end',
    (size) => {
      for (let offset = 0x20ff8; offset < 0x21008; offset++) {
        const [plain, sized] = [paged(), paged()];
        plain.cpu.access.write(S.DS, offset, size, 0x89abcdef);
        writeBySize(sized, size, offset, 0x89abcdef);
        expect(sized.recorded()).toEqual(plain.recorded());
        expect(readBySize(sized, size, offset)).toBe(plain.cpu.access.read(S.DS, offset, size));
        expect(Buffer.compare(sized.memory.bytes, plain.memory.bytes)).toBe(0);
      }
    },
  );

  test('across a page writes nothing when the second page faults, and CR2 is the first byte of that page', () => {
    const guest = paged([0x21000]);
    guest.cpu.access.write(S.DS, 0x20ffe, 4, -1);
    expect(guest.fault()).toEqual({ vector: PAGE_FAULT, code: 2 });
    expect(guest.cpu.s[S.CR2]).toBe(0x21000);
    expect(guest.peek(0x20ffe)).toBe(0);
  });

  test('across a page is recorded byte by byte, since the pages may lie apart', () => {
    const guest = paged();
    guest.poke(TABLE + 0x21 * 4, 4, 0x30000 | PRESENT_WRITE_USER);
    guest.cpu.access.write(S.DS, 0x20ffe, 4, 0x44332211);
    expect(guest.peek(0x20ffe, 2)).toBe(0x2211);
    expect(guest.peek(0x30000, 2)).toBe(0x4433);
    const stores = guest.recorded().filter(({ origin }) => origin === 'instruction');
    expect(stores).toMatchObject([0x20ffe, 0x20fff, 0x21000, 0x21001].map((linear) => ({ linear, size: 1 })));
  });

  test('for reading sets the accessed bit, the first write sets the dirty bit, and both are recorded', () => {
    const guest = paged();
    guest.cpu.access.read(S.DS, 0x20000, 4);
    expect(entryOf(guest, 0x20000)).toBe(0x20000 | PRESENT_WRITE_USER | ACCESSED);
    guest.cpu.access.write(S.DS, 0x20000, 4, 1);
    expect(entryOf(guest, 0x20000)).toBe(0x20000 | PRESENT_WRITE_USER | ACCESSED | DIRTY);
    const walks = guest.recorded().filter(({ origin }) => origin === 'page-walk');
    expect(walks.map(({ linear }) => linear)).toEqual([0x100000, TABLE + 0x80, TABLE + 0x80]);
  });

  test('for read-modify-write faults as a write, before anything is read', () => {
    const guest = paged();
    guest.poke(TABLE + 0x20 * 4, 4, 0x20000 | 5); // read-only
    setCpl(guest.cpu, 3);
    guest.cpu.access.readForWrite(S.DS, 0x20000, 4);
    expect(guest.fault()).toEqual({ vector: PAGE_FAULT, code: 7 });
    guest.cpu.access.read(S.DS, 0x20000, 4);
    expect(guest.fault()).toBeUndefined();
  });

  test('at level 3 does not profit from what level 0 has cached', () => {
    const guest = paged();
    guest.poke(TABLE + 0x20 * 4, 4, 0x20000 | 3); // supervisor's
    guest.cpu.access.write(S.DS, 0x20000, 4, 1);
    expect(guest.fault()).toBeUndefined();
    setCpl(guest.cpu, 3);
    expect(readBySize(guest, 4, 0x20000)).toBe(0);
    expect(guest.fault()).toEqual({ vector: PAGE_FAULT, code: 5 });
  });

  test('goes by the cached translation until INVLPG, as a real TLB does', () => {
    const guest = paged();
    guest.poke(0x20000, 1, 1);
    guest.poke(0x30000, 1, 2);
    expect(readBySize(guest, 1, 0x20000)).toBe(1);
    guest.poke(TABLE + 0x20 * 4, 4, 0x30000 | PRESENT_WRITE_USER);
    expect(readBySize(guest, 1, 0x20000)).toBe(1);
    guest.call('invalidatePage', S.DS, 0x20000);
    expect(readBySize(guest, 1, 0x20000)).toBe(2);
  });

  test('beyond the segment’s limit faults, with #SS through SS and #GP otherwise', () => {
    const guest = Guest.protected();
    const { access, state } = guest.cpu;
    setSegment(state, S.DS, 0x10, 0x20000, 0xfff, 0x4093);
    setSegment(state, S.SS, 0x10, 0x20000, 0xfff, 0x4093);
    for (const size of SIZES) {
      writeBySize(guest, size, 0x1000 - size, 0x7f);
      expect(guest.fault()).toBeUndefined();
      writeBySize(guest, size, 0x1001 - size, 0x7f);
      expect(guest.fault()).toEqual({ vector: 13, code: 0 });
      expect(readBySize(guest, size, 0x1001 - size)).toBe(0);
      expect(guest.fault()).toEqual({ vector: 13, code: 0 });
      access.read(S.SS, 0x1001 - size, size);
      expect(guest.fault()).toEqual({ vector: 12, code: 0 });
    }
    expect(guest.peek(0x21000)).toBe(0);
  });

  test('wraps around the end of a flat segment', () => {
    const guest = Guest.protected();
    guest.cpu.access.write(S.DS, 0xfffffffe, 4, 0x44332211);
    expect(guest.fault()).toBeUndefined();
    expect(guest.peek(0, 2)).toBe(0x4433);
  });

  test('to ROM is recorded and changes nothing, and to a hole is told', () => {
    const guest = Guest.protected();
    const holes: [number, boolean][] = [];
    guest.cpu.access.onHole = (physical, isWrite) => holes.push([physical, isWrite]);
    guest.memory.pageKinds[0x20] = PAGE_ROM;
    guest.cpu.access.write(S.DS, 0x20000, 4, 5);
    expect(guest.peek(0x20000)).toBe(0);
    guest.cpu.access.write(S.DS, 0x500000, 4, 5);
    expect(guest.cpu.access.read(S.DS, 0x500000, 1)).toBe(0xff);
    expect(guest.recorded().map(({ linear }) => linear)).toEqual([0x20000, 0x500000]);
    expect(holes).toEqual([
      [0x20000, true],
      [0x500000, true],
      [0x500000, false],
    ]);
  });

  test('to a device’s window goes to the device whole, also under RAM, and is recorded', () => {
    const guest = Guest.protected();
    const seen: string[] = [];
    const window = (first: number): MmioClaim => ({
      owner: 'test',
      first,
      last: first + 0xfff,
      read: (physical, size) => {
        seen.push(`read ${physical.toString(16)} ${size}`);
        return 0x89abcdef >>> (32 - size * 8);
      },
      write: (physical, size, value) => seen.push(`write ${physical.toString(16)} ${size} ${value.toString(16)}`),
    });
    const { access } = guest.cpu;
    access.write(S.DS, 0x30000, 4, 7);
    access.openWindow(window(0xfee00000));
    const under = window(0x30000);
    access.openWindow(under);
    access.write(S.DS, 0xfee00020, 4, -1);
    access.write32(S.DS, 0x30000, 5);
    access.write(S.DS, 0x30ffe, 4, 0x44332211);
    expect(access.read32(S.DS, 0x30ffc)).toBe(0x89abcdef | 0);
    expect(access.read16(S.DS, 0xfee00020)).toBe(0x89ab);
    expect(seen).toEqual([
      'write fee00020 4 ffffffff',
      'write 30000 4 5',
      'write 30ffe 1 11',
      'write 30fff 1 22',
      'read 30ffc 4',
      'read fee00020 2',
    ]);
    expect(guest.recorded().map(({ size }) => size)).toEqual([4, 4, 4, 1, 1, 1, 1]);
    access.closeWindow(under);
    expect(access.read(S.DS, 0x30000, 4)).toBe(7);
  });
});
