import * as w from './wasm-code.ts';

/** The function that finds the slot of an instruction's next write. */
export const FIND_DECODER_SLOT = 1;

/** What decoding gives back when something is wrong; 0 when nothing is. */
export const DECODE_ERROR = { control: 1, icount: 2, origin: 3, size: 4, value: 5, tooMany: 6, leaves: 7 } as const;

/** The variables that are words. */
export const WORDS = [
  ...(['slot', 'guess', 'isSelf', 'eip', 'tag', 'origin', 'size', 'code', 'beyond'] as const),
  ...(['previous', 'linear', 'physical', 'value', 'moved', 'step', 'gap', 'byGap', 'gapWrong', 'parts'] as const),
  ...(['control', 'width', 'residual', 'zeros', 'shift', 'record', 'rareAt', 'nextRare', 'count'] as const),
  ...(['at8', 'at4', 'lastByte', 'first', 'span', 'min', 'max', 'isAround', 'isWrapped', 'error'] as const),
  ...(['controlAt', 'icountAt', 'eipAt', 'linearAt', 'valueAt'] as const),
] as const;
export type Words = Readonly<Record<(typeof WORDS)[number], w.Local>>;

/** What the parts of the decoder's code share: its variables, and how it gives up with a DECODE_ERROR. */
export interface Context {
  readonly f: w.FunctionCode;
  readonly v: Words;
  readonly icount: w.Local;
  readonly delta: w.Local;
  readonly wide: w.Local;
  readonly fail: (error: number) => w.Code;
}

/** Sets `residual` to the next of a column, whose width the control byte has at `shift`; of icount to the low word of it. */
export function residualOf({ v: { control, width, residual } }: Context, at: w.Local, shift: number): w.Code {
  const isWide = w.eq(w.get(width), w.i32(3));
  const mask = w.select(isWide, w.i32(-1), w.sub(w.shl(w.i32(1), w.shl(w.get(width), w.i32(3))), w.i32(1)));
  return [
    ...w.set(width, w.and(w.shrU(w.get(control), w.i32(shift)), w.i32(3))),
    ...w.set(residual, w.and(w.load32(w.get(at)), mask)),
    ...w.grow(at, w.add(w.get(width), isWide)),
    ...w.set(residual, w.xor(w.shrU(w.get(residual), w.i32(1)), w.sub(w.i32(0), w.and(w.get(residual), w.i32(1))))),
  ];
}

/** The residual of the record at hand in a column of RARE. */
export const rareResidual = ({ v: { record } }: Context, column: number): w.Code =>
  w.load32(w.shl(w.get(record), w.i32(2)), column);
/** A field of the record's slot. */
export const field = ({ v: { slot } }: Context, at: number): w.Code => w.load32(w.get(slot), at);
export const setField = ({ v: { slot } }: Context, at: number, value: w.Code): w.Code =>
  w.store32(w.get(slot), value, at);
