import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CpuEvent } from '../../../../emulator/cpu/cpu.ts';
import { TLB_READ_SUPERVISOR, TLB_WRITE_SUPERVISOR } from '../../../../emulator/cpu/paging/tlb.ts';
import { Guest } from '../guest.ts';

const DIRECTORY = 0x100000;
const TABLE = 0x101000;
const OTHER_TABLE = 0x102000;
const PAGE = 0x50000;
const ENTRY = TABLE + (PAGE >>> 12) * 4;
const CR0_WP = 1 << 16;
const CR0_PG = 1 << 31;

type Stale = Extract<CpuEvent, { kind: 'stale-translation' }>;

/** A guest whose paging maps one to one; entries are stored to through the processor, as guests do. */
function paging(): Guest {
  const guest = Guest.protected();
  guest.enablePaging();
  return guest;
}

const read = (guest: Guest, linear: number) => guest.cpu.access.readLinear(linear | 0, 4, TLB_READ_SUPERVISOR);
const write = (guest: Guest, linear: number, value: number) =>
  guest.cpu.access.writeLinear(linear | 0, 4, value, TLB_WRITE_SUPERVISOR);
const stale = (guest: Guest): readonly Stale[] =>
  guest.events.filter((event): event is Stale => event.kind === 'stale-translation');

describe('a cached translation whose page table entry was stored to', () => {
  it('is told of on its first use, once for each store, and goes on translating', () => {
    const guest = paging();
    guest.poke(0x50010, 4, 0x1111);
    guest.poke(0x60010, 4, 0x2222);
    read(guest, PAGE);
    write(guest, ENTRY, 0x60007);
    expect(stale(guest)).toEqual([]);
    expect(read(guest, PAGE + 0x10)).toBe(0x1111);
    const event = { kind: 'stale-translation', access: 'read', linear: 0x50010, physical: 0x50010, walked: 0x60010 };
    expect(stale(guest)).toEqual([{ ...event, eip: 0x10000 }]);
    read(guest, PAGE + 0x20);
    expect(stale(guest)).toHaveLength(1);
    write(guest, ENTRY, 0x70007);
    read(guest, PAGE);
    expect(stale(guest)).toHaveLength(2);
  });

  it('has nothing present where the entry was cleared', () => {
    const guest = paging();
    write(guest, PAGE, 1);
    write(guest, ENTRY, 0);
    write(guest, PAGE + 4, 2);
    const event = { kind: 'stale-translation', access: 'write', linear: 0x50004, physical: 0x50004, eip: 0x10000 };
    expect(stale(guest)).toEqual([event]);
    expect(guest.peek(0x50004)).toBe(2);
  });

  it.each([
    ['INVLPG', (guest: Guest) => guest.call('invalidatePage', 3, PAGE)],
    ['a load of CR3', (guest: Guest) => guest.call('writeControl', 3, DIRECTORY)],
  ])('is fresh after %s', (_, flush) => {
    const guest = paging();
    read(guest, PAGE);
    write(guest, ENTRY, 0x60007);
    flush(guest);
    guest.poke(0x60000, 4, 0x2222);
    expect(read(guest, PAGE)).toBe(0x2222);
    expect(stale(guest)).toEqual([]);
  });

  it('is stale for a write alone when the entry lost only that right', () => {
    const guest = paging();
    guest.call('writeControl', 0, guest.cpu.s[52] | CR0_WP);
    write(guest, PAGE, 1);
    write(guest, ENTRY, 0x50005);
    read(guest, PAGE);
    read(guest, PAGE);
    expect(stale(guest)).toEqual([]);
    write(guest, PAGE, 2);
    const event = {
      kind: 'stale-translation',
      access: 'write',
      linear: PAGE,
      physical: PAGE,
      walked: PAGE,
      eip: 0x10000,
    };
    expect(stale(guest)).toEqual([event]);
  });

  it('is sound when only accessed, dirty or available bits changed, or the store was undone', () => {
    const guest = paging();
    write(guest, PAGE, 1);
    write(guest, ENTRY, 0x50e07);
    write(guest, PAGE, 2);
    write(guest, ENTRY, 0x60007);
    write(guest, ENTRY, 0x50007);
    write(guest, PAGE, 3);
    expect(stale(guest)).toEqual([]);
  });

  it('is stale when the directory entry above it leads to another table', () => {
    const guest = paging();
    read(guest, PAGE);
    guest.poke(OTHER_TABLE + (PAGE >>> 12) * 4, 4, 0x60007);
    write(guest, DIRECTORY, OTHER_TABLE | 7);
    read(guest, PAGE);
    expect(stale(guest).map(({ linear, walked }) => [linear, walked])).toEqual([[PAGE, 0x60000]]);
  });
});

