import type { Insn } from '../../../isa/insn.ts';
import type { X87Operation, X87Place } from '../../../isa/x87-operation.ts';
import { X87_ROWS } from '../../../isa/x87-rows.ts';
import { COMPUTE, INTO_EFLAGS, IS_REVERSE, POPS_SHIFT } from './float-compute.ts';
import { MOVE } from './float-move.ts';
import type { OPERANDS } from './float-operand.ts';

const BY_OPCODE = new Map(X87_ROWS.map((row) => [row.opcode, row]));

/** An instruction as the kernel does it. */
export type FloatCall =
  | { readonly kind: 'compute'; readonly how: number; readonly source: 'register' | keyof typeof OPERANDS }
  | { readonly kind: 'move'; readonly what: number }
  | {
      readonly kind: 'store';
      readonly target: keyof typeof OPERANDS;
      readonly pops: boolean;
      readonly isTruncating: boolean;
    };

/** What the kernel does of an x87 instruction, if it knows it. */
export function floatCallOf({ form }: Insn): FloatCall | undefined {
  const operation = BY_OPCODE.get(form.encoding.opcode)?.operation;
  return operation === undefined ? undefined : callOf(operation);
}

function callOf(operation: X87Operation): FloatCall | undefined {
  switch (operation.kind) {
    case 'arithmetic': {
      const what = operation.function;
      if (what === 'divide' || what === 'divideReversed') return undefined;
      const how = COMPUTE[what] | (operation.isReverse ? IS_REVERSE : 0) | (operation.pops ? 1 << POPS_SHIFT : 0);
      return compute(how, operation.source);
    }
    case 'compare':
      return compute(
        COMPUTE.compare | (operation.pops << POPS_SHIFT) | (operation.into === 'eflags' ? INTO_EFLAGS : 0),
        operation.source,
      );
    case 'load':
      return operation.source === 'register' ? move(MOVE.load) : compute(COMPUTE.load, operation.source);
    case 'store': {
      const { target, pops, isTruncating = false } = operation;
      if (target === 'register') return move(pops ? MOVE.storeAndPop : MOVE.store);
      if (target === 'extended' || target === 'int64' || target === 'decimal') return undefined;
      return { kind: 'store', target, pops, isTruncating };
    }
    case 'exchange':
      return move(MOVE.exchange);
    case 'constant':
      if (operation.constant === 'zero') return move(MOVE.zero);
      return operation.constant === 'one' ? move(MOVE.one) : undefined;
    case 'function':
      if (operation.function === 'changeSign') return move(MOVE.changeSign);
      return operation.function === 'absolute' ? move(MOVE.absolute) : undefined;
    default:
      return undefined;
  }
}

function move(what: number): FloatCall {
  return { kind: 'move', what };
}

function compute(how: number, source: X87Place): FloatCall | undefined {
  if (source === 'extended' || source === 'int64' || source === 'decimal') return undefined;
  return { kind: 'compute', how, source };
}

/** Does compiled code store to memory for it? */
export function storesFloat(insn: Insn): boolean {
  return floatCallOf(insn)?.kind === 'store';
}
