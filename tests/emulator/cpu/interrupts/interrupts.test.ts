import { describe, expect, it } from 'vitest';
import {
  FLAG_IF,
  FLAG_NT,
  FLAG_RF,
  FLAG_TF,
  FLAG_VM,
  FLAG_ZF,
  FLAGS_IOPL,
  VECTOR_BP,
  VECTOR_DB,
  VECTOR_DF,
  VECTOR_GP,
  VECTOR_NP,
  VECTOR_PF,
  VECTOR_SS,
  VECTOR_UD,
} from '../../../../emulator/cpu/constants.ts';
import { DR6_SINGLE_STEP } from '../../../../emulator/cpu/debug/debug-registers.ts';
import {
  deliverDebugException,
  deliverException,
  deliverFault,
  deliverInterrupt,
} from '../../../../emulator/cpu/interrupts/interrupts.ts';
import { setSegment } from '../../../../emulator/cpu/segments/segment-cache.ts';
import * as S from '../../../../emulator/cpu/state.ts';
import { setCpl } from '../../../../emulator/cpu/system/privilege.ts';
import {
  CODE_0,
  CODE_3,
  CONFORMING,
  DATA_0,
  DATA_3,
  Guest,
  IDT,
  OTHER_TASK,
  OTHER_TSS,
  SPARE,
  TASK,
} from '../guest.ts';

const TRAP_GATE = 0x8f;
const USER_GATE = 0xee;
const NO_CODE = S.NO_ERROR_CODE;

/** A guest in V86 mode at 1000:0100 with stack 2000:0200 and paging off. */
function v86Guest(iopl: 0 | 3): Guest {
  const guest = Guest.protected();
  const { cpu } = guest;
  cpu.s[S.EFLAGS] = FLAG_VM | FLAG_IF | (iopl << 12) | 2;
  for (const [register, selector] of [
    [S.ES, 0x3000],
    [S.CS, 0x1000],
    [S.SS, 0x2000],
    [S.DS, 0x4000],
    [S.FS, 0x5000],
    [S.GS, 0x6000],
  ]) {
    setSegment(cpu.state, register, selector, selector << 4, 0xffff, 0x93);
  }
  setCpl(cpu, 3);
  cpu.s[S.EIP] = 0x100;
  cpu.s[S.ESP] = 0x200;
  return guest;
}

describe('real mode', () => {
  it('INT pushes FLAGS, CS and IP as words and clears IF and TF', () => {
    const guest = new Guest();
    const { s } = guest.cpu;
    s[S.ESP] = 0x12340100;
    s[S.EFLAGS] = FLAG_IF | FLAG_TF | FLAG_ZF | 2;
    guest.poke(0x10 * 4, 2, 0x5678);
    guest.poke(0x10 * 4 + 2, 2, 0xc000);
    guest.call('interrupt', 0x10, 0xfff2, 0);
    expect(s[S.ESP]).toBe(0x123400fa);
    expect([guest.peek(0xfa, 2), guest.peek(0xfc, 2), guest.peek(0xfe, 2)]).toEqual([0xfff2, 0xf000, 0x342]);
    expect([s[S.SELECTOR + S.CS], s[S.BASE + S.CS], s[S.EIP]]).toEqual([0xc000, 0xc0000, 0x5678]);
    expect(s[S.EFLAGS]).toBe(FLAG_ZF | 2);
  });

  it('records the frame with its origin and observes the interrupt at the address of the instruction', () => {
    const guest = new Guest();
    guest.cpu.s[S.ESP] = 0x100;
    guest.call('interrupt', 0x10, 0xfff2, 0);
    expect(guest.recorded().map(({ linear, origin }) => [linear, origin])).toEqual([
      [0xfe, 'interrupt-frame'],
      [0xfc, 'interrupt-frame'],
      [0xfa, 'interrupt-frame'],
    ]);
    expect(guest.events).toEqual([{ kind: 'interrupt', vector: 0x10, eip: 0xffff0 }]);
  });

  it('no error code is pushed', () => {
    const guest = new Guest();
    guest.cpu.s[S.ESP] = 0x100;
    deliverException(guest.cpu, VECTOR_GP, 0);
    expect(guest.cpu.s[S.ESP]).toBe(0xfa);
    expect(guest.events).toEqual([{ kind: 'exception', vector: VECTOR_GP, eip: 0xffff0 }]);
  });

  it('a vector beyond the IDTR limit raises #GP', () => {
    const guest = new Guest();
    guest.cpu.s[S.IDTR_LIMIT] = 0x42;
    guest.call('interrupt', 0x10, 0, 0);
    expect(guest.fault()?.vector).toBe(VECTOR_GP);
  });

  it('an empty interrupt table makes any exception a triple fault', () => {
    const guest = new Guest();
    guest.cpu.s[S.IDTR_LIMIT] = 0;
    deliverException(guest.cpu, VECTOR_UD, NO_CODE);
    expect(guest.cpu.s[S.SHUTDOWN]).toBe(1);
    expect(guest.cpu.shutdownVectors).toEqual([VECTOR_UD, VECTOR_GP, VECTOR_GP, VECTOR_DF, VECTOR_GP]);
  });
});

