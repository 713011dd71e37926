import { type Assembler, VECTOR } from '../../wasm/assembler.ts';
import { ROUNDS } from '../arena-mixer.ts';

/**
 * The rounds of mixBlocks for four streams of words at once. Locals: the four vectors from `loaded` on are a block of each
 * stream, those from `states` on word k of each stream's state.
 */
export function mixVectors(a: Assembler, loaded: number, states: number): void {
  takeIn(a, loaded, states);
  ROUNDS.forEach(([rotation, factor], k) => {
    a.get(states + k);
    a.const(rotation);
    a.vector(VECTOR.shl32);
    a.get(states + k);
    a.const(32 - rotation);
    a.vector(VECTOR.shrU32);
    a.vector(VECTOR.or);
    a.constVector([factor, factor, factor, factor]);
    a.vector(VECTOR.mul32);
    a.get(states + ((k + 1) & 3));
    a.vector(VECTOR.add32);
    a.set(states + k);
  });
}

/** Turns the blocks, so that each vector has one word of every stream, and adds them to the states. */
function takeIn(a: Assembler, loaded: number, states: number): void {
  for (const [word, half] of [0, 0, 2, 2].entries()) {
    for (const first of [0, 2]) {
      a.get(loaded + first);
      a.get(loaded + first + 1);
      a.shuffle32([half, half + 4, half + 1, half + 5]);
    }
    a.shuffle32(word % 2 === 0 ? [0, 1, 4, 5] : [2, 3, 6, 7]);
    a.get(states + word);
    a.vector(VECTOR.xor);
    a.set(states + word);
  }
}
