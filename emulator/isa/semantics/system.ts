import { FLAG_CF, FLAG_DF } from '../eflags.ts';
import type { Semantics } from '../lift.ts';

const ACCUMULATOR = 0;
const SLOT_EDX = 2;
const VECTOR_UD = 6;

export const nop: Semantics = () => undefined;

export const cmc: Semantics = (l) => {
  l.setBits(FLAG_CF, l.xor(l.getBits(FLAG_CF), l.const(FLAG_CF)));
};
export const clc: Semantics = (l) => l.setBits(FLAG_CF, l.const(0));
export const stc: Semantics = (l) => l.setBits(FLAG_CF, l.const(FLAG_CF));
export const cld: Semantics = (l) => l.setBits(FLAG_DF, l.const(0));
export const std: Semantics = (l) => l.setBits(FLAG_DF, l.const(FLAG_DF));

export const cli: Semantics = (l) => {
  l.call('clearInterruptFlag');
};
export const sti: Semantics = (l) => {
  l.call('setInterruptFlag');
};
export const hlt: Semantics = (l) => {
  l.call('requirePrivilege');
  l.call('halt');
};

/** IN accumulator, port: the port is an immediate byte or DX. */
export function inPort(from: 'immediate' | 'dx'): Semantics {
  return (l) => {
    const size = l.sizeOf(0);
    const port = from === 'dx' ? l.getReg(SLOT_EDX, 2) : l.zext(l.field('imm'), 1);
    l.call('checkPort', port, l.const(size));
    l.setReg(ACCUMULATOR, size, l.call('readPort', port, l.const(size)));
  };
}

export function outPort(to: 'immediate' | 'dx', width: 'byte' | 'operand'): Semantics {
  return (l) => {
    const size = width === 'byte' ? 1 : l.operandBytes;
    const port = to === 'dx' ? l.getReg(SLOT_EDX, 2) : l.zext(l.field('imm'), 1);
    l.call('checkPort', port, l.const(size));
    l.call('writePort', port, l.const(size), l.getReg(ACCUMULATOR, size));
  };
}

// The helpers check the privilege: a register that doesn't exist is #UD at any level.
export const movFromControl: Semantics = (l) => {
  l.setReg('rm', 4, l.call('readControl', l.field('reg')));
};
export const movToControl: Semantics = (l) => {
  l.call('writeControl', l.field('reg'), l.getReg('rm', 4));
};
export const movFromDebug: Semantics = (l) => {
  l.setReg('rm', 4, l.call('readDebug', l.field('reg')));
};
export const movToDebug: Semantics = (l) => {
  l.call('writeDebug', l.field('reg'), l.getReg('rm', 4));
};

/** SGDT, SIDT: limit, then base. With a 16-bit operand processors since the 386 store all 32 bits of the base. */
function storeTable(limit: 'gdtrLimit' | 'idtrLimit', base: 'gdtrBase' | 'idtrBase'): Semantics {
  return (l) => {
    const second = l.offsetBy(l.address(), 2);
    l.probe('segment', second, 4);
    l.store('segment', l.address(), 2, l.getSlot(limit));
    l.store('segment', second, 4, l.getSlot(base));
  };
}

export const sgdt = storeTable('gdtrLimit', 'gdtrBase');
export const sidt = storeTable('idtrLimit', 'idtrBase');

function loadTable(helper: 'loadGlobalTable' | 'loadInterruptTable'): Semantics {
  return (l) => {
    l.call('requirePrivilege');
    const limit = l.load('segment', l.address(), 2);
    const base = l.load('segment', l.offsetBy(l.address(), 2), 4);
    l.call(helper, limit, base, l.const(l.operandBytes));
  };
}

export const lgdt = loadTable('loadGlobalTable');
export const lidt = loadTable('loadInterruptTable');

/** SMSW: the low word of CR0; a 32-bit register takes all of it. */
export const smsw: Semantics = (l) => {
  const cr0 = l.getSlot('cr0');
  if (l.isMemory(0)) l.store('segment', l.address(), 2, cr0);
  else l.setReg('rm', l.operandBytes, cr0);
};

export const lmsw: Semantics = (l) => {
  l.call('requirePrivilege');
  l.call('loadMachineStatus', l.read(0));
};
export const clts: Semantics = (l) => {
  l.call('requirePrivilege');
  l.call('clearTaskSwitched');
};

export const invlpg: Semantics = (l) => {
  l.call('requirePrivilege');
  l.call('invalidatePage', l.field('segment'), l.address());
};

/** WBINVD, INVD: there is no cache to write back. */
export const cacheControl: Semantics = (l) => {
  l.call('requirePrivilege');
};

export const cpuid: Semantics = (l) => {
  l.call('identify');
};
export const rdtsc: Semantics = (l) => {
  l.call('readTimeStamp');
};
export const rdmsr: Semantics = (l) => {
  l.call('readModelRegister');
};
export const wrmsr: Semantics = (l) => {
  l.call('writeModelRegister');
};
export const sysenter: Semantics = (l) => {
  l.call('enterSystem');
};
export const sysexit: Semantics = (l) => {
  l.call('exitSystem');
};

/** UD1, UD2: invalid for ever. */
export const undefinedOpcode: Semantics = (l) => {
  l.raiseIf(l.const(1), VECTOR_UD);
};

/** 0F 3F ib, gilt's own: runs a BIOS service when fetched from firmware ROM, else an invalid opcode. */
export const firmware: Semantics = (l) => {
  l.call('firmware', l.zext(l.field('imm'), 1), l.nextEip());
};