describe('with PAE', () => {
  const POINTERS = 0x102020;
  const LARGE = [0x400000, 0x600000]; // two pages of 2 MiB in the same 4 MiB, both of the first frames

  function extended(): Guest {
    const guest = Guest.protected();
    guest.poke(POINTERS, 4, DIRECTORY | 1);
    guest.poke(DIRECTORY, 4, TABLE | 7);
    for (const linear of LARGE) guest.poke(DIRECTORY + (linear >>> 21) * 8, 4, 0x87);
    for (let i = 0; i < 512; i++) guest.poke(TABLE + i * 8, 4, (i << 12) | 7);
    guest.call('writeControl', 4, 0x20);
    guest.call('writeControl', 3, POINTERS);
    guest.call('writeControl', 0, guest.cpu.s[52] | CR0_PG);
    return guest;
  }

  it.each([0, 4])("a store to either half of a page's entry makes its translation stale, offset %i", (half) => {
    const guest = extended();
    read(guest, PAGE);
    read(guest, PAGE + 0x1000);
    write(guest, TABLE + (PAGE >>> 12) * 8 + half, 0x60000);
    read(guest, PAGE + 0x1000);
    expect(stale(guest)).toEqual([]);
    read(guest, PAGE);
    expect(stale(guest).map(({ linear, walked }) => [linear, walked])).toEqual([[PAGE, undefined]]);
  });

  it("a store to a large page's entry makes all its pieces stale, and those of no other", () => {
    const guest = extended();
    for (const linear of LARGE) read(guest, linear + 0x3000);
    write(guest, DIRECTORY + (LARGE[0] >>> 21) * 8, 0);
    for (const linear of LARGE) read(guest, linear + 0x3000);
    expect(stale(guest).map(({ linear }) => linear)).toEqual([LARGE[0] + 0x3000]);
  });

  it('INVLPG drops the pieces of one large page', () => {
    const guest = extended();
    for (const linear of LARGE) read(guest, linear + 0x3000);
    guest.call('invalidatePage', 3, LARGE[0]);
    const { entries } = guest.cpu.access.translation.tlb;
    expect(LARGE.map((linear) => entries[(linear + 0x3000) >>> 12] !== 0)).toEqual([false, true]);
  });

  it('a pointer that is stored to counts from the next load of CR3', () => {
    const guest = extended();
    write(guest, POINTERS, 0);
    read(guest, PAGE);
    expect(stale(guest)).toEqual([]);
    guest.call('writeControl', 3, POINTERS);
    expect(guest.cpu.access.readLinear(PAGE, 4, TLB_READ_SUPERVISOR)).toBe(0);
    expect(guest.fault()).toEqual({ vector: 14, code: 0 });
  });
});

describe('stale translations of random stores and uses', () => {
  const PAGES = [0x50, 0x51, 0x60, 0x61];
  const page = fc.constantFrom(...PAGES);
  const step = fc.oneof(
    fc.record({ kind: fc.constant('map' as const), page, frame: page, flags: fc.constantFrom(0, 1, 3, 0x43, 0x63) }),
    fc.record({ kind: fc.constant('read' as const), page }),
    fc.record({ kind: fc.constant('write' as const), page }),
    fc.record({ kind: fc.constant('invlpg' as const), page }),
    fc.record({ kind: fc.constant('flush' as const) }),
  );

  it('are those that a model with a copy of every used entry finds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const guest = paging();
        guest.call('writeControl', 0, guest.cpu.s[52] | CR0_WP);
        write(guest, TABLE + 0x101 * 4, guest.peek(TABLE + 0x101 * 4)); // the tables' own page is in use and dirty
        const tables = new Map(PAGES.map((each) => [each, { frame: each, flags: 7 }]));
        const used = new Map<number, { frame: number; isWritable: boolean; isSettled: boolean }>();
        const expected: string[] = [];
        for (const each of steps) {
          if (each.kind === 'map') {
            write(guest, TABLE + each.page * 4, (each.frame << 12) | each.flags);
            tables.set(each.page, each);
            const copy = used.get(each.page);
            if (copy !== undefined) copy.isSettled = false;
          } else if (each.kind === 'flush') {
            guest.call('writeControl', 3, DIRECTORY);
            used.clear();
          } else if (each.kind === 'invlpg') {
            guest.call('invalidatePage', 3, each.page << 12);
            used.delete(each.page);
          } else {
            const isWrite = each.kind === 'write';
            const now = tables.get(each.page) ?? { frame: 0, flags: 0 };
            const isNowAllowed = (now.flags & 1) !== 0 && (!isWrite || (now.flags & 2) !== 0);
            const copy = used.get(each.page);
            if (copy !== undefined && (!isWrite || copy.isWritable)) {
              const isSound = isNowAllowed && now.frame === copy.frame;
              if (!isSound && !copy.isSettled) {
                expected.push(`${each.kind} ${each.page}`);
                copy.isSettled = true;
              }
            } else if (isNowAllowed) {
              // Until a page is dirty, writes walk; tables.flags doesn't follow the walk's own dirty bits.
              const isDirty = isWrite || (guest.peek(TABLE + each.page * 4) & 0x40) !== 0;
              used.set(each.page, { frame: now.frame, isWritable: isDirty && (now.flags & 2) !== 0, isSettled: true });
            }
            if (isWrite) write(guest, each.page << 12, 1);
            else read(guest, each.page << 12);
            guest.fault();
          }
        }
        expect(stale(guest).map(({ access, linear }) => `${access} ${linear >>> 12}`)).toEqual(expected);
      }),
    );
  });
});
