import { type Mixer, mixBlocks } from '../base/digest.ts';
import { Assembler, OP } from '../wasm/assembler.ts';
import { buildModule, type FunctionBody } from '../wasm/module.ts';
import { webAssembly } from '../wasm/web-assembly.ts';
import type { Arena } from './arena.ts';

const WASM_PAGE_BYTES = 65536;
const BLOCK_BYTES = 16;
const WORTH_CALLING = 16; // words
/** The rounds of mixBlocks: left rotation and multiplier of each lane, which then adds the lane beside it. */
export const ROUNDS = [
  [15, 0x9e3779b1],
  [13, 0x85ebca77],
  [17, 0xc2b2ae3d],
  [11, 0x27d4eb2f],
] as const;

// Parameters and locals of the function.
const AT = 0;
const END = 1;
const LANES = 2;

/** Does what mixBlocks does, a third faster, for words that lie in an arena for compiled code. */
export function arenaMixer(arena: Arena): Mixer {
  if (arena.wasm === undefined) return mixBlocks;
  const lanes = new Int32Array(arena.buffer, arena.take(BLOCK_BYTES), 4);
  const pages = arena.buffer.byteLength / WASM_PAGE_BYTES;
  const module = new webAssembly.Module(buildModule([mixFunction(lanes.byteOffset)], pages));
  const mix = new webAssembly.Instance(module, { e: { m: arena.wasm } }).exports['0'];
  return (state, words, count) => {
    if (words.buffer !== arena.buffer || count < WORTH_CALLING) {
      mixBlocks(state, words, count);
      return;
    }
    lanes.set(state);
    mix(words.byteOffset, words.byteOffset + 4 * count);
    state.set(lanes);
  };
}

/** `(at, end)`: mixes the blocks of 16 bytes from `at` to `end` into the four lanes at `lanes`. */
function mixFunction(lanes: number): FunctionBody {
  const a = new Assembler();
  forLanes((lane) => {
    a.const(0);
    a.memory(OP.load32, lanes + 4 * lane);
    a.set(LANES + lane);
  });
  const loop = a.loop();
  forLanes((lane) => {
    a.get(LANES + lane);
    a.get(AT);
    a.memory(OP.load32, 4 * lane);
    a.op(OP.xor);
    a.set(LANES + lane);
  });
  forLanes((lane) => {
    const [rotation, factor] = ROUNDS[lane];
    a.get(LANES + lane);
    a.const(rotation);
    a.op(OP.rotl);
    a.const(factor);
    a.op(OP.mul);
    a.get(LANES + ((lane + 1) & 3));
    a.op(OP.add);
    a.set(LANES + lane);
  });
  a.get(AT);
  a.const(BLOCK_BYTES);
  a.op(OP.add);
  a.tee(AT);
  a.get(END);
  a.op(OP.ltU);
  a.brIf(loop);
  a.end();
  forLanes((lane) => {
    a.const(0);
    a.get(LANES + lane);
    a.memory(OP.store32, lanes + 4 * lane);
  });
  a.const(0);
  a.finish();
  return { parameters: 2, f64Locals: 0, i32Locals: 4, bytes: a.bytes };
}

function forLanes(each: (lane: number) => void): void {
  for (let lane = 0; lane < 4; lane++) each(lane);
}
