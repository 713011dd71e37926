import { describe, expect, it } from 'vitest';
import {
  FLAG_CF,
  FLAG_IF,
  FLAG_NT,
  FLAGS_IOPL,
  VECTOR_GP,
  VECTOR_NP,
  VECTOR_PF,
  VECTOR_SS,
  VECTOR_TS,
} from '../../../../emulator/cpu/constants.ts';
import { TLB_READ_SUPERVISOR, TLB_READ_USER } from '../../../../emulator/cpu/paging/tlb.ts';
import * as S from '../../../../emulator/cpu/state.ts';
import { CODE_0, CODE_3, CONFORMING, DATA_0, DATA_3, GATE, GDT, Guest, LOCAL_TABLE, SPARE, TSS } from '../guest.ts';

const CALL_GATE = 0xec;
const CALL_GATE_16 = 0xe4;
const NEXT = 0x10007;

function place(guest: Guest): number[] {
  const { s } = guest.cpu;
  return [s[S.SELECTOR + S.CS], s[S.EIP], s[S.CPL]];
}

describe('JMP far', () => {
  it('real mode sets the base from the selector and stays at CPL 0', () => {
    const guest = new Guest();
    guest.call('jumpFar', 0x900, 0x12345678, 2, 0);
    expect([...place(guest), guest.cpu.s[S.BASE + S.CS]]).toEqual([0x900, 0x5678, 0, 0x9000]);
  });

  it('real mode refuses an offset beyond the limit of CS', () => {
    const guest = new Guest();
    guest.call('jumpFar', 0x900, 0x10000, 4, 0);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: 0 });
  });

  it('the first one after setting PE loads the code segment and its accessed bit', () => {
    const guest = Guest.protected();
    guest.cpu.s[S.SELECTOR + S.CS] = 0x900;
    guest.call('jumpFar', CODE_0, 0x9100, 4, 0);
    expect(place(guest)).toEqual([CODE_0, 0x9100, 0]);
    expect(guest.peek(GDT + CODE_0 + 5, 1)).toBe(0x9b);
    expect(guest.cpu.s[S.LIMIT + S.CS]).toBe(-1);
  });

  it.each([
    ['null', 0, VECTOR_GP],
    ['data', DATA_0, VECTOR_GP],
    ['an outer level', CODE_3, VECTOR_GP],
    ['a table', LOCAL_TABLE, VECTOR_GP],
    ['inner code with a high RPL', CODE_0 | 1, VECTOR_GP],
    ['code that is not present', SPARE, VECTOR_NP],
  ])('to %s faults', (_, selector, vector) => {
    const guest = Guest.protected();
    guest.segment(SPARE, { access: 0x1a });
    const before = guest.architecture();
    guest.call('jumpFar', selector, 0, 4, 0);
    expect(guest.fault()).toEqual({ vector, code: selector & ~3 });
    expect(guest.architecture()).toEqual(before);
  });

  it('to conforming code keeps the CPL', () => {
    const guest = Guest.protected();
    guest.runAt(3);
    guest.call('jumpFar', CONFORMING, 0x500, 4, 0);
    expect(place(guest)).toEqual([CONFORMING | 3, 0x500, 3]);
  });

  it('to an offset beyond the new limit raises #GP(0)', () => {
    const guest = Guest.protected();
    guest.segment(SPARE, { access: 0x9b, limit: 0xfff, flags: 4 });
    guest.call('jumpFar', SPARE, 0x1000, 4, 0);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: 0 });
    guest.call('jumpFar', SPARE, 0xfff, 4, 0);
    expect(guest.fault()).toBeUndefined();
  });

  it('through a call gate takes the offset of the gate and never changes the level', () => {
    const guest = Guest.protected();
    guest.gate(GDT + GATE, { access: CALL_GATE, selector: CODE_0, offset: 0x445566 });
    guest.call('jumpFar', GATE, 0, 4, 0);
    expect(place(guest)).toEqual([CODE_0, 0x445566, 0]);
    guest.runAt(3);
    guest.call('jumpFar', GATE | 3, 0, 4, 0);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: CODE_0 });
  });
});

