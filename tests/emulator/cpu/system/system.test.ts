import { describe, expect, it } from 'vitest';
import {
  CR0_EM,
  CR0_ET,
  CR0_MP,
  CR0_PE,
  CR0_PG,
  CR0_TS,
  CR0_WP,
  CR4_PGE,
  CR4_PSE,
  FLAG_AC,
  FLAG_CF,
  FLAG_ID,
  FLAG_IF,
  FLAG_NT,
  FLAG_RF,
  FLAG_VM,
  FLAG_ZF,
  FLAGS_IOPL,
  VECTOR_GP,
  VECTOR_NM,
  VECTOR_NP,
  VECTOR_UD,
} from '../../../../emulator/cpu/constants.ts';
import { resetCpu } from '../../../../emulator/cpu/reset.ts';
import * as S from '../../../../emulator/cpu/state.ts';
import type { HelperName } from '../../../../emulator/isa/helper-names.ts';
import { X87_ROWS } from '../../../../emulator/isa/x87-rows.ts';
import { PAGE_ROM } from '../../../../emulator/memory/physical-memory.ts';
import {
  CODE_0,
  CODE_3,
  CONFORMING,
  DATA_0,
  DATA_3,
  GATE,
  GDT,
  Guest,
  LDT,
  LOCAL_TABLE,
  OTHER_TASK,
  OTHER_TSS,
  SPARE,
  TASK,
  TSS,
} from '../guest.ts';

const GP_0 = { vector: VECTOR_GP, code: 0 };

describe('reset', () => {
  it('leaves real mode at F000:FFF0 with the firmware below 1 MiB', () => {
    const guest = Guest.protected();
    guest.runAt(3);
    resetCpu(guest.cpu);
    const { s } = guest.cpu;
    expect([s[S.SELECTOR + S.CS], s[S.EIP], guest.cpu.pc]).toEqual([0xf000, 0xfff0, 0xffff0]);
    expect([s[S.EFLAGS], s[S.CR0], s[S.EDX], s[S.CPL], s[S.IDTR_LIMIT]]).toEqual([2, CR0_ET, 0x663, 0, 0x3ff]);
    expect([guest.cpu.f[S.F_READ_LIMIT + S.DS], s[S.STACK_MASK]]).toEqual([0xffff, 0xffff]);
    expect([guest.call('readDebug', 6), guest.call('readDebug', 7)]).toEqual([0xffff0ff0 | 0, 0x400]);
  });
});

describe('privileged instructions', () => {
  it.each<[HelperName, number[]]>([
    ['readControl', [0]],
    ['writeControl', [3, 0]],
    ['readDebug', [0]],
    ['writeDebug', [0, 0]],
    ['loadMachineStatus', [0]],
    ['clearTaskSwitched', []],
    ['invalidatePage', [S.DS, 0]],
    ['loadGlobalTable', [0, 0, 4]],
    ['loadInterruptTable', [0, 0, 4]],
    ['halt', []],
    ['requirePrivilege', []],
  ])('%s raises #GP(0) above CPL 0', (name, args) => {
    const guest = Guest.protected();
    guest.runAt(3);
    const before = guest.architecture();
    guest.call(name, ...args);
    expect(guest.fault()).toEqual(GP_0);
    expect(guest.architecture()).toEqual(before);
  });

  it('instructions on selectors raise #UD in real and V86 mode', () => {
    const guest = new Guest();
    guest.call('requireProtected');
    expect(guest.fault()?.vector).toBe(VECTOR_UD);
    guest.cpu.s[S.CR0] |= CR0_PE;
    guest.call('requireProtected');
    expect(guest.fault()).toBeUndefined();
    guest.cpu.s[S.EFLAGS] |= FLAG_VM;
    guest.call('requireProtected');
    expect(guest.fault()?.vector).toBe(VECTOR_UD);
  });
});