describe('gates at the same level', () => {
  it('an interrupt gate pushes EFLAGS, CS and EIP and clears IF; a trap gate keeps IF', () => {
    const guest = Guest.protected();
    const { s } = guest.cpu;
    guest.interruptGate(0x20);
    guest.interruptGate(0x21, TRAP_GATE);
    s[S.EFLAGS] = FLAG_IF | 2;
    deliverInterrupt(guest.cpu, 0x21, 1);
    expect(guest.stack(3)).toEqual([0x10000, CODE_0, FLAG_IF | 2]);
    expect(s[S.EFLAGS] & FLAG_IF).toBe(FLAG_IF);
    deliverInterrupt(guest.cpu, 0x20, 0);
    expect([s[S.EIP], s[S.EFLAGS], s[S.ESP]]).toEqual([0x20020, 2, 0x9000 - 24]);
    expect(guest.events).toEqual([
      { kind: 'interrupt', vector: 0x21, eip: 0x10000, irq: 1 },
      { kind: 'interrupt', vector: 0x20, eip: 0x20021, irq: 0 },
    ]);
  });

  it('a fault pushes EFLAGS with RF and its error code last; a hardware interrupt pushes neither', () => {
    const guest = Guest.protected();
    guest.interruptGate(VECTOR_GP);
    deliverException(guest.cpu, VECTOR_GP, 0x18);
    expect(guest.stack(4)).toEqual([0x18, 0x10000, CODE_0, FLAG_RF | 2]);
    expect(guest.cpu.s[S.EFLAGS]).toBe(2);
  });

  it('a 16-bit gate pushes words', () => {
    const guest = Guest.protected();
    guest.gate(IDT + 0x20 * 8, { access: 0x86, selector: CODE_0, offset: 0x98765432 });
    deliverInterrupt(guest.cpu, 0x20, 0);
    expect(guest.cpu.s[S.ESP]).toBe(0x9000 - 6);
    expect(guest.cpu.s[S.EIP]).toBe(0x5432);
  });

  it('delivery ends HLT and clears TF and NT', () => {
    const guest = Guest.protected();
    guest.interruptGate(0x20);
    guest.cpu.s[S.HALTED] = 1;
    guest.cpu.s[S.EFLAGS] = FLAG_TF | FLAG_NT | 2;
    deliverInterrupt(guest.cpu, 0x20, 0);
    expect([guest.cpu.s[S.HALTED], guest.cpu.s[S.EFLAGS]]).toEqual([0, 2]);
    expect(guest.stack(3)[2]).toBe(FLAG_TF | FLAG_NT | 2);
  });

  it('an NMI blocks further ones until IRET', () => {
    const guest = Guest.protected();
    guest.interruptGate(2);
    deliverInterrupt(guest.cpu, 2, undefined);
    expect(guest.cpu.s[S.NMI_BLOCKED]).toBe(1);
    guest.call('interruptReturn', 4, 0);
    expect(guest.cpu.s[S.NMI_BLOCKED]).toBe(0);
  });

  it('a conforming handler runs at the level of the interrupted code', () => {
    const guest = Guest.protected();
    guest.interruptGate(0x20, 0x8e, CONFORMING);
    guest.runAt(3);
    deliverInterrupt(guest.cpu, 0x20, 0);
    expect(guest.cpu.s[S.CPL]).toBe(3);
    expect(guest.cpu.s[S.SELECTOR + S.CS]).toBe(CONFORMING | 3);
    expect(guest.cpu.s[S.ESP]).toBe(0x9000 - 12);
  });

  it('a single step sets DR6.BS and pushes the next EIP without RF', () => {
    const guest = Guest.protected();
    guest.interruptGate(VECTOR_DB);
    guest.cpu.s[S.EFLAGS] = FLAG_TF | 2;
    deliverDebugException(guest.cpu, DR6_SINGLE_STEP);
    expect(guest.cpu.s[S.DR0 + 6] & 0x4000).toBe(0x4000);
    expect(guest.stack(3)).toEqual([0x10000, CODE_0, FLAG_TF | 2]);
  });
});

