import { FINITE, Float, ZERO } from '../../fpu/float.ts';
import { unpackExtended } from '../../fpu/pack.ts';
import { X87_IN_USE, X87_REGISTER } from '../state.ts';

const VALID = 0;
const NOTHING = 1; // zero
const SPECIAL = 2;
const EMPTY = 3;

/** The tag word as FNSTENV stores it: two bits for each physical register, worked out from its contents (SDM vol. 1, 8.1.7). */
export function fullTags(floats: Int32Array): number {
  const x = new Float();
  let tags = 0;
  for (let register = 7; register >= 0; register--) tags = (tags << 2) | tagOf(floats, register, x);
  return tags;
}

function tagOf(floats: Int32Array, register: number, x: Float): number {
  if ((floats[X87_IN_USE] & (1 << register)) === 0) return EMPTY;
  const slot = X87_REGISTER + 3 * register;
  unpackExtended(x, floats[slot], floats[slot + 1], floats[slot + 2]);
  if (x.kind === ZERO) return NOTHING;
  return x.kind === FINITE && !x.isDenormal ? VALID : SPECIAL;
}

/** Loads a tag word: of its tags only "empty" means anything. */
export function setTags(floats: Int32Array, tags: number): void {
  let inUse = 0;
  for (let register = 0; register < 8; register++) {
    if (((tags >> (2 * register)) & 3) !== EMPTY) inUse |= 1 << register;
  }
  floats[X87_IN_USE] = inUse;
}
