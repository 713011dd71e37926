import { describe, expect, test } from 'vitest';
import { TLB_READ_SUPERVISOR, TLB_WRITE_SUPERVISOR } from '../../../../emulator/cpu/paging/tlb.ts';
import * as S from '../../../../emulator/cpu/state.ts';
import { LINE_CODE, LINE_SHIFT } from '../../../../emulator/memory/physical-memory.ts';
import { Guest } from '../guest.ts';

const DIRECTORY = 0x100000;
const TABLE = 0x101000;
const PAGE = 0x30000;
const ENTRY = TABLE + (PAGE >> 12) * 4;

function paged(): Guest {
  const guest = Guest.protected();
  guest.enablePaging();
  guest.call('writeControl', 3, DIRECTORY);
  return guest;
}

describe('a TLB entry for compiled code', () => {
  test('comes by the walk that the access would make, with its accessed and dirty bits', () => {
    const guest = paged();
    const entry = guest.cpu.access.translation.fill(PAGE + 5, TLB_WRITE_SUPERVISOR);
    expect(entry & 0xfffff000).toBe(PAGE);
    expect(guest.memory.read(ENTRY, 4) & 0x60).toBe(0x60);
  });

  test('is refused without a trace of the fault that the access would raise', () => {
    const guest = paged();
    guest.poke(ENTRY, 4, 0);
    guest.cpu.s[S.CR2] = 0x1234;
    expect(guest.cpu.access.translation.fill(PAGE, TLB_READ_SUPERVISOR)).toBe(0);
    expect(guest.cpu.isFaulted).toBe(false);
    expect(guest.cpu.s[S.CR2]).toBe(0x1234);
  });

  test('is refused when the tables were stored to since: that is to be noticed', () => {
    const guest = paged();
    guest.cpu.access.translation.fill(PAGE, TLB_READ_SUPERVISOR);
    guest.cpu.access.write(S.DS, ENTRY, 4, 0x31007);
    expect(guest.cpu.access.translation.fill(PAGE, TLB_READ_SUPERVISOR)).toBe(0);
    expect(guest.events.filter(({ kind }) => kind === 'stale-translation')).toEqual([]);
  });

  test('is refused when the walk would write among decoded instructions', () => {
    const guest = paged();
    guest.memory.lineMarks[ENTRY >>> LINE_SHIFT] |= LINE_CODE;
    expect(guest.cpu.access.translation.fill(PAGE, TLB_READ_SUPERVISOR)).toBe(0);
    expect(guest.memory.read(ENTRY, 4) & 0x60).toBe(0);
  });

  test('is refused for pages that are not plain RAM', () => {
    const guest = paged();
    guest.poke(ENTRY, 4, 0x7f000007);
    expect(guest.cpu.access.translation.fill(PAGE, TLB_READ_SUPERVISOR)).toBe(0);
  });
});
