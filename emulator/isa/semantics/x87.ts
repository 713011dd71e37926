import type { Semantics } from '../lift.ts';

/** An x87 instruction is one helper: it has to check, compute and report before it changes anything. */
export function x87(row: number): Semantics {
  return (l) => {
    const offset = l.shape.isMemory ? l.address() : l.const(0);
    l.call('x87', l.const(row | (l.operandBytes << X87_SIZE_SHIFT)), l.field('modrm'), l.field('segment'), offset);
  };
}

/** Where the operand size stands in the helper's first argument, above the number of the row. */
const X87_SIZE_SHIFT = 16;
