import * as w from './wasm-code.ts';

/** Where everything lies in the memory of the Huffman code's functions. Offsets in bytes. */
export const BLOCK_BYTES = 1 << 18; // bytes that are handed over at once
export const LONGEST_CODE = 14; // so that four codes and the bits before them fit into 64
export const LANES = 4; // tables of counts, so that equal bytes in a row don't wait for each other
export const PENDING = 0; // bits that make no whole byte yet
export const PENDING_COUNT = 8;
export const CODES = 64; // by byte: code << 8 | bits of it
export const COUNTS = CODES + 256 * 4;
export const INPUT = COUNTS + LANES * 256 * 4;
export const OUTPUT = INPUT + BLOCK_BYTES;
const PAGE_BYTES = 65_536;
export const HUFFMAN_PAGES = Math.ceil((OUTPUT + 2 * BLOCK_BYTES + 8) / PAGE_BYTES);

export const COUNT_BYTES = 0;
export const PUT_BYTES = 1;

export function huffmanFunctions(): readonly w.FunctionCode[] {
  return [countBytes(), putBytes()];
}

/** `(length)`: counts the bytes of the input, which has zeros up to a multiple of four. */
function countBytes(): w.FunctionCode {
  const f = new w.FunctionCode(1);
  const length = f.parameter(0);
  const [at, place] = [f.i32(), f.i32()];
  const count = (lane: number): w.Code => [
    ...w.set(place, w.shl(w.load8(w.get(at), INPUT + lane), w.i32(2))),
    ...w.store32(w.get(place), w.add(w.load32(w.get(place), COUNTS + 1024 * lane), w.i32(1)), COUNTS + 1024 * lane),
  ];
  f.finish(
    f.block((done) =>
      f.loop((more) => [
        ...f.branchIf(done, w.geU(w.get(at), w.get(length))),
        ...[0, 1, 2, 3].flatMap(count),
        ...w.grow(at, w.i32(LANES)),
        ...f.branch(more),
      ]),
    ),
    w.i32(0),
  );
  return f;
}

/** `(length)`: adds the codes of the input's bytes to the pending bits, and gives how many whole bytes that made. */
function putBytes(): w.FunctionCode {
  const f = new w.FunctionCode(1);
  const length = f.parameter(0);
  const [at, out, count, entry] = [f.i32(), f.i32(), f.i32(), f.i32()];
  const pending = f.i64();
  const put = (ahead: number): w.Code => [
    ...w.set(entry, w.load32(w.shl(w.load8(w.get(at), INPUT + ahead), w.i32(2)), CODES)),
    ...w.set(
      pending,
      w.or64(w.get(pending), w.shl64(w.extend64(w.shrU(w.get(entry), w.i32(8))), w.extend64(w.get(count)))),
    ),
    ...w.grow(count, w.and(w.get(entry), w.i32(0xff))),
  ];
  const flush: w.Code = [
    ...w.store64(w.get(out), w.get(pending), OUTPUT),
    ...w.grow(out, w.shrU(w.get(count), w.i32(3))),
    ...w.set(pending, w.shrU64(w.get(pending), w.extend64(w.and(w.get(count), w.i32(~7))))),
    ...w.set(count, w.and(w.get(count), w.i32(7))),
  ];
  const loop = (step: number): w.Code =>
    f.block((done) =>
      f.loop((more) => [
        ...f.branchIf(done, w.gtU(w.add(w.get(at), w.i32(step)), w.get(length))),
        ...Array.from({ length: step }, (_, ahead) => put(ahead)).flat(),
        ...flush,
        ...w.grow(at, w.i32(step)),
        ...f.branch(more),
      ]),
    );
  f.finish(
    w.set(pending, w.load64(w.i32(PENDING))),
    w.set(count, w.load32(w.i32(PENDING_COUNT))),
    loop(4),
    loop(1),
    w.store64(w.i32(PENDING), w.get(pending)),
    w.store32(w.i32(PENDING_COUNT), w.get(count)),
    w.get(out),
  );
  return f;
}
