import { beforeEach, describe, expect, it } from 'vitest';
import {
  CR0_TS,
  FLAG_CF,
  FLAG_NT,
  FLAG_VM,
  VECTOR_GP,
  VECTOR_NP,
  VECTOR_PF,
  VECTOR_TS,
} from '../../../../emulator/cpu/constants.ts';
import * as S from '../../../../emulator/cpu/state.ts';
import {
  CODE_0,
  CODE_3,
  DATA_0,
  DATA_3,
  GATE,
  GDT,
  Guest,
  LOCAL_TABLE,
  OTHER_TASK,
  OTHER_TSS,
  SPARE,
  TASK,
  TSS,
} from '../guest.ts';

const NEXT = 0x10007;
const BUSY = 0x8b;
const AVAILABLE = 0x89;

let guest: Guest;

/** Fills the 32-bit TSS of the other task. */
function fillOther(task: { cs?: number; data?: number; eflags?: number; ldt?: number } = {}): void {
  const { cs = CODE_0, data = DATA_0, eflags = 2, ldt = 0 } = task;
  guest.poke(OTHER_TSS + 0x1c, 4, 0x100000);
  guest.poke(OTHER_TSS + 0x20, 4, 0x30000);
  guest.poke(OTHER_TSS + 0x24, 4, eflags);
  for (let i = 0; i < 8; i++) guest.poke(OTHER_TSS + 0x28 + i * 4, 4, 0xa0 + i);
  for (let i = 0; i < 6; i++) guest.poke(OTHER_TSS + 0x48 + i * 4, 2, i === S.CS ? cs : data);
  guest.poke(OTHER_TSS + 0x60, 2, ldt);
}

function accessByte(selector: number): number {
  return guest.peek(GDT + selector + 5, 1);
}

beforeEach(() => {
  guest = Guest.protected();
  fillOther();
});

describe('JMP to a TSS', () => {
  it('saves registers, segments, flags and the next EIP, and loads those of the new task', () => {
    const { s } = guest.cpu;
    s[S.EBX] = 0x12345678;
    s[S.EFLAGS] = FLAG_CF | 2;
    guest.call('jumpFar', OTHER_TASK, 0, 4, NEXT);
    expect(guest.fault()).toBeUndefined();
    expect([guest.peek(TSS + 0x20), guest.peek(TSS + 0x24)]).toEqual([NEXT, FLAG_CF | 2]);
    expect([guest.peek(TSS + 0x34), guest.peek(TSS + 0x38)]).toEqual([0x12345678, 0x9000]);
    expect([0x48, 0x4c, 0x50].map((offset) => guest.peek(TSS + offset, 2))).toEqual([DATA_0, CODE_0, DATA_0]);
    expect([...s.subarray(S.EAX, S.EDI + 1)]).toEqual([0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7]);
    expect([s[S.EIP], s[S.EFLAGS], s[S.SELECTOR + S.TR], s[S.CPL]]).toEqual([0x30000, 2, OTHER_TASK, 0]);
    expect(s[S.CR0] & CR0_TS).toBe(CR0_TS);
  });

  it('moves the busy bit and leaves no back link', () => {
    guest.call('jumpFar', OTHER_TASK, 0, 4, NEXT);
    expect([accessByte(TASK), accessByte(OTHER_TASK)]).toEqual([AVAILABLE, BUSY]);
    expect(guest.peek(OTHER_TSS, 2)).toBe(0);
    const origins = guest.recorded().map(({ linear, origin }) => [linear, origin]);
    expect(origins).toContainEqual([GDT + TASK + 5, 'descriptor']);
    expect(origins).toContainEqual([TSS + 0x20, 'task-switch']);
    expect(origins.every(([, origin]) => origin === 'descriptor' || origin === 'task-switch')).toBe(true);
  });

  it('through a task gate does the same', () => {
    guest.gate(GDT + GATE, { access: 0x85, selector: OTHER_TASK });
    guest.call('jumpFar', GATE, 0, 4, NEXT);
    expect(guest.cpu.s[S.SELECTOR + S.TR]).toBe(OTHER_TASK);
  });

  it('loads CR3 only while paging is on, and observes it', () => {
    guest.call('jumpFar', OTHER_TASK, 0, 4, NEXT);
    expect([guest.cpu.s[S.CR3], guest.events]).toEqual([0, []]);
    guest = Guest.protected();
    fillOther();
    guest.enablePaging();
    guest.poke(0x180000, 4, 0x101007);
    guest.poke(OTHER_TSS + 0x1c, 4, 0x180000);
    guest.call('jumpFar', OTHER_TASK, 0, 4, NEXT);
    expect(guest.cpu.s[S.CR3]).toBe(0x180000);
    expect(guest.events).toEqual([{ kind: 'control', register: 'cr3', value: 0x180000, eip: 0x10000 }]);
  });

  it('enters ring 3 when the CS of the new task says so', () => {
    fillOther({ cs: CODE_3, data: DATA_3 });
    guest.call('jumpFar', OTHER_TASK, 0, 4, NEXT);
    expect(guest.fault()).toBeUndefined();
    expect([guest.cpu.s[S.CPL], guest.cpu.s[S.SELECTOR + S.SS]]).toEqual([3, DATA_3]);
  });

  it('enters V86 mode when the EFLAGS of the new task have VM', () => {
    fillOther({ cs: 0x1000, data: 0x2000, eflags: FLAG_VM | 2 });
    guest.call('jumpFar', OTHER_TASK, 0, 4, NEXT);
    expect([guest.cpu.isV86, guest.cpu.s[S.CPL], guest.cpu.s[S.BASE + S.DS]]).toEqual([true, 3, 0x20000]);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: 0 }); // EIP 30000h is beyond 64 KiB
  });

  it('loads the local table of the new task', () => {
    fillOther({ ldt: LOCAL_TABLE });
    guest.call('jumpFar', OTHER_TASK, 0, 4, NEXT);
    expect(guest.cpu.s[S.SELECTOR + S.LDTR]).toBe(LOCAL_TABLE);
  });

  it.each([
    ['the busy task itself', TASK, VECTOR_GP, TASK],
    ['a TSS that is not present', SPARE, VECTOR_NP, SPARE],
    ['a TSS of too small a limit', SPARE + 8, VECTOR_TS, SPARE + 8],
    ['a selector of the local table', OTHER_TASK | 4, VECTOR_GP, OTHER_TASK | 4],
  ])('%s is refused in the old task', (_, selector, vector, code) => {
    guest.segment(SPARE, { access: 0x09, base: OTHER_TSS, limit: 0x67, flags: 0 });
    guest.segment(SPARE + 8, { access: 0x89, base: OTHER_TSS, limit: 0x66, flags: 0 });
    const before = guest.architecture();
    guest.call('jumpFar', selector, 0, 4, NEXT);
    expect(guest.fault()).toEqual({ vector, code });
    expect(guest.architecture()).toEqual(before);
    expect(guest.recorded()).toEqual([]);
  });

  it.each([TSS, OTHER_TSS])('an absent page under the TSS at %i faults in the old task', (absent) => {
    guest.enablePaging([absent]);
    const before = guest.architecture();
    guest.call('jumpFar', OTHER_TASK, 0, 4, NEXT);
    expect(guest.fault()?.vector).toBe(VECTOR_PF);
    expect(guest.architecture()).toEqual(before);
    expect(accessByte(TASK)).toBe(BUSY);
  });

  it.each([
    ['a null stack', { 80: 0 }, VECTOR_TS, 0],
    ['data as code', { 76: DATA_0 }, VECTOR_TS, DATA_0],
    ['a local table that is none', { 96: DATA_0 }, VECTOR_TS, DATA_0],
    ['a data segment beyond the table', { 84: 0x100 }, VECTOR_TS, 0x100],
  ])('%s in the TSS faults in the new task', (_, fields, vector, code) => {
    for (const [offset, value] of Object.entries(fields)) guest.poke(OTHER_TSS + Number(offset), 2, value);
    guest.call('jumpFar', OTHER_TASK, 0, 4, NEXT);
    expect(guest.fault()).toEqual({ vector, code });
    expect([guest.cpu.s[S.EIP], guest.cpu.s[S.SELECTOR + S.TR]]).toEqual([0x30000, OTHER_TASK]);
  });
});

