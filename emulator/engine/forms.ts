import type { Access } from '../cpu/access.ts';
import type { Cpu } from '../cpu/cpu.ts';
import * as conditions from '../cpu/flags/conditions.ts';
import { materialiseFlags, settleCarry } from '../cpu/flags/lazy-flags.ts';
import { HELPER_BODIES } from '../cpu/helpers.ts';
import { deliverFault } from '../cpu/interrupts/interrupts.ts';
import * as S from '../cpu/state.ts';
import { FLAGS_ARITHMETIC } from '../isa/eflags.ts';
import type { Form } from '../isa/form.ts';
import type { Insn } from '../isa/insn.ts';
import { DecodeCache } from './decode-cache.ts';
import { type Engine, standStill, type Watch } from './engine.ts';
import { lowerToJavaScript } from './javascript.ts';
import { multiplyHighSigned, multiplyHighUnsigned } from './multiply-high.ts';

/** One form's generated function. */
export type FormFunction = (s: Int32Array, access: Access, cpu: Cpu, insn: Insn) => void;

/** What generated code calls besides helpers. */
const RUNTIME = {
  ...conditions,
  settleCarry,
  multiplyHighUnsigned,
  multiplyHighSigned,
  setFlagBits(s: Int32Array, mask: number, value: number): void {
    if ((mask & FLAGS_ARITHMETIC) !== 0) materialiseFlags(s);
    s[S.EFLAGS] = (s[S.EFLAGS] & ~mask) | (value & mask);
  },
  getFlagBits(s: Int32Array, mask: number): number {
    if ((mask & FLAGS_ARITHMETIC) !== 0) materialiseFlags(s);
    return s[S.EFLAGS] & mask;
  },
  setByteRegister(s: Int32Array, number: number, value: number): void {
    const shift = (number & 4) << 1;
    const slot = number & 3;
    s[slot] = (s[slot] & ~(0xff << shift)) | ((value & 0xff) << shift);
  },
};

// Compiled functions take a machine's parts as parameters, so that all machines share them.
const compiled: FormFunction[] = [];

/** The form's function; compiled on first use. */
export function functionOf(form: Form): FormFunction {
  compiled[form.id] ??= compile(form);
  return compiled[form.id];
}

function compile(form: Form): FormFunction {
  const define = new Function('H', 'R', `return (S, M, C, i) => {\n${lowerToJavaScript(form)}\n};`);
  return define(HELPER_BODIES, RUNTIME) as FormFunction;
}

/** The interpreter: decoded instructions are cached by physical address, and each form is one generated function. */
export class FormsEngine implements Engine {
  private readonly cpu: Cpu;
  private readonly watch: Watch;
  private readonly cache: DecodeCache<FormFunction>;

  constructor(cpu: Cpu, watch: Watch) {
    this.cpu = cpu;
    this.watch = watch;
    this.cache = new DecodeCache(cpu, functionOf, () => undefined);
  }

  run(): void {
    const { cpu, cache } = this;
    const { s, f, access } = cpu;
    const { filter } = this.watch;
    while (f[S.F_ICOUNT] < f[S.F_DEADLINE]) {
      const eip = s[S.EIP];
      const linear = (s[S.BASE + S.CS] + eip) | 0;
      if (filter[linear & 0xffff] !== 0 && this.watch.onReach(linear >>> 0)) return;
      const entry = cache.find(linear);
      if (entry !== undefined) entry.run(s, access, cpu, entry.insn);
      if (s[S.FAULT] !== S.NO_FAULT) deliverFault(cpu);
      else if (s[S.EIP] === eip && entry?.insn.form.isStateless) standStill(cpu, this.watch);
      f[S.F_ICOUNT] += 1;
    }
  }
}
