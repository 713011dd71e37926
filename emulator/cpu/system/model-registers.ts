/**
 * RDMSR, WRMSR, RDTSC. There are five model-specific registers: the time-stamp counter, SYSENTER's three and the local APIC's
 * base; any other is #GP(0). Source: SDM vol. 2; vol. 4, table 2-2.
 */
import { hex } from '../../base/hex.ts';
import { CR4_TSD, VECTOR_GP } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { requirePrivilege } from './privilege.ts';

const TIME_STAMP_COUNTER = 0x10;
const APIC_BASE = 0x1b;
const EFER = 0xc0000080 | 0;
const SLOTS: ReadonlyMap<number, number> = new Map([
  [0x174, S.SYSENTER_CS],
  [0x175, S.SYSENTER_ESP],
  [0x176, S.SYSENTER_EIP],
]);

/**
 * What an instruction adds to the counter: so, with four instructions in a PIT clock, it runs at 1.2 GHz against the other
 * clocks. Who measures it finds a processor of its time, and who waits for billions of it isn't at it for ever.
 */
const STAMPS_PER_INSTRUCTION = 256;

/** A 64-bit number in two halves, each signed or unsigned. */
interface Wide {
  readonly low: number;
  readonly high: number;
}

/** RDTSC. Whoever watches for loops that do nothing is told, since every execution gives another number. */
export function readTimeStamp(cpu: Cpu): void {
  if ((cpu.s[S.CR4] & CR4_TSD) !== 0 && !requirePrivilege(cpu)) return;
  putPair(cpu, timeStamp(cpu));
}

/** RDMSR. */
export function readModelRegister(cpu: Cpu): void {
  if (!requirePrivilege(cpu)) return;
  const number = cpu.s[S.ECX];
  const slot = SLOTS.get(number);
  if (number === TIME_STAMP_COUNTER) putPair(cpu, timeStamp(cpu));
  else if (slot !== undefined) putPair(cpu, { low: cpu.s[slot], high: 0 });
  else if (number === APIC_BASE && cpu.apic !== undefined) putPair(cpu, { low: cpu.apic.base, high: 0 });
  else refuse(cpu, 'read');
}

/** WRMSR. The upper halves of SYSENTER's registers don't exist here. */
export function writeModelRegister(cpu: Cpu): void {
  if (!requirePrivilege(cpu)) return;
  const { s } = cpu;
  const slot = SLOTS.get(s[S.ECX]);
  if (slot !== undefined) s[slot] = s[S.EAX];
  else if (s[S.ECX] === APIC_BASE && cpu.apic !== undefined) cpu.apic.base = s[S.EAX];
  else if (s[S.ECX] !== TIME_STAMP_COUNTER) refuse(cpu, 'write');
  else {
    const own = ownCount(cpu);
    const low = (s[S.EAX] - own.low) | 0;
    const borrow = s[S.EAX] >>> 0 < own.low ? 1 : 0;
    s[S.TSC_OFFSET_LOW] = low;
    s[S.TSC_OFFSET_HIGH] = s[S.EDX] - own.high - borrow;
  }
}

/** A kernel that finds no long mode should be told why it ends there. */
function refuse(cpu: Cpu, access: 'read' | 'write'): void {
  const number = cpu.s[S.ECX];
  const name = number === EFER ? ' (EFER: there is no long mode)' : '';
  cpu.pins.observe({ kind: 'unhandled', what: `${access} of MSR ${hex(number)}${name}`, eip: cpu.pc });
  cpu.raise(VECTOR_GP, 0);
}

function timeStamp(cpu: Cpu): Wide {
  cpu.onTimeRead();
  const own = ownCount(cpu);
  const low = own.low + (cpu.s[S.TSC_OFFSET_LOW] >>> 0);
  return { low, high: own.high + cpu.s[S.TSC_OFFSET_HIGH] + (low > 0xffffffff ? 1 : 0) };
}

/** The counter as it is if the guest never sets it. */
function ownCount(cpu: Cpu): Wide {
  const count = cpu.f[S.F_ICOUNT] * STAMPS_PER_INSTRUCTION;
  return { low: count % 2 ** 32, high: Math.floor(count / 2 ** 32) };
}

function putPair(cpu: Cpu, { low, high }: Wide): void {
  cpu.s[S.EAX] = low;
  cpu.s[S.EDX] = high;
}
