/** How an instruction addresses what it stores to. */
export type StoreKind = 'call' | 'push' | 'frame' | 'plain';

const PREFIXES = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0xf0, 0xf2, 0xf3]);
const PUSHES = new Set([0x06, 0x0e, 0x16, 0x1e, 0x60, 0x68, 0x6a, 0x9c, 0xc8]);
// MOV, ALU to memory, shifts, INC/DEC, MOV immediate, XCHG: the one-byte opcodes with a ModRM byte that may store.
const STORES_BY_MODRM = new Set([
  0x00, 0x01, 0x08, 0x09, 0x10, 0x11, 0x18, 0x19, 0x20, 0x21, 0x28, 0x29, 0x30, 0x31, 0x80, 0x81, 0x83, 0x86, 0x87,
  0x88, 0x89, 0x8c, 0x8f, 0xc0, 0xc1, 0xc6, 0xc7, 0xd0, 0xd1, 0xd2, 0xd3, 0xf6, 0xf7, 0xfe,
]);

/**
 * Classifies the 32-bit instruction at `eip`: CALL, PUSH and friends, one with ESP or a frame pointer as base, or any
 * other store. `hasFrame`: EBP is the frame pointer of the function around it.
 */
export function storeKind(read8: (linear: number) => number, eip: number, hasFrame: boolean): StoreKind {
  let at = eip;
  while (PREFIXES.has(read8(at)) && at - eip < 14) at++;
  const opcode = read8(at);
  if (opcode === 0xe8 || opcode === 0x9a) return 'call';
  if (PUSHES.has(opcode) || (opcode >= 0x50 && opcode <= 0x57)) return 'push';
  if (opcode === 0x0f) return read8(at + 1) === 0xa0 || read8(at + 1) === 0xa8 ? 'push' : 'plain';
  const modrm = read8(at + 1);
  const operation = (modrm >> 3) & 7;
  if (opcode === 0xff && (operation === 2 || operation === 3)) return 'call';
  if (opcode === 0xff && operation === 6) return 'push';
  if (opcode !== 0xff && !STORES_BY_MODRM.has(opcode)) return 'plain';
  return addressesStack(modrm, read8(at + 2), hasFrame) ? 'frame' : 'plain';
}

// SDM vol. 2A, tables 2-2 and 2-3: r/m 4 takes a SIB byte, r/m 5 with a displacement is EBP.
function addressesStack(modrm: number, sib: number, hasFrame: boolean): boolean {
  const mod = modrm >> 6;
  const rm = modrm & 7;
  if (mod === 3) return false;
  if (rm === 4) return (sib & 7) === 4 || (hasFrame && (sib & 7) === 5 && mod !== 0);
  return hasFrame && rm === 5 && mod !== 0;
}
