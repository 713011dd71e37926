import * as S from '../../../cpu/state.ts';
import { type Assembler, OP } from '../../../wasm/assembler.ts';
import type { Layout } from '../layout.ts';
import * as L from './locals.ts';

const SLOTS: readonly (readonly [slot: number, local: number])[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((register) => [register, L.REGISTERS + register] as const),
  [S.LAZY_KIND, L.FLAG_KIND],
  [S.LAZY_RESULT, L.FLAG_RESULT],
  [S.LAZY_A, L.FLAG_A],
  [S.LAZY_B, L.FLAG_B],
  [S.EIP, L.EIP],
];

/** Everything that a region's locals hold of the processor's state, where control comes in. */
export function loadState(a: Assembler, layout: Layout): void {
  for (const [slot, local] of SLOTS) {
    loadWord(a, layout.state + 4 * slot);
    a.set(local);
  }
  loadWord(a, layout.state + 4 * S.EFLAGS);
  a.const(1);
  a.op(OP.and);
  a.set(L.CARRY);
  loadWord(a, layout.rowCell);
  a.const(2);
  a.op(OP.shl);
  a.set(L.ROWS);
}

/** The same back into the state, before anybody else looks at it. */
export function storeState(a: Assembler, layout: Layout): void {
  for (const [slot, local] of SLOTS) {
    a.const(0);
    a.get(local);
    a.memory(OP.store32, layout.state + 4 * slot);
  }
  a.const(0);
  loadWord(a, layout.state + 4 * S.EFLAGS);
  a.const(~1);
  a.op(OP.and);
  a.get(L.CARRY);
  a.op(OP.or);
  a.memory(OP.store32, layout.state + 4 * S.EFLAGS);
  a.const(0);
  a.get(L.ROWS);
  a.const(2);
  a.op(OP.shrU);
  a.memory(OP.store32, layout.rowCell);
}

function loadWord(a: Assembler, offset: number): void {
  a.const(0);
  a.memory(OP.load32, offset);
}
