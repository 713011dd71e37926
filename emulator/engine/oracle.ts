import { FLAGS_ARITHMETIC, VECTOR_GP } from '../cpu/constants.ts';
import type { Cpu } from '../cpu/cpu.ts';
import { testCondition } from '../cpu/flags/conditions.ts';
import { HELPER_BODIES } from '../cpu/helpers.ts';
import { deliverFault } from '../cpu/interrupts/interrupts.ts';
import * as S from '../cpu/state.ts';
import { computeFlags, flagsCode } from '../isa/flags.ts';
import { HELPERS } from '../isa/helper-names.ts';
import type { Insn } from '../isa/insn.ts';
import type { InsnField, MicroOp, RegisterRef, SegmentRef, Size } from '../isa/micro-op.ts';
import { type Engine, standStill, type Watch } from './engine.ts';
import { Fetcher } from './fetch.ts';
import { SLOTS } from './slots.ts';

/** What executing a micro-op says about the rest of the instruction. */
const GO_ON = 0;
const DONE = 1; // EIP moves to the next instruction
const MOVED = 2; // EIP is set already, or the instruction faulted

/**
 * The referee: decodes every instruction anew, evaluates its micro-ops one by one and computes flags at once. Slow and
 * obvious; the other engines are held against it.
 */
export class OracleEngine implements Engine {
  private readonly cpu: Cpu;
  private readonly watch: Watch;
  private readonly fetcher: Fetcher;
  private readonly t = new Int32Array(128);

  constructor(cpu: Cpu, watch: Watch) {
    this.cpu = cpu;
    this.watch = watch;
    this.fetcher = new Fetcher(cpu);
  }

  run(): void {
    const { cpu } = this;
    while (cpu.f[S.F_ICOUNT] < cpu.f[S.F_DEADLINE]) {
      const linear = cpu.pc;
      if (this.watch.filter[linear & 0xffff] !== 0 && this.watch.onReach(linear)) return;
      const eip = cpu.s[S.EIP];
      const insn = this.fetcher.next();
      if (insn !== undefined) this.execute(insn);
      if (cpu.isFaulted) deliverFault(cpu);
      else if (cpu.s[S.EIP] === eip && insn?.form.isStateless) standStill(cpu, this.watch);
      cpu.f[S.F_ICOUNT]++;
    }
  }

  private execute(insn: Insn): void {
    const { s } = this.cpu;
    for (const op of insn.form.ops) {
      const outcome = this.evaluate(op, insn);
      if (outcome === MOVED) return;
      if (outcome === DONE) break;
    }
    s[S.EIP] += insn.length;
  }

  private evaluate(op: MicroOp, insn: Insn): number {
    const { t, cpu } = this;
    const { s } = cpu;
    switch (op.op) {
      case 'const':
        t[op.d] = op.value;
        return GO_ON;
      case 'field':
        t[op.d] = fieldOf(insn, op.name);
        return GO_ON;
      case 'eip':
        t[op.d] = s[S.EIP];
        return GO_ON;
      case 'next':
        t[op.d] = s[S.EIP] + insn.length;
        return GO_ON;
      case 'getreg':
        t[op.d] = getRegister(s, numberOf(insn, op.from), op.size);
        return GO_ON;
      case 'setreg':
        setRegister(s, numberOf(insn, op.to), op.size, t[op.a]);
        return GO_ON;
      case 'getslot':
        t[op.d] = s[SLOTS[op.slot]];
        return GO_ON;
      case 'selector':
        t[op.d] = s[S.SELECTOR + (op.of === 'reg' ? insn.reg : op.of)];
        return GO_ON;
      case 'ea': {
        const offset = s[insn.base] + (s[insn.index] << insn.scale) + insn.disp;
        t[op.d] = op.addressBytes === 2 ? offset & 0xffff : offset;
        return GO_ON;
      }
      case 'select':
        t[op.d] = t[op.c] !== 0 ? t[op.a] : t[op.b];
        return GO_ON;
      case 'load':
      case 'store':
      case 'probe':
        return this.touchMemory(op, insn);
      case 'flags':
        if (op.c === undefined || t[op.c] !== 0) this.setFlags(flagsCode(op.kind, op.size), t[op.r], t[op.a], t[op.b]);
        return GO_ON;
      case 'setbits':
        if (op.c === undefined || t[op.c] !== 0) s[S.EFLAGS] = (cpu.eflags() & ~op.mask) | (t[op.a] & op.mask);
        return GO_ON;
      case 'getbits':
        t[op.d] = cpu.eflags() & op.mask;
        return GO_ON;
      case 'cond':
        cpu.eflags();
        t[op.d] = testCondition(s, op.code);
        return GO_ON;
      case 'endif':
        return t[op.c] !== 0 ? DONE : GO_ON;
      case 'checkip':
        if (op.c !== undefined && t[op.c] === 0) return GO_ON;
        if (t[op.a] >>> 0 <= s[S.LIMIT + S.CS] >>> 0) return GO_ON;
        cpu.raise(VECTOR_GP, 0);
        return MOVED;
      case 'jumpif':
        if (t[op.c] === 0) return GO_ON;
        s[S.EIP] = t[op.a];
        return MOVED;
      case 'jump':
        s[S.EIP] = t[op.a];
        return MOVED;
      case 'raiseif':
        if (t[op.c] === 0) return GO_ON;
        cpu.raise(op.vector, op.errorCode);
        return MOVED;
      case 'call': {
        const [a, b, c, d] = op.args;
        t[op.d] = HELPER_BODIES[op.helper](cpu, t[a ?? 0], t[b ?? 0], t[c ?? 0], t[d ?? 0]);
        return cpu.isFaulted || 'moves' in HELPERS[op.helper] ? MOVED : GO_ON;
      }
      case 'sext':
        t[op.d] = op.size === 1 ? (t[op.a] << 24) >> 24 : (t[op.a] << 16) >> 16;
        return GO_ON;
      case 'zext':
        t[op.d] = t[op.a] & (op.size === 1 ? 0xff : 0xffff);
        return GO_ON;
      case 'ctz':
        t[op.d] = t[op.a] === 0 ? 32 : 31 - Math.clz32(t[op.a] & -t[op.a]);
        return GO_ON;
      case 'clz':
        t[op.d] = Math.clz32(t[op.a]);
        return GO_ON;
      default:
        t[op.d] = binary(op.op, t[op.a], t[op.b]);
        return GO_ON;
    }
  }

