import { assert } from '../../../base/assert.ts';
import type { Form } from '../../../isa/form.ts';
import type { Insn } from '../../../isa/insn.ts';
import type { MicroOp, Temp } from '../../../isa/micro-op.ts';
import type { Assembler } from '../../../wasm/assembler.ts';
import * as L from './locals.ts';

/** What a temporary of an instruction is while code is made for it. */
type Value =
  | { readonly kind: 'const'; readonly value: number }
  | { readonly kind: 'local'; readonly local: number }
  /** Code that gives it, put where it is used: pure, but it may read general registers (a mask) or the flags. */
  | { readonly kind: 'code'; readonly emit: () => void; readonly registers: number; readonly readsFlags: boolean };

/** Where the flags' bit stands in a mask of what a value reads, beside the registers' bits 0-7. */
const FLAGS_BIT = 1 << 8;

/** The values of one instruction's temporaries, kept as code for as long as that is possible. */
export class Values {
  private readonly a: Assembler;
  private readonly values: (Value | undefined)[] = [];
  private uses: readonly number[] = [];
  private nextLocal = L.TEMPS;
  /** The most i32 locals that any instruction took. */
  localsUsed = L.TEMPS;

  constructor(assembler: Assembler) {
    this.a = assembler;
  }

  /** Forgets the instruction before. */
  begin({ form }: Insn): void {
    this.values.length = 0;
    this.uses = usesOf(form);
    this.nextLocal = L.TEMPS;
  }

  freshLocal(): number {
    const local = this.nextLocal++;
    this.localsUsed = Math.max(this.localsUsed, this.nextLocal);
    return local;
  }

  isUsed(temp: Temp): boolean {
    return (this.uses[temp] ?? 0) > 0;
  }

  setConst(temp: Temp, value: number): void {
    this.values[temp] = { kind: 'const', value: value | 0 };
  }

  setLocal(temp: Temp, local: number): void {
    this.values[temp] = { kind: 'local', local };
  }

  /** `from`: the temporaries that the code uses; `reads`: registers it reads itself; code that is used once stays code. */
  setCode(temp: Temp, emit: () => void, from: readonly Temp[], reads = 0, readsFlags = false): void {
    if (!this.isUsed(temp)) return;
    const inherited = from.map((each) => this.readsOf(each)).reduce((all, each) => all | each, 0);
    const all = inherited | reads | (readsFlags ? FLAGS_BIT : 0);
    this.values[temp] = { kind: 'code', emit, registers: all & 0xff, readsFlags: (all & FLAGS_BIT) !== 0 };
    if (this.uses[temp] > 1) this.keep(temp);
  }

  /** A register as it is now; costs nothing as long as nobody changes it. */
  setRegister(temp: Temp, register: number): void {
    const emit = (): void => this.a.get(L.REGISTERS + register);
    this.values[temp] = { kind: 'code', emit, registers: 1 << register, readsFlags: false };
  }

  constant(temp: Temp): number | undefined {
    const value = this.values[temp];
    return value?.kind === 'const' ? value.value : undefined;
  }

  push(temp: Temp): void {
    const value = this.values[temp];
    assert(value !== undefined, `temporary ${temp} has no value`);
    if (value.kind === 'const') this.a.const(value.value);
    else if (value.kind === 'local') this.a.get(value.local);
    else value.emit();
  }

  /** Puts a value into a local unless it is a constant, for one who needs it several times. Gives how to push it. */
  pin(temp: Temp): () => void {
    this.keep(temp);
    return () => this.push(temp);
  }

  /** Before a register changes: what reads it is worked out. */
  beforeRegister(register: number): void {
    this.keepThose((value) => value.kind === 'code' && (value.registers & (1 << register)) !== 0);
  }

  /** Before the flags change. */
  beforeFlags(): void {
    this.keepThose((value) => value.kind === 'code' && value.readsFlags);
  }

  private keepThose(isConcerned: (value: Value) => boolean): void {
    this.values.forEach((value, temp) => {
      if (value !== undefined && this.isUsed(temp) && isConcerned(value)) this.keep(temp);
    });
  }

  private keep(temp: Temp): void {
    const value = this.values[temp];
    if (value?.kind !== 'code') return;
    const local = this.freshLocal();
    value.emit();
    this.a.set(local);
    this.values[temp] = { kind: 'local', local };
  }

  private readsOf(temp: Temp): number {
    const value = this.values[temp];
    if (value?.kind !== 'code') return 0;
    return value.registers | (value.readsFlags ? FLAGS_BIT : 0);
  }
}

const usesByForm: (readonly number[] | undefined)[] = [];

/** How often each temporary is an operand. */
function usesOf({ id, ops }: Form): readonly number[] {
  const known = usesByForm[id];
  if (known !== undefined) return known;
  const uses: number[] = [];
  for (const temp of ops.flatMap(operandsOf)) uses[temp] = (uses[temp] ?? 0) + 1;
  usesByForm[id] = uses;
  return uses;
}

function operandsOf(op: MicroOp): readonly Temp[] {
  return [
    ...('a' in op ? [op.a] : []),
    ...('b' in op ? [op.b] : []),
    ...('c' in op && op.c !== undefined ? [op.c] : []),
    ...('r' in op ? [op.r] : []),
    ...('offset' in op ? [op.offset] : []),
    ...('args' in op ? op.args : []),
  ];
}
