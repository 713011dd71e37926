import { describe, expect, it } from 'vitest';
import { FLAG_VM, VECTOR_GP, VECTOR_NP, VECTOR_PF, VECTOR_SS } from '../../../../emulator/cpu/constants.ts';
import * as S from '../../../../emulator/cpu/state.ts';
import { CODE_0, CODE_3, CONFORMING, DATA_0, DATA_3, GDT, Guest, LDT, LOCAL_TABLE, SPARE } from '../guest.ts';

describe('loading segment registers', () => {
  it('real mode takes the selector times 16 as base and keeps the limit', () => {
    const guest = new Guest();
    guest.cpu.s[S.LIMIT + S.DS] = -1;
    guest.call('loadSegment', S.DS, 0x1234);
    expect([guest.cpu.s[S.BASE + S.DS], guest.cpu.s[S.LIMIT + S.DS]]).toEqual([0x12340, -1]);
  });

  it('V86 mode sets a limit of 64 KiB', () => {
    const guest = Guest.protected();
    guest.cpu.s[S.EFLAGS] |= FLAG_VM;
    guest.call('loadSegment', S.ES, 0xb800);
    expect([guest.cpu.s[S.BASE + S.ES], guest.cpu.s[S.LIMIT + S.ES]]).toEqual([0xb8000, 0xffff]);
  });

  it('a null selector empties a data register without a fault', () => {
    const guest = Guest.protected();
    guest.call('loadSegment', S.DS, 3);
    expect(guest.fault()).toBeUndefined();
    guest.cpu.access.read(S.DS, 0, 4);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: 0 });
  });

  it('SS refuses a null selector', () => {
    const guest = Guest.protected();
    guest.call('loadSegment', S.SS, 0);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: 0 });
  });

  it('a first load sets the accessed bit in memory and records it, a second one writes nothing', () => {
    const guest = Guest.protected();
    guest.segment(SPARE, { access: 0x92, base: 0x40000, limit: 0xfff, flags: 4 });
    guest.call('loadSegment', S.FS, SPARE);
    guest.call('loadSegment', S.GS, SPARE);
    expect(guest.recorded()).toEqual([{ linear: GDT + SPARE + 5, size: 1, value: 0x93, origin: 'descriptor' }]);
    expect(guest.cpu.s[S.BASE + S.FS]).toBe(0x40000);
    expect(guest.cpu.s[S.LIMIT + S.FS]).toBe(0xfff);
  });

  it.each([
    ['a selector beyond the table', S.DS, 0x68, VECTOR_GP],
    ['a local selector without a local table', S.DS, 0x0c, VECTOR_GP],
    ['a system descriptor', S.DS, LOCAL_TABLE, VECTOR_GP],
    ['inner data', S.DS, DATA_0, VECTOR_GP],
    ['a stack of another level', S.SS, DATA_0 | 3, VECTOR_GP],
    ['a stack whose RPL is not the CPL', S.SS, DATA_3 & ~3, VECTOR_GP],
    ['code as stack', S.SS, CODE_3, VECTOR_GP],
  ])('ring 3 may not load %s', (_, register, selector, vector) => {
    const guest = Guest.protected();
    guest.runAt(3);
    const before = guest.architecture();
    guest.call('loadSegment', register, selector);
    expect(guest.fault()).toEqual({ vector, code: selector & ~3 });
    expect(guest.architecture()).toEqual(before);
  });

  it('conforming readable code may be loaded as data from any level', () => {
    const guest = Guest.protected();
    guest.runAt(3);
    guest.call('loadSegment', S.DS, CONFORMING | 3);
    expect(guest.fault()).toBeUndefined();
  });

  it('an RPL of 3 keeps ring 0 from loading its own data', () => {
    const guest = Guest.protected();
    guest.call('loadSegment', S.DS, DATA_0 | 3);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: DATA_0 });
  });

  it('a segment that is not present raises #NP, as a stack #SS', () => {
    const guest = Guest.protected();
    guest.segment(SPARE, { access: 0x12 });
    guest.call('loadSegment', S.DS, SPARE);
    expect(guest.fault()).toEqual({ vector: VECTOR_NP, code: SPARE });
    guest.call('loadSegment', S.SS, SPARE);
    expect(guest.fault()).toEqual({ vector: VECTOR_SS, code: SPARE });
  });

  it('execute-only code is not data', () => {
    const guest = Guest.protected();
    guest.segment(SPARE, { access: 0x98 });
    guest.call('loadSegment', S.DS, SPARE);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: SPARE });
  });

  it('local selectors go through LLDT, and their error codes keep the table bit', () => {
    const guest = Guest.protected();
    guest.segment(8, { access: 0x92, base: 0x70000 }, LDT);
    guest.call('loadLocalTable', LOCAL_TABLE);
    guest.call('loadSegment', S.ES, 0x0c);
    expect(guest.cpu.s[S.BASE + S.ES]).toBe(0x70000);
    guest.call('loadSegment', S.ES, 0x104);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: 0x104 });
  });

  it('a descriptor on an absent page raises #PF as supervisor even from ring 3', () => {
    const guest = Guest.protected();
    guest.runAt(0);
    guest.enablePaging([GDT]);
    guest.runAt(3);
    guest.call('loadSegment', S.DS, DATA_3);
    expect(guest.fault()).toEqual({ vector: VECTOR_PF, code: 0 });
    expect(guest.cpu.s[S.CR2]).toBe(GDT + 0x20);
  });

  it('a 16-bit stack segment moves SP only', () => {
    const guest = Guest.protected();
    guest.segment(SPARE, { access: 0x92, flags: 0, limit: 0xffff });
    guest.call('loadSegment', S.SS, SPARE);
    expect(guest.cpu.s[S.STACK_MASK]).toBe(0xffff);
    guest.call('loadSegment', S.SS, DATA_0);
    expect(guest.cpu.s[S.STACK_MASK]).toBe(-1);
  });

  it('code of ring 0 stays readable through CS for ring 0', () => {
    const guest = Guest.protected();
    guest.call('loadSegment', S.DS, CODE_0);
    expect(guest.fault()).toBeUndefined();
  });
});