describe('gates to an inner level', () => {
  it('switch to the stack of the TSS and push SS and ESP first', () => {
    const guest = Guest.protected();
    guest.interruptGate(0x20);
    guest.runAt(3);
    deliverInterrupt(guest.cpu, 0x20, 0);
    const { s } = guest.cpu;
    expect(s[S.ESP]).toBe(0x8000 - 20);
    expect(guest.stack(5)).toEqual([0x10000, CODE_3, 2, 0x9000, DATA_3]);
    expect([s[S.CPL], s[S.SELECTOR + S.CS], s[S.SELECTOR + S.SS]]).toEqual([0, CODE_0, DATA_0]);
    expect(s[S.SELECTOR + S.DS]).toBe(DATA_3);
  });

  it('INT n needs a gate DPL that reaches the CPL, hardware interrupts do not', () => {
    const guest = Guest.protected();
    guest.interruptGate(0x80);
    guest.runAt(3);
    const before = guest.architecture();
    guest.call('interrupt', 0x80, 0x10002, 0);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: 0x80 * 8 + 2 });
    expect(guest.architecture()).toEqual(before);
    expect(guest.events).toEqual([]);
    guest.interruptGate(0x80, USER_GATE);
    guest.call('interrupt', 0x80, 0x10002, 0);
    expect(guest.fault()).toBeUndefined();
    expect(guest.stack(1)).toEqual([0x10002]);
  });

  it('INT3 is the exception #BP, and its gate DPL counts, too', () => {
    const guest = Guest.protected();
    guest.interruptGate(VECTOR_BP, USER_GATE);
    guest.runAt(3);
    guest.call('interrupt', VECTOR_BP, 0x10001, 1);
    expect(guest.events).toEqual([{ kind: 'exception', vector: VECTOR_BP, eip: 0x10000 }]);
    guest.runAt(3);
    guest.interruptGate(VECTOR_BP);
    guest.call('interrupt', VECTOR_BP, 0x10001, 1);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: VECTOR_BP * 8 + 2 });
  });

  it('a write to the inner stack happens as supervisor', () => {
    const guest = Guest.protected();
    guest.interruptGate(0x20);
    guest.enablePaging();
    guest.poke(0x101000 + 7 * 4, 4, 0x7003);
    guest.runAt(3);
    deliverInterrupt(guest.cpu, 0x20, 0);
    expect(guest.cpu.shutdownVectors).toEqual([]);
    expect(guest.cpu.s[S.ESP]).toBe(0x8000 - 20);
  });

  it('an inner stack of the wrong level raises #TS with its selector and EXT', () => {
    const guest = Guest.protected();
    guest.interruptGate(0x20);
    guest.interruptGate(10, 0x8e, CONFORMING);
    guest.poke(0x3008, 4, DATA_3);
    guest.runAt(3);
    deliverInterrupt(guest.cpu, 0x20, 0);
    expect(guest.events.at(-1)).toEqual({ kind: 'exception', vector: 10, eip: 0x10000, errorCode: (DATA_3 & ~3) | 1 });
    expect(guest.stack(1)).toEqual([(DATA_3 & ~3) | 1]);
  });
});

