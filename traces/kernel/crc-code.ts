import * as w from './wasm-code.ts';

/** Where everything lies in the memory of the CRC's function. Offsets in bytes. */
export const CRC_SLICES = 16;
export const CRC_TABLES = 0;
export const CRC_INPUT = CRC_TABLES + CRC_SLICES * 256 * 4;
export const CRC_BLOCK_BYTES = 1 << 18; // bytes that are handed over at once
const PAGE_BYTES = 65_536;
export const CRC_PAGES = Math.ceil((CRC_INPUT + CRC_BLOCK_BYTES) / PAGE_BYTES);

export const ADVANCE = 0;
const WORDS = CRC_SLICES / 4;

export function crcFunctions(): readonly w.FunctionCode[] {
  return [advance()];
}

/** `(crc, length)`: goes on with the input, of which the length is a multiple of CRC_SLICES. */
function advance(): w.FunctionCode {
  const f = new w.FunctionCode(2);
  const [crc, length] = [0, 1].map((index) => f.parameter(index));
  const at = f.i32();
  const words = Array.from({ length: WORDS }, () => f.i32());
  // What a byte contributes when so many more follow it.
  const part = (word: w.Local, byte: number, after: number): w.Code => {
    const shifted = byte === 0 ? w.shl(w.get(word), w.i32(2)) : w.shrU(w.get(word), w.i32(8 * byte - 2));
    return w.load32(w.and(shifted, w.i32(0x3fc)), CRC_TABLES + 1024 * after);
  };
  const parts = words.flatMap((word, number) =>
    [0, 1, 2, 3].map((byte) => part(word, byte, CRC_SLICES - 1 - 4 * number - byte)),
  );
  f.finish(
    f.block((done) =>
      f.loop((more) => [
        ...f.branchIf(done, w.geU(w.get(at), w.get(length))),
        ...words.flatMap((word, number) => w.set(word, w.load32(w.get(at), CRC_INPUT + 4 * number))),
        ...w.set(words[0], w.xor(w.get(words[0]), w.get(crc))),
        ...w.set(crc, parts.reduce(w.xor)),
        ...w.grow(at, w.i32(CRC_SLICES)),
        ...f.branch(more),
      ]),
    ),
    w.get(crc),
  );
  return f;
}
