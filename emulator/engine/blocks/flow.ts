import { HELPERS } from '../../isa/helper-names.ts';
import type { Insn } from '../../isa/insn.ts';
import type { MicroOp } from '../../isa/micro-op.ts';
import { staticValue } from './static-value.ts';

/** Where an instruction leads. Offsets are those in the code segment. */
export interface Flow {
  readonly endsBlock: boolean;
  /** Targets that are known: jumps, and the instruction itself when it repeats. */
  readonly targets: readonly number[];
  /** May control go on to the next instruction? */
  readonly fallsThrough: boolean;
  /** It jumps where the state says. */
  readonly isDynamic: boolean;
  /** It keeps the next instruction's offset on the stack: a call. */
  readonly isCall: boolean;
  /** It jumps where the stack says. */
  readonly isReturn: boolean;
}

const PLAIN: Flow = {
  endsBlock: false,
  targets: [],
  fallsThrough: true,
  isDynamic: false,
  isCall: false,
  isReturn: false,
};

const SS = 2;

export function flowOf(insn: Insn, eip: number): Flow {
  const { ops } = insn.form;
  if (!ops.some(({ op }) => op === 'jump' || op === 'jumpif' || op === 'endif')) return PLAIN;
  const jumps = ops.flatMap((op) => (op.op === 'jump' || op.op === 'jumpif' ? [op.a] : []));
  const targets = jumps.flatMap((temp) => staticValue(insn, eip, temp) ?? []);
  const isDynamic = targets.length < jumps.length;
  const stored = ops.flatMap((op) => (op.op === 'store' && op.segment === SS ? [op.a] : []));
  const loaded = ops.flatMap((op) => (op.op === 'load' && op.segment === SS ? [op.d] : []));
  return {
    endsBlock: true,
    targets,
    fallsThrough: ops.at(-1)?.op !== 'jump',
    isDynamic,
    isCall: ops.some((op) => op.op === 'next' && stored.includes(op.d)) && ops.at(-1)?.op === 'jump',
    isReturn: isDynamic && jumps.some((temp) => loaded.includes(temp)),
  };
}

/** Helpers that are lowered to WebAssembly; an instruction that calls another is left to the interpreter. */
const LOWERED_HELPERS: readonly string[] = ['divide', 'divideSigned'];

/**
 * Can compiled code run the instruction? It leaves before an instruction that it can't finish, so nothing may have
 * changed by the time that it notices.
 */
export function isCompilable(insn: Insn): boolean {
  let hasEffect = false;
  for (const op of insn.form.ops) {
    if (!isLowered(op)) return false;
    if (hasEffect && mayLeave(op)) return false;
    if (['setreg', 'store', 'flags', 'setbits'].includes(op.op)) hasEffect = true;
  }
  return true;
}

function isLowered(op: MicroOp): boolean {
  if (op.op === 'call') return op.helper in HELPERS && LOWERED_HELPERS.includes(op.helper);
  if (op.op === 'getslot') return op.slot === 'stackMask' || op.slot === 'result2';
  return op.op !== 'probe';
}

/** Micro-ops at which compiled code may find that it has to leave. */
export function mayLeave({ op }: MicroOp): boolean {
  return ['load', 'store', 'checkip', 'raiseif', 'call'].includes(op);
}