describe('gate checks', () => {
  const VECTOR = 0x30;
  const GATE_CODE = VECTOR * 8 + 2;
  it.each([
    ['a gate of another type', { access: 0x8c, selector: CODE_0 }, VECTOR_GP, GATE_CODE],
    ['a gate that is not present', { access: 0x0e, selector: CODE_0 }, VECTOR_NP, GATE_CODE],
    ['a null code selector', { access: 0x8e, selector: 0 }, VECTOR_GP, 0],
    ['a data segment as code', { access: 0x8e, selector: DATA_0 }, VECTOR_GP, DATA_0],
    ['code of an outer level', { access: 0x8e, selector: CODE_3 }, VECTOR_GP, CODE_3 & ~3],
    ['a task gate for a busy task', { access: 0x85, selector: TASK }, VECTOR_GP, TASK],
  ])('%s raises its fault with nothing changed', (_, gate, vector, code) => {
    const guest = Guest.protected();
    guest.gate(IDT + VECTOR * 8, gate);
    const before = guest.architecture();
    guest.call('interrupt', VECTOR, 0x10002, 0);
    expect(guest.fault()).toEqual({ vector, code });
    expect(guest.architecture()).toEqual(before);
    expect(guest.recorded()).toEqual([]);
  });

  it('a vector beyond the table raises #GP with the IDT bit', () => {
    const guest = Guest.protected();
    guest.cpu.s[S.IDTR_LIMIT] = 0x107;
    guest.interruptGate(0x20);
    guest.call('interrupt', 0x20, 0, 0);
    expect(guest.fault()).toBeUndefined();
    guest.cpu.s[S.IDTR_LIMIT] = 0x106;
    guest.call('interrupt', 0x20, 0, 0);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: 0x102 });
  });
});

