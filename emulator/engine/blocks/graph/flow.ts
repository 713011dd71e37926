import type { Form } from '../../../isa/form.ts';
import { HELPERS } from '../../../isa/helper-names.ts';
import type { Insn } from '../../../isa/insn.ts';
import type { MicroOp } from '../../../isa/micro-op.ts';
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
  const { isPlain } = traitsOf(insn.form);
  if (isPlain) return PLAIN;
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

/** Helpers that are lowered to WebAssembly. */
const LOWERED_HELPERS: readonly string[] = ['divide', 'divideSigned'];
/** Helpers after which compiled code never goes on. */
const ENDING_HELPERS: readonly string[] = ['halt'];

/**
 * How compiled code does an instruction: `inline`, in code of its own; `step`, by calling the interpreter for it; `leave`,
 * by leaving before it.
 */
export type Lowering = 'inline' | 'step' | 'leave';

interface Traits {
  /** Goes on to the next instruction, whatever happens. */
  readonly isPlain: boolean;
  readonly lowering: Lowering;
}

const traits: (Traits | undefined)[] = []; // by number of the form

function traitsOf(form: Form): Traits {
  const known = traits[form.id];
  if (known !== undefined) return known;
  const found: Traits = {
    isPlain: !form.ops.some(({ op }) => op === 'jump' || op === 'jumpif' || op === 'endif'),
    lowering: isInline(form) ? 'inline' : isStep(form) ? 'step' : 'leave',
  };
  traits[form.id] = found;
  return found;
}

export function loweringOf({ form }: Insn): Lowering {
  return traitsOf(form).lowering;
}

/**
 * Can code of its own do the instruction? It leaves before an instruction that it can't finish, so nothing may have
 * changed by the time that it notices.
 */
function isInline({ ops }: Form): boolean {
  let hasEffect = false;
  for (const op of ops) {
    if (!isLowered(op)) return false;
    if (hasEffect && mayLeave(op)) return false;
    if (['setreg', 'store', 'flags', 'setbits'].includes(op.op)) hasEffect = true;
  }
  return true;
}

/** May compiled code go on after the interpreter did the instruction? */
function isStep({ ops }: Form): boolean {
  return !ops.some((op) => op.op === 'call' && ('moves' in HELPERS[op.helper] || ENDING_HELPERS.includes(op.helper)));
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
