import * as S from '../../../cpu/state.ts';
import type { PhysicalMemory } from '../../../memory/physical-memory.ts';
import { buildModule } from '../../../wasm/module.ts';
import { type WasmFunction, webAssembly } from '../../../wasm/web-assembly.ts';
import type { Layout } from '../layout.ts';
import { computeFunction } from './float-compute.ts';
import { moveFunction } from './float-move.ts';
import { operandFunction } from './float-operand.ts';
import { compareFunction } from './float-order.ts';
import { packFunction } from './float-pack.ts';
import { multiplyFunction } from './float-product.ts';
import { floatAt } from './float-stack.ts';
import { addFunction } from './float-sum.ts';
import { toIntegerFunction } from './float-to-integer.ts';

const WASM_PAGE_BYTES = 65536;
const [MULTIPLY, ADD, COMPARE] = [0, 1, 2];

/** What compiled code calls for x87 instructions. Each gives 1, or 0 when the instruction has to be left to the interpreter. */
export interface FloatKernel {
  readonly operand: WasmFunction;
  readonly compute: WasmFunction;
  readonly move: WasmFunction;
  readonly pack: WasmFunction;
  readonly toInteger: WasmFunction;
}

/**
 * The x87 instructions that nearly all programs consist of, in integers, for normal numbers and zeros, all exceptions masked,
 * rounding to nearest and 53 or 64 bits. The interpreter does everything else. The results are the same to the last bit.
 */
export function floatKernel({ arena }: PhysicalMemory, layout: Layout): FloatKernel {
  const [control, status] = [floatAt(layout, S.X87_CONTROL), floatAt(layout, S.X87_STATUS)];
  const { scratch, raised } = layout;
  const bodies = [
    multiplyFunction(control, status),
    addFunction(control, status),
    compareFunction(),
    operandFunction(layout, scratch),
    computeFunction(layout, scratch, { multiply: MULTIPLY, add: ADD, compare: COMPARE }),
    moveFunction(layout, raised),
    packFunction(layout, scratch, raised),
    toIntegerFunction(layout, scratch, raised),
  ];
  const module = new webAssembly.Module(buildModule(bodies, arena.buffer.byteLength / WASM_PAGE_BYTES));
  const { exports } = new webAssembly.Instance(module, { e: { m: arena.wasm } });
  const [operand, compute, move, pack, toInteger] = [3, 4, 5, 6, 7].map((number) => exports[number]);
  return { operand, compute, move, pack, toInteger };
}
