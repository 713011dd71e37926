/** Which registers an instruction works on: the eight MMX registers of 8 bytes, which are the x87's, or XMM0-XMM7 of 16. */
export type SimdBank = 'mmx' | 'xmm';

/** Functions of two registers that work on each 32-bit word alone. */
export type WordFunction =
  | 'addBytes'
  | 'addWords'
  | 'addDwords'
  | 'subtractBytes'
  | 'subtractWords'
  | 'subtractDwords'
  | 'addBytesSigned'
  | 'addWordsSigned'
  | 'addBytesUnsigned'
  | 'addWordsUnsigned'
  | 'subtractBytesSigned'
  | 'subtractWordsSigned'
  | 'subtractBytesUnsigned'
  | 'subtractWordsUnsigned'
  | 'and'
  | 'andNot'
  | 'or'
  | 'xor'
  | 'equalBytes'
  | 'equalWords'
  | 'equalDwords'
  | 'greaterBytes'
  | 'greaterWords'
  | 'greaterDwords'
  | 'minBytes'
  | 'maxBytes'
  | 'minWords'
  | 'maxWords'
  | 'averageBytes'
  | 'averageWords'
  | 'multiplyLow'
  | 'multiplyHighSigned'
  | 'multiplyHighUnsigned'
  | 'multiplyAdd';

/** Functions of two registers that look at more than one word. */
export type WideFunction =
  | 'addQuads'
  | 'subtractQuads'
  | 'multiplyDwords'
  | 'sumDifferences'
  | 'packWordsSigned'
  | 'packWordsUnsigned'
  | 'packDwords'
  | 'unpackLowBytes'
  | 'unpackLowWords'
  | 'unpackLowDwords'
  | 'unpackLowQuads'
  | 'unpackHighBytes'
  | 'unpackHighWords'
  | 'unpackHighDwords'
  | 'unpackHighQuads';

export type ShiftFunction = 'left' | 'right' | 'rightSigned';
export type Shuffle = 'words' | 'dwords' | 'highWords' | 'lowWords' | 'singles' | 'doubles';
export type FloatWidth = 'single' | 'double';
export type FloatFunction = 'add' | 'multiply' | 'subtract' | 'divide' | 'min' | 'max' | 'squareRoot';
/** SSE3's, which take elements of one register in pairs, or do two things in turn. */
export type PairFunction = 'subtractAdd' | 'horizontalAdd' | 'horizontalSubtract';
export type Approximation = 'reciprocal' | 'reciprocalRoot';

/** Moves between a register and a register or memory; what a name says of size and place is in cpu/simd/moves.ts. */
export type Move =
  | 'loadAligned'
  | 'loadUnaligned'
  | 'storeAligned'
  | 'storeUnaligned'
  | 'loadSingle'
  | 'storeSingle'
  | 'loadDouble'
  | 'storeDouble'
  | 'loadLow'
  | 'loadHigh'
  | 'storeLow'
  | 'storeHigh'
  | 'loadQuad'
  | 'loadEvenSingles'
  | 'loadOddSingles'
  | 'loadDoubleTwice'
  | 'storeQuad'
  | 'loadMmx'
  | 'storeMmx'
  | 'fromGeneral'
  | 'toGeneral'
  | 'mmxToXmm'
  | 'xmmToMmx'
  | 'storeGeneral'
  | 'storeMasked'
  | 'maskOfBytes'
  | 'maskOfSingles'
  | 'maskOfDoubles'
  | 'insertWord'
  | 'extractWord';

export type Conversion =
  | 'int32ToSingles' // of a register
  | 'mmxToSingles'
  | 'int32ToDoubles'
  | 'mmxToDoubles'
  | 'generalToSingle'
  | 'generalToDouble'
  | 'singlesToInt32'
  | 'singlesToMmx'
  | 'doublesToInt32'
  | 'doublesToMmx'
  | 'singleToGeneral'
  | 'doubleToGeneral'
  | 'singlesToDoubles'
  | 'doublesToSingles'
  | 'singleToDouble'
  | 'doubleToSingle';

export type SimdControl = 'emptyMmx' | 'loadMxcsr' | 'storeMxcsr' | 'save' | 'restore' | 'nothing'; // fences, prefetches, cache-line flushes

/** What an MMX or SSE instruction does, apart from which registers and memory it names. */
export type SimdOperation =
  | { readonly kind: 'words'; readonly bank: SimdBank; readonly function: WordFunction }
  | { readonly kind: 'wide'; readonly bank: SimdBank; readonly function: WideFunction }
  | {
      readonly kind: 'shift';
      readonly bank: SimdBank;
      readonly function: ShiftFunction;
      readonly bits: 16 | 32 | 64;
      readonly isImmediate: boolean;
    }
  | { readonly kind: 'shiftBytes'; readonly isLeft: boolean }
  | { readonly kind: 'shuffle'; readonly bank: SimdBank; readonly function: Shuffle }
  | { readonly kind: 'move'; readonly bank: SimdBank; readonly move: Move }
  | { readonly kind: 'float'; readonly function: FloatFunction; readonly width: FloatWidth; readonly isScalar: boolean }
  | { readonly kind: 'pairs'; readonly function: PairFunction; readonly width: FloatWidth }
  | { readonly kind: 'approximate'; readonly function: Approximation; readonly isScalar: boolean }
  | { readonly kind: 'compare'; readonly width: FloatWidth; readonly isScalar: boolean }
  | { readonly kind: 'order'; readonly width: FloatWidth; readonly isOrdered: boolean }
  | { readonly kind: 'convert'; readonly conversion: Conversion; readonly isTruncating: boolean }
  | { readonly kind: 'control'; readonly control: SimdControl };