describe('control registers', () => {
  it('a write is observed with its unsigned value', () => {
    const guest = Guest.protected();
    guest.enablePaging();
    guest.call('writeControl', 3, 0x102018);
    guest.call('writeControl', 4, CR4_PSE);
    guest.call('writeControl', 0, CR0_PG | CR0_PE | CR0_WP);
    expect(guest.events).toEqual([
      { kind: 'control', register: 'cr3', value: 0x102018, eip: 0x10000 },
      { kind: 'control', register: 'cr4', value: CR4_PSE, eip: 0x10000 },
      { kind: 'control', register: 'cr0', value: 0x80010011, eip: 0x10000 },
    ]);
  });

  it.each([
    ['paging without protection', 0, CR0_PG],
    ['NW without CD', 0, CR0_PE | (1 << 29)],
    ['a reserved bit of CR4', 4, 1],
  ])('%s raises #GP(0)', (_, number, value) => {
    const guest = Guest.protected();
    const before = guest.architecture();
    guest.call('writeControl', number, value);
    expect(guest.fault()).toEqual(GP_0);
    expect(guest.architecture()).toEqual(before);
    expect(guest.events.filter(({ kind }) => kind === 'control')).toEqual([]);
  });

  it('CR1 does not exist', () => {
    const guest = Guest.protected();
    guest.call('readControl', 1);
    expect(guest.fault()?.vector).toBe(VECTOR_UD);
  });

  it('a translation stays until CR3 is loaded; a global one survives that', () => {
    const guest = Guest.protected();
    guest.enablePaging();
    guest.call('writeControl', 4, CR4_PGE);
    guest.poke(0x101000 + 0x50 * 4, 4, 0x50000 | 0x107);
    guest.poke(0x50000, 1, 1);
    guest.poke(0x51000, 1, 2);
    guest.poke(0x52000, 1, 3);
    const read = () => [guest.cpu.access.read(S.DS, 0x50000, 1), guest.cpu.access.read(S.DS, 0x51000, 1)];
    expect(read()).toEqual([1, 2]);
    guest.poke(0x101000 + 0x50 * 4, 4, 0x52007);
    guest.poke(0x101000 + 0x51 * 4, 4, 0x52007);
    expect(read()).toEqual([1, 2]);
    guest.call('writeControl', 3, 0x100000);
    expect(read()).toEqual([1, 3]);
    guest.call('invalidatePage', S.DS, 0x50123);
    expect(read()).toEqual([3, 3]);
    expect(guest.events.at(-1)).toEqual({ kind: 'invlpg', linear: 0x50123, eip: 0x10000 });
  });

  it('INVLPG drops every piece of a 4 MiB page', () => {
    const guest = Guest.protected();
    guest.enablePaging();
    guest.call('writeControl', 4, CR4_PSE);
    guest.poke(0x100004, 4, 0x87);
    guest.poke(0x5000, 1, 7);
    expect(guest.cpu.access.read(S.DS, 0x405000, 1)).toBe(7);
    guest.poke(0x100004, 4, 0);
    guest.call('invalidatePage', S.DS, 0x400000);
    guest.cpu.access.read(S.DS, 0x405000, 1);
    expect(guest.fault()?.vector).toBe(14);
  });

  it('setting WP takes the right to write read-only pages from the supervisor at once', () => {
    const guest = Guest.protected();
    guest.enablePaging();
    guest.poke(0x101000 + 0x50 * 4, 4, 0x50005);
    guest.cpu.access.write(S.DS, 0x50000, 4, 1);
    expect(guest.fault()).toBeUndefined();
    guest.call('writeControl', 0, CR0_PG | CR0_PE | CR0_WP);
    guest.cpu.access.write(S.DS, 0x50000, 4, 1);
    expect(guest.fault()).toEqual({ vector: 14, code: 3 });
  });

  it('LMSW sets PE but never clears it; CLTS clears TS', () => {
    const guest = new Guest();
    guest.call('loadMachineStatus', 0xffff);
    guest.call('loadMachineStatus', CR0_TS);
    expect(guest.cpu.s[S.CR0]).toBe(CR0_ET | CR0_PE | CR0_TS);
    guest.call('clearTaskSwitched');
    expect(guest.cpu.s[S.CR0]).toBe(CR0_ET | CR0_PE);
  });

  it('debug registers store what is written, DR4 and DR5 name DR6 and DR7', () => {
    const guest = Guest.protected();
    guest.call('writeDebug', 2, 0x1234);
    guest.call('writeDebug', 5, 0x1);
    expect([guest.call('readDebug', 2), guest.call('readDebug', 7)]).toEqual([0x1234, 0x401]);
  });
});

