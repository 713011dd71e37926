import * as w from './wasm-code.ts';

/** Where everything lies in the memory of the function. Offsets in bytes. */
export const MOST_BYTES = (1 << 20) + 4096; // of what is unpacked; what is packed has fewer
export const PACKED = 0;
export const UNPACKED = PACKED + MOST_BYTES;
/** By the next bits: the literal << 4, or END_ENTRY, and the bits of its code. */
export const ENTRIES = UNPACKED + MOST_BYTES;
export const LONGEST_BITS = 15;
export const END_ENTRY = 0x1000;
const PAGE_BYTES = 65_536;
// A code that goes on behind what is packed reads what lies there, 15 bits for each byte at most.
export const INFLATE_PAGES = Math.ceil((ENTRIES + (2 << LONGEST_BITS) + 8) / PAGE_BYTES);

export const INFLATE = 0;
const AT_ONCE = 4; // codes in the 57 bits or more that are looked at

export function inflateFunctions(): readonly w.FunctionCode[] {
  return [inflate()];
}

/** `(first bit, size, mask of the longest code)`: unpacks literals; gives the bit behind the end's code, 0 if the end isn't there. */
function inflate(): w.FunctionCode {
  const f = new w.FunctionCode(3);
  const [bit, size, mask] = [0, 1, 2].map((index) => f.parameter(index));
  const [at, entry, ends] = [f.i32(), f.i32(), f.i32()];
  const bits = f.i64();
  const look = w.set(
    bits,
    w.shrU64(w.load64(w.shrU(w.get(bit), w.i32(3)), PACKED), w.extend64(w.and(w.get(bit), w.i32(7)))),
  );
  const next: w.Code = [
    ...w.set(entry, w.load16(w.shl(w.and(w.wrap64(w.get(bits)), w.get(mask)), w.i32(1)), ENTRIES)),
    ...w.set(bits, w.shrU64(w.get(bits), w.extend64(w.and(w.get(entry), w.i32(15))))),
    ...w.grow(bit, w.and(w.get(entry), w.i32(15))),
  ];
  const take = (ahead: number): w.Code => [
    ...next,
    ...w.store8(w.get(at), w.shrU(w.get(entry), w.i32(4)), UNPACKED + ahead),
    ...w.set(ends, w.or(w.get(ends), w.get(entry))),
  ];
  const loop = (step: number): w.Code =>
    f.block((done) =>
      f.loop((more) => [
        ...f.branchIf(done, w.gtU(w.add(w.get(at), w.i32(step)), w.get(size))),
        ...look,
        ...Array.from({ length: step }, (_, ahead) => take(ahead)).flat(),
        ...w.grow(at, w.i32(step)),
        ...f.branch(more),
      ]),
    );
  f.finish(
    loop(AT_ONCE),
    loop(1),
    look,
    next,
    w.select(
      w.and(w.eq(w.and(w.get(entry), w.i32(END_ENTRY)), w.i32(END_ENTRY)), w.not(w.and(w.get(ends), w.i32(END_ENTRY)))),
      w.get(bit),
      w.i32(0),
    ),
  );
  return f;
}
