import { hex } from '../../../emulator/index.ts';
import type { WriteRow } from '../../../traces/index.ts';

/** A write for people and grep: "0x000b8000 = 0x0741 (2 bytes)", with the physical address and origin if they say more. */
export function describeWrite({ linear, physical, size, value, origin }: WriteRow): string {
  const physicalNote = physical === linear ? '' : ` physical ${hex(physical)}`;
  const originNote = origin === 'instruction' ? '' : ` by ${origin}`;
  return `${hex(linear)} = ${hex(value, size * 2)} (${size} ${size === 1 ? 'byte' : 'bytes'})${physicalNote}${originNote}`;
}
