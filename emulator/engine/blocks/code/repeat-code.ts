import type { Insn } from '../../../isa/insn.ts';
import type { Size } from '../../../isa/micro-op.ts';
import { type Assembler, OP } from '../../../wasm/assembler.ts';
import { IMPORTS } from '../imports.ts';
import type { Mode } from '../mode.ts';
import * as L from './locals.ts';

const [ECX, ESI, EDI] = [1, 6, 7].map((register) => L.REGISTERS + register);
const EAX = L.REGISTERS;
const ES = 0;

/** REP MOVS or REP STOS whose elements may be moved many at a time. */
export interface BulkMove {
  readonly size: Size;
  readonly isCopy: boolean;
}

/** What the micro-ops say, if they are those of such an instruction with 32-bit addresses in flat segments. */
export function bulkMoveOf({ form, segment }: Insn, mode: Mode): BulkMove | undefined {
  const { shape, ops } = form;
  if (shape.repeat === 'none' || shape.addressBytes !== 4 || (mode.flatWrite & (1 << ES)) === 0) return undefined;
  const stores = ops.filter((op) => op.op === 'store');
  const loads = ops.filter((op) => op.op === 'load');
  if (stores.length !== 1 || loads.length > 1 || ops.some(({ op }) => op === 'flags' || op === 'call'))
    return undefined;
  const isCopy = loads.length === 1;
  if (isCopy && (mode.flatRead & (1 << segment)) === 0) return undefined;
  return { size: stores[0].size, isCopy };
}

/**
 * Moves all elements but the last that can be moved at once; the instruction's own code goes on from there. `eip` is
 * where it records them, if `isRecording`.
 */
export function emitBulkMove(
  a: Assembler,
  { size, isCopy }: BulkMove,
  { count, eip, isRecording }: { readonly count: number; readonly eip: number; readonly isRecording: boolean },
): void {
  a.const(size | (isCopy ? 8 : 0));
  for (const local of [ECX, ESI, EDI, EAX, L.BUDGET, L.ROWS]) a.get(local);
  a.const(eip);
  a.call(IMPORTS.bulk);
  a.set(count);
  const step = (local: number, opcode: number, factor: number): void => {
    a.get(local);
    a.get(count);
    a.const(factor);
    a.op(OP.mul);
    a.op(opcode);
    a.set(local);
  };
  step(ECX, OP.sub, 1);
  step(EDI, OP.add, size);
  if (isCopy) step(ESI, OP.add, size);
  step(L.BUDGET, OP.sub, 1);
  step(L.ROWS, OP.add, 4);
  if (!isRecording) return;
  a.get(L.BLOCK_END);
  a.get(count);
  a.op(OP.convertF64S);
  a.op(OP.addF64);
  a.set(L.BLOCK_END);
}
