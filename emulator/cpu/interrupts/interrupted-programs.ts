import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';

const REGISTERS = ['eax', 'ecx', 'edx', 'ebx', 'ebp', 'esi', 'edi'] as const;
const INDICES = [S.EAX, S.ECX, S.EDX, S.EBX, S.EBP, S.ESI, S.EDI] as const;
// A kernel that never resumes what it interrupts leaves its programs here; the oldest go first.
const PROGRAMS_AT_MOST = 1024;

/** Registers of interrupted programs by EIP, ESP and CR3, the oldest first; in the order of REGISTERS. */
export type InterruptedState = readonly (readonly [string, readonly number[]])[];

/**
 * Watches over a promise that every kernel makes: a program that a hardware interrupt interrupts finds its registers as
 * they were when it goes on, however long others run in between. Protected mode only; EFLAGS is not looked at.
 */
export class InterruptedPrograms {
  private programs = new Map<string, readonly number[]>();

  /** A hardware interrupt is about to be delivered. */
  interrupt(cpu: Cpu): void {
    if (!cpu.isProtected || cpu.isV86) return;
    const key = keyOf(cpu);
    this.programs.delete(key);
    this.programs.set(
      key,
      INDICES.map((index) => cpu.s[index] >>> 0),
    );
    const [oldest] = this.programs.keys();
    if (this.programs.size > PROGRAMS_AT_MOST) this.programs.delete(oldest);
  }

  /** IRET at `eip` has gone where the state says: notes what an interrupted program finds changed. */
  resume(cpu: Cpu, eip: number): void {
    const key = keyOf(cpu);
    const saved = this.programs.get(key);
    if (saved === undefined) return;
    this.programs.delete(key);
    const changes = REGISTERS.flatMap((register, i) => {
      const restored = cpu.s[INDICES[i]] >>> 0;
      return restored === saved[i] ? [] : [{ register, saved: saved[i], restored }];
    });
    if (changes.length > 0) cpu.pins.observe({ kind: 'context-changed', eip, resumedEip: cpu.pc, changes });
  }

  save(): InterruptedState {
    return [...this.programs];
  }

  load(state: InterruptedState): void {
    this.programs = new Map(state);
  }
}

function keyOf({ s }: Cpu): string {
  return `${s[S.EIP]} ${s[S.ESP]} ${s[S.CR3]}`;
}
