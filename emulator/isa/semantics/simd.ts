import type { Semantics } from '../lift.ts';
import type { SimdOperation } from '../simd-operation.ts';

const EDI = 7;

/** An MMX or SSE instruction is one helper. Its third argument has the segment and, above 8 bits, the immediate. */
export function simd(row: number, operation: SimdOperation, hasImmediate: boolean): Semantics {
  return (l) => {
    const isMasked = operation.kind === 'move' && operation.move === 'storeMasked';
    let offset = l.const(0);
    if (isMasked) offset = l.getReg(EDI, l.shape.addressBytes);
    else if (l.shape.isMemory) offset = l.address();
    const segment = l.field('segment');
    const third = hasImmediate ? l.or(segment, l.shl(l.field('imm'), l.const(8))) : segment;
    l.call('simd', l.const(row), l.field('modrm'), third, offset);
  };
}
