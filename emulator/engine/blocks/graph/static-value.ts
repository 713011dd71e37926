import type { Insn } from '../../../isa/insn.ts';
import type { MicroOp, Temp } from '../../../isa/micro-op.ts';

/** The value that a temporary of the instruction at `eip` always has; undefined if it depends on the state. */
export function staticValue(insn: Insn, eip: number, temp: Temp): number | undefined {
  const op = insn.form.ops.find((each) => 'd' in each && each.d === temp);
  return op === undefined ? undefined : resultOf(insn, eip, op);
}

function resultOf(insn: Insn, eip: number, op: MicroOp): number | undefined {
  switch (op.op) {
    case 'const':
      return op.value;
    case 'field':
      return insn[op.name];
    case 'eip':
      return eip;
    case 'next':
      return (eip + insn.length) | 0;
    case 'zext':
    case 'sext': {
      const a = staticValue(insn, eip, op.a);
      if (a === undefined) return undefined;
      const unused = 32 - 8 * op.size;
      return op.op === 'sext' ? (a << unused) >> unused : (a << unused) >>> unused;
    }
    case 'add':
    case 'sub':
    case 'and': {
      const a = staticValue(insn, eip, op.a);
      const b = staticValue(insn, eip, op.b);
      if (a === undefined || b === undefined) return undefined;
      if (op.op === 'and') return a & b;
      return (op.op === 'add' ? a + b : a - b) | 0;
    }
    default:
      return undefined;
  }
}