describe('faults while delivering', () => {
  it('a fault while delivering a page fault becomes a double fault', () => {
    const guest = Guest.protected();
    guest.interruptGate(VECTOR_DF);
    guest.cpu.s[S.CR2] = 0x1234;
    deliverException(guest.cpu, VECTOR_PF, 2);
    expect(guest.events).toEqual([
      { kind: 'exception', vector: VECTOR_PF, eip: 0x10000, errorCode: 2, faultLinear: 0x1234 },
      { kind: 'exception', vector: VECTOR_DF, eip: 0x10000, errorCode: 0 },
    ]);
    expect(guest.stack(4)).toEqual([0, 0x10000, CODE_0, 2]);
  });

  it('a fault while delivering a benign exception is delivered in its place, with EXT', () => {
    const guest = Guest.protected();
    guest.interruptGate(VECTOR_NP);
    guest.gate(IDT + VECTOR_UD * 8, { access: 0x0e, selector: CODE_0 });
    deliverException(guest.cpu, VECTOR_UD, NO_CODE);
    expect(guest.stack(1)).toEqual([VECTOR_UD * 8 + 3]);
    expect(guest.cpu.s[S.EIP]).toBe(0x20000 + VECTOR_NP);
  });

  it('a page fault while delivering a contributory exception is delivered as a page fault', () => {
    const guest = Guest.protected();
    guest.interruptGate(VECTOR_PF);
    guest.enablePaging([0x4000]);
    guest.cpu.s[S.IDTR_BASE] = 0x5000 - VECTOR_PF * 8;
    guest.gate(0x5000, { access: 0x8e, selector: CODE_0, offset: 0x7777 });
    deliverException(guest.cpu, VECTOR_GP, 0);
    expect(guest.cpu.s[S.EIP]).toBe(0x7777);
    expect(guest.cpu.s[S.CR2]).toBe(0x4ff8);
  });

  it('a fault of the double fault shuts the processor down', () => {
    const guest = Guest.protected();
    guest.cpu.s[S.IDTR_LIMIT] = 0;
    deliverException(guest.cpu, VECTOR_PF, 0);
    expect(guest.cpu.s[S.SHUTDOWN]).toBe(1);
    expect(guest.cpu.shutdownVectors).toEqual([VECTOR_PF, VECTOR_GP, VECTOR_DF, VECTOR_GP]);
  });

  it('a stack without room raises #SS, and #SS on the same stack a double fault, and that shuts down', () => {
    const guest = Guest.protected();
    guest.interruptGate(VECTOR_UD);
    guest.interruptGate(VECTOR_SS);
    guest.interruptGate(VECTOR_DF);
    guest.cpu.s[S.ESP] = 4;
    setSegment(guest.cpu.state, S.SS, DATA_0, 0, 0xffff, 0x4093);
    deliverException(guest.cpu, VECTOR_UD, NO_CODE);
    expect(guest.cpu.shutdownVectors).toEqual([VECTOR_UD, VECTOR_SS, VECTOR_SS, VECTOR_DF, VECTOR_SS]);
    expect(guest.cpu.s[S.ESP]).toBe(4);
    expect(guest.recorded()).toEqual([]);
  });

  it('deliverFault takes the pending fault', () => {
    const guest = Guest.protected();
    guest.interruptGate(VECTOR_GP);
    guest.cpu.raise(VECTOR_GP, 0x50);
    deliverFault(guest.cpu);
    expect(guest.cpu.isFaulted).toBe(false);
    expect(guest.stack(1)).toEqual([0x50]);
  });

  it('INT n whose frame crosses an absent page faults before anything is written', () => {
    const guest = Guest.protected();
    guest.interruptGate(0x40);
    guest.enablePaging([0x8000]);
    guest.cpu.s[S.ESP] = 0x9008;
    const before = guest.architecture();
    guest.call('interrupt', 0x40, 0x10002, 0);
    expect(guest.fault()).toEqual({ vector: VECTOR_PF, code: 2 });
    expect(guest.cpu.s[S.CR2]).toBe(0x8ffc);
    expect(guest.architecture()).toEqual(before);
    expect(guest.recorded().filter(({ origin }) => origin !== 'page-walk')).toEqual([]);
  });
});

