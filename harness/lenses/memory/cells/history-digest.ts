import type { NameNumber, ValueNames } from './value-names.ts';
import { KNOWN } from './value-records.ts';

const [LOW, HIGH] = [0x9e37_79b1, 0x85eb_ca6b];
const TEXT_BASIS = 0x811c_9dc5;
const TEXT_PRIME = 0x0100_0193;
const FINISH = 0xc2b2_ae35;
const NAMED = 0x10; // a step before a name, as the mask of known bytes is before what is known in part

/** How many values a cell was seen to hold, one after the other, and a digest of them by name and one by number. */
export interface HistoryDigest {
  readonly count: number;
  readonly low: number;
  readonly high: number;
  readonly raw: number;
}

/** Where digests begin. */
export const DIGEST_BASIS = 0x1b87_3593;

/** The low half of a digest, with one more value in it. */
export function mixLow(digest: number, value: number): number {
  const mixed = Math.imul(digest ^ Math.imul(value, LOW), HIGH);
  return mixed ^ (mixed >>> 15);
}

/** The high half. The two lose different bits, so that what is equal in one by chance isn't in both. */
export function mixHigh(digest: number, value: number): number {
  const mixed = Math.imul(((digest << 13) | (digest >>> 19)) + value, FINISH);
  return mixed ^ (mixed >>> 16);
}

/** FNV-1a over the characters. */
export function mixText(text: string): number {
  let hash = TEXT_BASIS;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), TEXT_PRIME);
  return hash;
}

/** One more value as it is compared: by its name, else as a number and the mask of its known bytes. */
export class HistoryMixer {
  private readonly names: ValueNames;

  constructor(names: ValueNames) {
    this.names = names;
  }

  low(digest: number, value: number, known: number, name: NameNumber): number {
    if (name !== 0) return mixLow(mixLow(digest, NAMED), this.names.hash(name));
    return mixLow(known === KNOWN ? digest : mixLow(digest, known), value);
  }

  high(digest: number, value: number, known: number, name: NameNumber): number {
    if (name !== 0) return mixHigh(mixHigh(digest, NAMED), this.names.hash(name));
    return mixHigh(known === KNOWN ? digest : mixHigh(digest, known), value);
  }
}
