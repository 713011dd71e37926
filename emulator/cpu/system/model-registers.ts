/**
 * RDMSR, WRMSR, RDTSC. Of the model-specific registers six do or keep something: the time-stamp counter, SYSENTER's three, the local
 * APIC's base and the page attribute table; some are constant. Any other is 0 and an event, and no #GP(0), as in QEMU, which kernels
 * that probe for one were tried on. Source: SDM vol. 2; vol. 4, table 2-2.
 */
import { hex } from '../../base/hex.ts';
import { CR4_TSD } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { requirePrivilege } from './privilege.ts';

/** A 64-bit number in two halves, each signed or unsigned. */
interface Wide {
  readonly low: number;
  readonly high: number;
}

const TIME_STAMP_COUNTER = 0x10;
const APIC_BASE = 0x1b;
const PAGE_ATTRIBUTES = 0x277;
const PAGE_ATTRIBUTES_RESET = 0x0007_0406; // in each half
const EFER = 0xc0000080 | 0;
/** As QEMU has them. */
const CONSTANTS: ReadonlyMap<number, Wide> = new Map([
  [0x34, { low: 0, high: 0 }], // SMIs that came
  [0x35, { low: 0x1_0001, high: 0 }], // cores and threads
  [0x8b, { low: 0, high: 1 }], // microcode
  [0x179, { low: 0, high: 0 }], // banks of machine checks
  [0x198, { low: 0x3e8, high: 0x400 }], // clock and voltage
  [0x1a0, { low: 1, high: 0 }], // fast strings
]);
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
  else if (number === PAGE_ATTRIBUTES) putPair(cpu, pageAttributes(cpu));
  else putPair(cpu, CONSTANTS.get(number) ?? unknown(cpu, 'read'));
}

/** WRMSR. The upper halves of SYSENTER's registers don't exist here. */
export function writeModelRegister(cpu: Cpu): void {
  if (!requirePrivilege(cpu)) return;
  const { s } = cpu;
  const slot = SLOTS.get(s[S.ECX]);
  if (slot !== undefined) s[slot] = s[S.EAX];
  else if (s[S.ECX] === APIC_BASE && cpu.apic !== undefined) cpu.apic.base = s[S.EAX];
  else if (s[S.ECX] === PAGE_ATTRIBUTES) {
    s[S.PAT_CHANGE_LOW] = s[S.EAX] ^ PAGE_ATTRIBUTES_RESET;
    s[S.PAT_CHANGE_HIGH] = s[S.EDX] ^ PAGE_ATTRIBUTES_RESET;
  } else if (s[S.ECX] !== TIME_STAMP_COUNTER) unknown(cpu, 'write');
  else {
    const own = ownCount(cpu);
    const low = (s[S.EAX] - own.low) | 0;
    const borrow = s[S.EAX] >>> 0 < own.low ? 1 : 0;
    s[S.TSC_OFFSET_LOW] = low;
    s[S.TSC_OFFSET_HIGH] = s[S.EDX] - own.high - borrow;
  }
}

/** A kernel that finds no long mode should be told why it ends there. */
function unknown(cpu: Cpu, access: 'read' | 'write'): Wide {
  const number = cpu.s[S.ECX];
  const name = number === EFER ? ' (EFER: there is no long mode)' : '';
  cpu.pins.observe({ kind: 'unhandled', what: `${access} of MSR ${hex(number)}${name}`, eip: cpu.pc });
  return { low: 0, high: 0 };
}

/** What they say is kept, and changes nothing: there are no caches. */
function pageAttributes({ s }: Cpu): Wide {
  return { low: s[S.PAT_CHANGE_LOW] ^ PAGE_ATTRIBUTES_RESET, high: s[S.PAT_CHANGE_HIGH] ^ PAGE_ATTRIBUTES_RESET };
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
