import { expect, test } from 'vitest';
import { TLB_READ_SUPERVISOR, TLB_WRITE_SUPERVISOR } from '../../../../emulator/cpu/paging/tlb.ts';
import { Guest } from '../guest.ts';

const DIRECTORY = 0x100000;
const PAGE = 0x50000;
const OTHER = 0x51000;
const OTHER_TABLE = 0x102000;
const BEHIND_OTHER_TABLE = 0x400000;
const ENTRY = 0x101000 + (PAGE >>> 12) * 4;

const read = (guest: Guest, linear: number) => guest.cpu.access.readLinear(linear, 4, TLB_READ_SUPERVISOR);
const store = (guest: Guest, linear: number, value: number) =>
  guest.cpu.access.writeLinear(linear, 4, value, TLB_WRITE_SUPERVISOR);
const staleCount = (guest: Guest) => guest.events.filter(({ kind }) => kind === 'stale-translation').length;

function paging(): Guest {
  const guest = Guest.protected();
  guest.enablePaging();
  return guest;
}

test('saved translations come back after a flush, and only those', () => {
  const guest = paging();
  guest.poke(0x60000, 4, 0x2222);
  read(guest, PAGE);
  const saved = guest.cpu.access.translation.save();
  guest.call('writeControl', 3, DIRECTORY);
  read(guest, OTHER);
  guest.cpu.access.translation.load(saved);
  expect(guest.cpu.access.translation.tlb.entries[OTHER >>> 12]).toBe(0);
  guest.poke(ENTRY, 4, 0x60007); // behind the processor's back: the cached translation goes on
  expect(read(guest, PAGE)).toBe(0);
});

test('a store to the tables behind a translation that came back makes it stale', () => {
  const guest = paging();
  guest.poke(DIRECTORY + 4, 4, OTHER_TABLE | 7);
  guest.poke(OTHER_TABLE, 4, 0x60007);
  read(guest, PAGE);
  const saved = guest.cpu.access.translation.save();
  guest.call('writeControl', 3, DIRECTORY);
  read(guest, BEHIND_OTHER_TABLE); // a walk elsewhere, with which the tables from before the flush are forgotten
  guest.cpu.access.translation.load(saved);
  store(guest, ENTRY, 0x60007);
  read(guest, PAGE);
  expect(staleCount(guest)).toBe(1);
});