describe('descriptor table registers', () => {
  it('a 16-bit operand loads 24 bits of the base', () => {
    const guest = Guest.protected();
    guest.call('loadGlobalTable', 0xff, 0x12345678, 2);
    guest.call('loadInterruptTable', 0x7ff, 0x12345678, 4);
    const { s } = guest.cpu;
    expect([s[S.GDTR_BASE], s[S.GDTR_LIMIT], s[S.IDTR_BASE], s[S.IDTR_LIMIT]]).toEqual([
      0x345678, 0xff, 0x12345678, 0x7ff,
    ]);
  });

  it('LTR marks the descriptor busy and records the write', () => {
    const guest = Guest.protected();
    guest.call('loadTask', OTHER_TASK);
    expect(guest.recorded()).toEqual([{ linear: GDT + OTHER_TASK + 5, size: 1, value: 0x8b, origin: 'descriptor' }]);
    expect([guest.cpu.s[S.BASE + S.TR], guest.cpu.s[S.LIMIT + S.TR]]).toEqual([OTHER_TSS, 0x67]);
  });

  it.each<[string, HelperName, number, number]>([
    ['a busy task', 'loadTask', TASK, VECTOR_GP],
    ['a null task', 'loadTask', 0, VECTOR_GP],
    ['a task of the local table', 'loadTask', OTHER_TASK | 4, VECTOR_GP],
    ['a task that is not present', 'loadTask', SPARE, VECTOR_NP],
    ['data as task', 'loadTask', DATA_0, VECTOR_GP],
    ['a task as local table', 'loadLocalTable', OTHER_TASK, VECTOR_GP],
  ])('%s is refused', (_, name, selector, vector) => {
    const guest = Guest.protected();
    guest.segment(SPARE, { access: 0x09 });
    guest.segment(OTHER_TASK, { access: 0x89, base: OTHER_TSS, limit: 0x67, flags: 0 }, LDT);
    guest.call('loadLocalTable', LOCAL_TABLE);
    guest.call(name, selector);
    expect(guest.fault()).toEqual({ vector, code: selector });
    expect(guest.recorded()).toEqual([]);
  });

  it('LLDT of a null selector leaves no local table', () => {
    const guest = Guest.protected();
    guest.call('loadLocalTable', LOCAL_TABLE);
    expect(guest.cpu.s[S.BASE + S.LDTR]).toBe(LDT);
    guest.call('loadLocalTable', 0);
    guest.call('loadSegment', S.DS, 4);
    expect(guest.fault()).toEqual({ vector: VECTOR_GP, code: 4 });
  });
});

