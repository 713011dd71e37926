import type { RegisterValues } from '../../traces/events.ts';
import { assert } from '../base/assert.ts';
import type { Cpu } from '../cpu/cpu.ts';
import * as S from '../cpu/state.ts';

/** Registers that an input may set: what changes no mode and no segment. */
const SETTABLE = {
  eax: S.EAX,
  ecx: S.ECX,
  edx: S.EDX,
  ebx: S.EBX,
  esp: S.ESP,
  ebp: S.EBP,
  esi: S.ESI,
  edi: S.EDI,
  eip: S.EIP,
} as const;

export function readRegisters(cpu: Cpu): RegisterValues {
  const at = (slot: number): number => cpu.s[slot] >>> 0;
  return {
    eax: at(S.EAX),
    ecx: at(S.ECX),
    edx: at(S.EDX),
    ebx: at(S.EBX),
    esp: at(S.ESP),
    ebp: at(S.EBP),
    esi: at(S.ESI),
    edi: at(S.EDI),
    eip: at(S.EIP),
    eflags: cpu.eflags() >>> 0,
    es: at(S.SELECTOR + S.ES),
    cs: at(S.SELECTOR + S.CS),
    ss: at(S.SELECTOR + S.SS),
    ds: at(S.SELECTOR + S.DS),
    fs: at(S.SELECTOR + S.FS),
    gs: at(S.SELECTOR + S.GS),
    cr0: at(S.CR0),
    cr2: at(S.CR2),
    cr3: at(S.CR3),
    cr4: at(S.CR4),
  };
}

/**
 * Sets general registers, EIP and EFLAGS; a new EIP ends HLT. Any other register is an assertion: the callers don't
 * offer it.
 */
export function writeRegisters(cpu: Cpu, values: Partial<RegisterValues>): void {
  for (const [name, value] of Object.entries(values)) {
    if (name === 'eflags') {
      cpu.setEflags(value);
      continue;
    }
    assert(name in SETTABLE, `an input can't set ${name}`);
    cpu.s[SETTABLE[name as keyof typeof SETTABLE]] = value;
    if (name === 'eip') cpu.s[S.HALTED] = 0;
  }
}
