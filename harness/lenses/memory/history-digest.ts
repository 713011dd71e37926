const [LOW, HIGH] = [0x9e37_79b1, 0x85eb_ca6b];
const TEXT_BASIS = 0x811c_9dc5;
const TEXT_PRIME = 0x0100_0193;
const FINISH = 0xc2b2_ae35;

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