describe('LAR, LSL, VERR and VERW', () => {
  function zf(guest: Guest): boolean {
    return (guest.cpu.s[S.EFLAGS] & FLAG_ZF) !== 0;
  }

  it('LAR gives type, DPL, P, the flags and the top of the limit; LSL the limit in bytes', () => {
    const guest = Guest.protected();
    expect(guest.call('loadAccessRights', CODE_3)).toBe(0xcffa00);
    expect(zf(guest)).toBe(true);
    expect(guest.call('loadSegmentLimit', CODE_3)).toBe(-1);
    expect(guest.call('loadSegmentLimit', OTHER_TASK)).toBe(0x67);
  });

  it('a gate has rights but no limit', () => {
    const guest = Guest.protected();
    guest.gate(GDT + GATE, { access: 0xec, selector: CODE_0 });
    guest.call('loadAccessRights', GATE);
    expect(zf(guest)).toBe(true);
    guest.call('loadSegmentLimit', GATE);
    expect(zf(guest)).toBe(false);
  });

  it.each<[string, HelperName, number, boolean]>([
    ['a null selector', 'loadAccessRights', 0, false],
    ['a selector beyond the table', 'verifyRead', 0x100, false],
    ['inner data', 'verifyRead', DATA_0 | 3, false],
    ['conforming inner code', 'verifyRead', CONFORMING | 3, true],
    ['data of the same level', 'verifyWrite', DATA_3, true],
    ['readable code', 'verifyRead', CODE_3, true],
    ['code', 'verifyWrite', CODE_3, false],
    ['a system segment', 'verifyRead', OTHER_TASK, false],
  ])('ring 3 asking about %s with %s', (_, name, selector, isVisible) => {
    const guest = Guest.protected();
    guest.runAt(3);
    guest.cpu.s[S.EFLAGS] = isVisible ? 2 : FLAG_ZF | 2;
    guest.call(name, selector);
    expect(guest.fault()).toBeUndefined();
    expect(zf(guest)).toBe(isVisible);
  });
});

describe('flags', () => {
  const ALL = ~0;
  it.each([
    ['CPL 0 loads IOPL and IF', 0, 0, FLAG_IF | FLAGS_IOPL, FLAG_IF | FLAGS_IOPL],
    ['CPL 3 at IOPL 3 loads IF', 3, 3, FLAG_IF, FLAG_IF | FLAGS_IOPL],
    ['CPL 3 at IOPL 0 loads neither', 3, 0, FLAG_IF | FLAGS_IOPL, 0],
  ] as const)('POPF: %s', (_, level, iopl, image, expected) => {
    const guest = Guest.protected();
    guest.runAt(level);
    guest.cpu.s[S.EFLAGS] = (iopl << 12) | 2;
    guest.call('popFlags', image | (iopl << 12), 4);
    expect(guest.cpu.s[S.EFLAGS]).toBe(expected | 2);
  });

  it('POPF never sets VM, RF or reserved bits', () => {
    const guest = Guest.protected();
    guest.call('popFlags', ALL, 4);
    expect(guest.cpu.s[S.EFLAGS] & (FLAG_VM | FLAG_RF | 0x8028)).toBe(0);
    expect(guest.cpu.s[S.EFLAGS] & (FLAG_AC | FLAG_NT | FLAG_ID)).toBe(FLAG_AC | FLAG_NT | FLAG_ID);
  });

  it('a 16-bit POPF keeps the high half', () => {
    const guest = Guest.protected();
    guest.cpu.s[S.EFLAGS] = FLAG_AC | 2;
    guest.call('popFlags', FLAG_CF, 2);
    expect(guest.cpu.s[S.EFLAGS]).toBe(FLAG_AC | FLAG_CF | 2);
  });

  it('PUSHF shows neither VM nor RF', () => {
    const guest = Guest.protected();
    guest.cpu.s[S.EFLAGS] = FLAG_RF | FLAG_AC | FLAG_CF | 2;
    expect(guest.call('pushFlagsImage', 4)).toBe(FLAG_AC | FLAG_CF | 2);
    expect(guest.call('pushFlagsImage', 2)).toBe(FLAG_CF | 2);
  });

  it('CLI and STI need CPL <= IOPL', () => {
    const guest = Guest.protected();
    guest.runAt(3);
    guest.call('setInterruptFlag');
    expect(guest.fault()).toEqual(GP_0);
    guest.cpu.s[S.EFLAGS] = FLAGS_IOPL | 2;
    guest.call('setInterruptFlag');
    expect(guest.cpu.s[S.EFLAGS]).toBe(FLAGS_IOPL | FLAG_IF | 2);
    guest.call('clearInterruptFlag');
    expect(guest.cpu.s[S.EFLAGS]).toBe(FLAGS_IOPL | 2);
  });

  it('STI holds interrupts back for one instruction only when they were off', () => {
    const guest = new Guest();
    guest.cpu.f[S.F_ICOUNT] = 41;
    guest.call('setInterruptFlag');
    expect(guest.cpu.f[S.F_INHIBIT]).toBe(42);
    guest.cpu.f[S.F_ICOUNT] = 42;
    guest.call('setInterruptFlag');
    expect(guest.cpu.f[S.F_INHIBIT]).toBe(42);
  });
});