  private touchMemory(op: MicroOp & { op: 'load' | 'store' | 'probe' }, insn: Insn): number {
    const { access } = this.cpu;
    const segment = segmentOf(insn, op.segment);
    const offset = this.t[op.offset];
    if (op.op === 'store') access.write(segment, offset, op.size, this.t[op.a]);
    else if (op.op === 'probe') access.probeWrite(segment, offset, op.size);
    else if (op.isForWrite) this.t[op.d] = access.readForWrite(segment, offset, op.size);
    else this.t[op.d] = access.read(segment, offset, op.size);
    return this.cpu.isFaulted ? MOVED : GO_ON;
  }

  private setFlags(code: number, r: number, a: number, b: number): void {
    const { s } = this.cpu;
    const old = this.cpu.eflags();
    s[S.EFLAGS] = (old & ~FLAGS_ARITHMETIC) | computeFlags(code, r, a, b, old);
  }
}

function fieldOf(insn: Insn, name: InsnField): number {
  return insn[name];
}

function numberOf(insn: Insn, ref: RegisterRef): number {
  if (ref === 'reg') return insn.reg;
  return ref === 'rm' ? insn.rm : ref;
}

function segmentOf(insn: Insn, ref: SegmentRef): number {
  return ref === 'segment' ? insn.segment : ref;
}

/** Byte registers 4-7 are the high bytes of registers 0-3 (SDM vol. 2, table 2-2). */
function getRegister(s: Int32Array, number: number, size: Size): number {
  if (size === 4) return s[number];
  if (size === 2) return s[number] & 0xffff;
  return number < 4 ? s[number] & 0xff : (s[number - 4] >> 8) & 0xff;
}

function setRegister(s: Int32Array, number: number, size: Size, value: number): void {
  if (size === 4) s[number] = value;
  else if (size === 2) s[number] = (s[number] & ~0xffff) | (value & 0xffff);
  else if (number < 4) s[number] = (s[number] & ~0xff) | (value & 0xff);
  else s[number - 4] = (s[number - 4] & ~0xff00) | ((value & 0xff) << 8);
}

function binary(op: Extract<MicroOp, { b: number }>['op'], a: number, b: number): number {
  switch (op) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return Math.imul(a, b);
    case 'mulhu':
      return Number((BigInt(a >>> 0) * BigInt(b >>> 0)) >> 32n);
    case 'mulhs':
      return Number((BigInt(a) * BigInt(b)) >> 32n);
    case 'remu':
      return (a >>> 0) % (b >>> 0);
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'shl':
      return a << b;
    case 'shr':
      return a >>> b;
    case 'sar':
      return a >> b;
    case 'eq':
      return Number(a === b);
    case 'ne':
      return Number(a !== b);
    case 'ltu':
      return Number(a >>> 0 < b >>> 0);
    default:
      return Number(a < b);
  }
}