describe('CALL far', () => {
  it('pushes CS and the next EIP as the operand size says', () => {
    const guest = Guest.protected();
    guest.call('callFar', CODE_0, 0x500, 4, NEXT);
    expect([guest.cpu.s[S.ESP], ...guest.stack(2)]).toEqual([0x8ff8, NEXT, CODE_0]);
    guest.call('callFar', CODE_0, 0x12340500, 2, 0x502);
    expect([guest.cpu.s[S.ESP], guest.cpu.s[S.EIP], ...guest.stack(2, 2)]).toEqual([0x8ff4, 0x500, 0x502, CODE_0]);
  });

  it('real mode pushes words below SS:SP', () => {
    const guest = new Guest();
    guest.cpu.s[S.ESP] = 0;
    guest.call('callFar', 0x900, 4, 2, 0x7c05);
    expect([guest.cpu.s[S.ESP], guest.peek(0xfffc, 2), guest.peek(0xfffe, 2)]).toEqual([0xfffc, 0x7c05, 0xf000]);
  });

  it('through a call gate to ring 0 copies the parameters to the inner stack', () => {
    const guest = Guest.protected();
    guest.gate(GDT + GATE, { access: CALL_GATE, selector: CODE_0, offset: 0x445566, items: 2 });
    guest.runAt(3);
    guest.poke(0x9000, 4, 0x11111111);
    guest.poke(0x9004, 4, 0x22222222);
    guest.call('callFar', GATE | 3, 0, 4, NEXT);
    expect(place(guest)).toEqual([CODE_0, 0x445566, 0]);
    expect(guest.cpu.s[S.ESP]).toBe(0x8000 - 24);
    expect(guest.stack(6)).toEqual([NEXT, CODE_3, 0x11111111, 0x22222222, 0x9000, DATA_3]);
    expect(guest.cpu.s[S.NEED_READ]).toBe(TLB_READ_SUPERVISOR);
  });

  it('RETF with the parameters releases both stacks', () => {
    const guest = Guest.protected();
    guest.gate(GDT + GATE, { access: CALL_GATE, selector: CODE_0, offset: 0x445566, items: 2 });
    guest.runAt(3);
    guest.call('callFar', GATE | 3, 0, 4, NEXT);
    guest.call('returnFar', 4, 8);
    expect([...place(guest), guest.cpu.s[S.ESP]]).toEqual([CODE_3, NEXT, 3, 0x9008]);
    expect(guest.cpu.s[S.NEED_READ]).toBe(TLB_READ_USER);
  });

  it('a 16-bit gate copies words and takes 16 bits of the offset', () => {
    const guest = Guest.protected();
    guest.gate(GDT + GATE, { access: CALL_GATE_16, selector: CODE_0, offset: 0x445566, items: 1 });
    guest.runAt(3);
    guest.poke(0x9000, 4, 0x87654321);
    guest.call('callFar', GATE | 3, 0, 4, NEXT);
    expect(guest.cpu.s[S.EIP]).toBe(0x5566);
    expect(guest.stack(5, 2)).toEqual([NEXT & 0xffff, CODE_3, 0x4321, 0x9000, DATA_3]);
  });

  it.each([
    ['a gate above the CPL', { access: 0x8c, selector: CODE_0 }, VECTOR_GP, GATE],
    ['a gate that is not present', { access: 0x6c, selector: CODE_0 }, VECTOR_NP, GATE],
    ['a gate to data', { access: CALL_GATE, selector: DATA_0 }, VECTOR_GP, DATA_0],
    ['a gate to nothing', { access: CALL_GATE, selector: 0 }, VECTOR_GP, 0],
    ['a gate to absent code', { access: CALL_GATE, selector: SPARE }, VECTOR_NP, SPARE],
  ])('%s faults with nothing changed', (_, gate, vector, code) => {
    const guest = Guest.protected();
    guest.segment(SPARE, { access: 0x1a });
    guest.gate(GDT + GATE, gate);
    guest.runAt(3);
    const before = guest.architecture();
    guest.call('callFar', GATE | 3, 0, 4, NEXT);
    expect(guest.fault()).toEqual({ vector, code });
    expect(guest.architecture()).toEqual(before);
  });

  it.each([
    ['a null stack', () => 0, VECTOR_TS, 0],
    ['a stack of the wrong level', () => DATA_3, VECTOR_TS, DATA_3 & ~3],
    ['a stack that is not present', () => SPARE, VECTOR_SS, SPARE],
  ])('%s in the TSS raises its fault', (_, stack, vector, code) => {
    const guest = Guest.protected();
    guest.segment(SPARE, { access: 0x12 });
    guest.gate(GDT + GATE, { access: CALL_GATE, selector: CODE_0 });
    guest.poke(TSS + 8, 4, stack());
    guest.runAt(3);
    guest.call('callFar', GATE | 3, 0, 4, NEXT);
    expect(guest.fault()).toEqual({ vector, code });
  });

  it('a TSS too small for the stack pointers raises #TS with the task', () => {
    const guest = Guest.protected();
    guest.gate(GDT + GATE, { access: CALL_GATE, selector: CODE_0 });
    guest.cpu.s[S.LIMIT + S.TR] = 8;
    guest.runAt(3);
    guest.call('callFar', GATE | 3, 0, 4, NEXT);
    expect(guest.fault()).toEqual({ vector: VECTOR_TS, code: 0x28 });
  });

  it('a page fault on the second half of the frame leaves nothing behind', () => {
    const guest = Guest.protected();
    guest.enablePaging([0x8000]);
    guest.cpu.s[S.ESP] = 0x9004;
    guest.call('callFar', CODE_0, 0, 4, NEXT);
    expect(guest.fault()).toEqual({ vector: VECTOR_PF, code: 2 });
    expect([guest.cpu.s[S.ESP], guest.cpu.s[S.EIP]]).toEqual([0x9004, 0x10000]);
    expect(guest.recorded().filter(({ origin }) => origin === 'instruction')).toEqual([]);
  });
});