describe('ports', () => {
  function check(guest: Guest, port: number, size: 1 | 2 | 4) {
    guest.call('checkPort', port, size);
    return guest.fault();
  }

  it('CPL <= IOPL may use any port', () => {
    const guest = Guest.protected();
    expect(check(guest, 0x3f8, 1)).toBeUndefined();
    guest.runAt(3);
    guest.cpu.s[S.EFLAGS] = FLAGS_IOPL | 2;
    expect(check(guest, 0x3f8, 1)).toBeUndefined();
  });

  it('else the bitmap decides, for every port of a wide access', () => {
    const guest = Guest.protected();
    guest.runAt(3);
    guest.poke(TSS + 0x68 + (0x60 >> 3), 1, 0b0001_0000);
    expect(check(guest, 0x60, 4)).toBeUndefined();
    expect(check(guest, 0x64, 1)).toEqual(GP_0);
    expect(check(guest, 0x61, 4)).toEqual(GP_0);
    expect(check(guest, 0x5e, 4)).toBeUndefined();
  });

  it('V86 mode asks the bitmap even at IOPL 3', () => {
    const guest = Guest.protected();
    guest.runAt(3);
    guest.cpu.s[S.EFLAGS] = FLAG_VM | FLAGS_IOPL | 2;
    guest.poke(TSS + 0x68, 1, 1);
    expect(check(guest, 0, 1)).toEqual(GP_0);
    expect(check(guest, 1, 1)).toBeUndefined();
  });

  it('a bitmap that ends before the port denies it', () => {
    const guest = Guest.protected();
    guest.runAt(3);
    guest.cpu.s[S.LIMIT + S.TR] = 0x68 + 1;
    expect(check(guest, 7, 1)).toBeUndefined();
    expect(check(guest, 8, 1)).toEqual(GP_0);
    guest.cpu.s[S.RIGHTS + S.TR] = 0x83;
    expect(check(guest, 7, 1)).toEqual(GP_0);
  });
});

/** FLD1 as a row of X87_ROWS, and WAIT. */
const ESC = X87_ROWS.findIndex(({ mnemonic }) => mnemonic === 'fld1');
const WAIT = X87_ROWS.findIndex(({ mnemonic }) => mnemonic === 'wait');

describe('coprocessor and firmware', () => {
  it.each([
    [0, 'ESC', false],
    [CR0_EM, 'ESC', true],
    [CR0_TS, 'ESC', true],
    [CR0_TS, 'WAIT', false],
    [CR0_EM, 'WAIT', false],
    [CR0_TS | CR0_MP, 'WAIT', true],
  ])('with CR0 bits %i, %s raises #NM: %s', (bits, what, isTrapped) => {
    const guest = new Guest();
    guest.cpu.s[S.CR0] |= bits;
    guest.call('x87', what === 'WAIT' ? WAIT : ESC, 0xe8, 0, 0);
    expect(guest.fault()?.vector).toBe(isTrapped ? VECTOR_NM : undefined);
  });

  it('the firmware call exists in ROM only', () => {
    const guest = new Guest();
    guest.call('firmware', 0x10);
    expect(guest.fault()?.vector).toBe(VECTOR_UD);
    guest.memory.pageKinds[0xff] = PAGE_ROM;
    guest.call('firmware', 0x10);
    expect([guest.fault(), guest.services]).toEqual([undefined, [0x10]]);
  });
});