describe('V86 mode', () => {
  it('an interrupt enters ring 0 with GS, FS, DS and ES on the stack and empties them', () => {
    const guest = v86Guest(0);
    guest.interruptGate(0x20);
    deliverInterrupt(guest.cpu, 0x20, 0);
    const { s } = guest.cpu;
    const flags = FLAG_VM | FLAG_IF | 2;
    expect(guest.stack(9)).toEqual([0x100, 0x1000, flags, 0x200, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000]);
    expect([S.ES, S.DS, S.FS, S.GS].map((register) => s[S.SELECTOR + register])).toEqual([0, 0, 0, 0]);
    expect([guest.cpu.isV86, s[S.CPL], s[S.SELECTOR + S.SS]]).toEqual([false, 0, DATA_0]);
  });

  it('IRET from there goes back to V86 mode with every segment', () => {
    const guest = v86Guest(0);
    const before = guest.architecture();
    guest.interruptGate(0x20);
    deliverInterrupt(guest.cpu, 0x20, 0);
    guest.call('interruptReturn', 4, 0);
    expect(guest.fault()).toBeUndefined();
    expect(guest.architecture()).toEqual(before);
  });

  it('a handler that is not of ring 0 raises #GP with its selector', () => {
    const guest = v86Guest(3);
    guest.interruptGate(0x20, USER_GATE, CODE_3 & ~3);
    guest.call('interrupt', 0x20, 0x102, 0);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: CODE_3 & ~3 });
  });

  it.each([
    ['clearInterruptFlag', []],
    ['setInterruptFlag', []],
    ['pushFlagsImage', [2]],
    ['popFlags', [2, 2]],
    ['interrupt', [0x20, 0x102, 0]],
    ['interruptReturn', [2, 0]],
  ] as const)('%s raises #GP(0) below IOPL 3', (name, args) => {
    const guest = v86Guest(0);
    guest.interruptGate(0x20, USER_GATE);
    const before = guest.architecture();
    guest.call(name, ...args);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: 0 });
    expect(guest.architecture()).toEqual(before);
  });

  it('INT3 is not guarded by IOPL', () => {
    const guest = v86Guest(0);
    guest.interruptGate(VECTOR_BP, USER_GATE);
    guest.call('interrupt', VECTOR_BP, 0x101, 1);
    expect(guest.fault()).toBeUndefined();
    expect(guest.cpu.s[S.CPL]).toBe(0);
  });

  it('at IOPL 3 IRET loads IF but neither IOPL nor VM', () => {
    const guest = v86Guest(3);
    guest.poke(0x20200, 2, 0x1234);
    guest.poke(0x20202, 2, 0x1100);
    guest.poke(0x20204, 2, FLAG_ZF | 2);
    guest.call('interruptReturn', 2, 0);
    const { s } = guest.cpu;
    expect([s[S.BASE + S.CS], s[S.EIP], s[S.ESP]]).toEqual([0x11000, 0x1234, 0x206]);
    expect(s[S.EFLAGS]).toBe(FLAG_VM | FLAGS_IOPL | FLAG_ZF | 2);
  });
});

describe('task gates', () => {
  it('an exception through a task gate nests the task and pushes its error code on the new stack', () => {
    const guest = Guest.protected();
    guest.poke(OTHER_TSS + 0x20, 4, 0x30000);
    guest.poke(OTHER_TSS + 0x24, 4, 2);
    guest.poke(OTHER_TSS + 0x38, 4, 0x7000);
    for (const [offset, selector] of [
      [0x48, DATA_0],
      [0x4c, CODE_0],
      [0x50, DATA_0],
      [0x54, DATA_0],
    ]) {
      guest.poke(OTHER_TSS + offset, 4, selector);
    }
    guest.gate(IDT + VECTOR_DF * 8, { access: 0x85, selector: OTHER_TASK });
    deliverException(guest.cpu, VECTOR_DF, 0);
    const { s } = guest.cpu;
    expect([s[S.EIP], s[S.ESP], s[S.SELECTOR + S.TR]]).toEqual([0x30000, 0x6ffc, OTHER_TASK]);
    expect(s[S.EFLAGS]).toBe(FLAG_NT | 2);
    expect(guest.peek(OTHER_TSS, 2)).toBe(TASK);
    expect(guest.recorded().at(-1)).toEqual({ linear: 0x6ffc, size: 4, value: 0, origin: 'interrupt-frame' });
  });

  it('a task that is not there raises #NP with its selector', () => {
    const guest = Guest.protected();
    guest.segment(SPARE, { access: 0x09, base: OTHER_TSS, limit: 0x67, flags: 0 });
    guest.gate(IDT + 0x30 * 8, { access: 0x85, selector: SPARE });
    guest.call('interrupt', 0x30, 0, 0);
    expect(guest.fault()).toEqual({ vector: VECTOR_NP, code: SPARE });
  });
});