describe('nested tasks', () => {
  it('CALL links back, sets NT and keeps the caller busy; IRET returns there', () => {
    const { s } = guest.cpu;
    s[S.EBX] = 0x55;
    guest.call('callFar', OTHER_TASK, 0, 4, NEXT);
    expect([accessByte(TASK), accessByte(OTHER_TASK), guest.peek(OTHER_TSS, 2)]).toEqual([BUSY, BUSY, TASK]);
    expect(s[S.EFLAGS]).toBe(FLAG_NT | 2);
    guest.call('interruptReturn', 4, 0x30002);
    expect(guest.fault()).toBeUndefined();
    expect([accessByte(TASK), accessByte(OTHER_TASK)]).toEqual([BUSY, AVAILABLE]);
    expect([s[S.EIP], s[S.EBX], s[S.EFLAGS], s[S.SELECTOR + S.TR]]).toEqual([NEXT, 0x55, 2, TASK]);
    expect([guest.peek(OTHER_TSS + 0x20), guest.peek(OTHER_TSS + 0x24)]).toEqual([0x30002, 2]);
  });

  it('IRET with NT to a task that is not busy raises #TS', () => {
    guest.cpu.s[S.EFLAGS] = FLAG_NT | 2;
    guest.poke(TSS, 2, OTHER_TASK);
    guest.call('interruptReturn', 4, NEXT);
    expect(guest.fault()).toEqual({ vector: VECTOR_TS, code: OTHER_TASK });
  });
});

describe('16-bit tasks', () => {
  it('load words at their own offsets and leave FS and GS empty', () => {
    guest.segment(SPARE, { access: 0x81, base: OTHER_TSS, limit: 0x2b, flags: 0 });
    for (let offset = 0; offset < 0x68; offset += 2) guest.poke(OTHER_TSS + offset, 2, 0);
    guest.poke(OTHER_TSS + 0x0e, 2, 0x4000);
    guest.poke(OTHER_TSS + 0x10, 2, FLAG_CF | 2);
    for (let i = 0; i < 8; i++) guest.poke(OTHER_TSS + 0x12 + i * 2, 2, 0xb0 + i);
    for (const [i, selector] of [DATA_0, CODE_0, DATA_0, DATA_0].entries()) {
      guest.poke(OTHER_TSS + 0x22 + i * 2, 2, selector);
    }
    guest.call('jumpFar', SPARE, 0, 4, NEXT);
    expect(guest.fault()).toBeUndefined();
    const { s } = guest.cpu;
    expect([s[S.EIP], s[S.EFLAGS], s[S.EAX], s[S.EDI]]).toEqual([0x4000, FLAG_CF | 2, 0xb0, 0xb7]);
    expect([s[S.SELECTOR + S.DS], s[S.SELECTOR + S.FS], s[S.RIGHTS + S.GS]]).toEqual([DATA_0, 0, 0]);
    s[S.EAX] = 0x77778888;
    guest.call('jumpFar', TASK, 0, 4, 0x4005);
    expect([guest.peek(OTHER_TSS + 0x0e, 2), guest.peek(OTHER_TSS + 0x12, 2)]).toEqual([0x4005, 0x8888]);
  });
});