describe('returns', () => {
  function frame(guest: Guest, ...items: number[]): void {
    items.forEach((item, i) => {
      guest.poke(0x9000 + i * 4, 4, item);
    });
  }

  it('RETF to an inner level raises #GP with the selector', () => {
    const guest = Guest.protected();
    guest.runAt(3);
    frame(guest, 0x500, CODE_0);
    guest.call('returnFar', 4, 0);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: CODE_0 });
  });

  it('IRET to ring 3 nulls data segments of DPL 0 and keeps those of DPL 3', () => {
    const guest = Guest.protected();
    guest.call('loadSegment', S.ES, DATA_3);
    frame(guest, 0x500, CODE_3, FLAG_IF | 2, 0x7000, DATA_3);
    guest.call('interruptReturn', 4, 0);
    const { s } = guest.cpu;
    expect([...place(guest), s[S.ESP], s[S.SELECTOR + S.SS]]).toEqual([CODE_3, 0x500, 3, 0x7000, DATA_3]);
    expect([S.ES, S.DS, S.FS, S.GS].map((register) => s[S.SELECTOR + register])).toEqual([DATA_3, 0, 0, 0]);
    expect(s[S.EFLAGS]).toBe(FLAG_IF | 2);
  });

  it('IRET of ring 3 below IOPL changes neither IF nor IOPL', () => {
    const guest = Guest.protected();
    guest.runAt(3);
    guest.cpu.s[S.EFLAGS] = FLAG_IF | 2;
    frame(guest, 0x500, CODE_3, FLAGS_IOPL | FLAG_CF | 2);
    guest.call('interruptReturn', 4, 0);
    expect(guest.cpu.s[S.EFLAGS]).toBe(FLAG_IF | FLAG_CF | 2);
    expect(guest.cpu.s[S.ESP]).toBe(0x900c);
  });

  it('IRET decides what flags to load by the level it leaves', () => {
    const guest = Guest.protected();
    frame(guest, 0x500, CODE_3, FLAGS_IOPL | FLAG_IF | 2, 0x7000, DATA_3);
    guest.call('interruptReturn', 4, 0);
    expect(guest.cpu.s[S.EFLAGS]).toBe(FLAGS_IOPL | FLAG_IF | 2);
  });

  it('a 16-bit IRET keeps the high half of EFLAGS', () => {
    const guest = Guest.protected();
    guest.poke(0x9000, 2, 0x500);
    guest.poke(0x9002, 2, CODE_0);
    guest.poke(0x9004, 2, FLAG_NT | 2);
    guest.cpu.s[S.EFLAGS] = (1 << 18) | 2;
    guest.call('interruptReturn', 2, 0);
    expect([guest.cpu.s[S.EFLAGS], guest.cpu.s[S.ESP]]).toEqual([(1 << 18) | FLAG_NT | 2, 0x9006]);
  });

  it.each([
    ['a null code selector', [0x500, 0, 2], VECTOR_GP, 0],
    ['data as code', [0x500, DATA_0, 2], VECTOR_GP, DATA_0],
    ['code whose DPL is not its RPL', [0x500, CODE_0 | 3, 2], VECTOR_GP, CODE_0],
    ['a null outer stack', [0x500, CODE_3, 2, 0x7000, 0], VECTOR_GP, 0],
    ['an outer stack of another level', [0x500, CODE_3, 2, 0x7000, DATA_0], VECTOR_GP, DATA_0],
    ['an outer stack that is not present', [0x500, CODE_3, 2, 0x7000, SPARE | 3], VECTOR_SS, SPARE],
  ])('IRET with %s faults with nothing changed', (_, items, vector, code) => {
    const guest = Guest.protected();
    guest.segment(SPARE, { access: 0x72 });
    frame(guest, ...items);
    const before = guest.architecture();
    guest.call('interruptReturn', 4, 0);
    expect(guest.fault()).toEqual({ vector, code });
    expect(guest.architecture()).toEqual(before);
  });

  it('real mode IRET pops three words', () => {
    const guest = new Guest();
    guest.cpu.s[S.ESP] = 0x100;
    [0x1234, 0x900, FLAG_IF | 2].forEach((word, i) => {
      guest.poke(0x100 + i * 2, 2, word);
    });
    guest.call('interruptReturn', 2, 0);
    expect([...place(guest), guest.cpu.s[S.ESP], guest.cpu.s[S.EFLAGS]]).toEqual([
      0x900,
      0x1234,
      0,
      0x106,
      FLAG_IF | 2,
    ]);
  });

  it('the first of two absent pages under a frame is the one that CR2 names', () => {
    const guest = Guest.protected();
    guest.enablePaging([0x8000, 0x9000]);
    guest.cpu.s[S.ESP] = 0x8ffc;
    guest.call('returnFar', 4, 0);
    expect(guest.fault()).toEqual({ vector: VECTOR_PF, code: 0 });
    expect(guest.cpu.s[S.CR2]).toBe(0x8ffc);
  });

  it('a read beyond the stack limit raises #SS(0)', () => {
    const guest = Guest.protected();
    guest.segment(SPARE, { access: 0x93, limit: 0x9003, flags: 4 });
    guest.call('loadSegment', S.SS, SPARE);
    guest.call('returnFar', 4, 0);
    expect(guest.fault()).toEqual({ vector: VECTOR_SS, code: 0 });
  });
});
