import type {
  Conversion,
  FloatFunction,
  FloatWidth,
  Move,
  PairFunction,
  ShiftFunction,
  Shuffle,
  SimdBank,
  SimdControl,
  SimdOperation,
  WideFunction,
  WordFunction,
} from './simd-operation.ts';

/**
 * An MMX, SSE, SSE2 or SSE3 instruction. The opcode begins with the prefix that belongs to it, NP for none of 66, F2 and F3.
 * Operands: P and V are the MMX and XMM register of ModRM.reg, N and U of ModRM.rm, Q and W the same or memory. Source:
 * SDM vol. 2D, A.3, up to the Pentium 4 with SSE3 (MONITOR and MWAIT apart).
 */
export interface SimdRow {
  readonly opcode: string;
  readonly mnemonic: string;
  readonly operands: string;
  readonly operation: SimdOperation;
}

function row(opcode: string, mnemonic: string, operands: string, operation: SimdOperation): SimdRow {
  return { opcode, mnemonic, operands, operation };
}

const WORD_FUNCTIONS: readonly (readonly [opcode: string, mnemonic: string, what: WordFunction])[] = [
  ['64', 'pcmpgtb', 'greaterBytes'],
  ['65', 'pcmpgtw', 'greaterWords'],
  ['66', 'pcmpgtd', 'greaterDwords'],
  ['74', 'pcmpeqb', 'equalBytes'],
  ['75', 'pcmpeqw', 'equalWords'],
  ['76', 'pcmpeqd', 'equalDwords'],
  ['D5', 'pmullw', 'multiplyLow'],
  ['D8', 'psubusb', 'subtractBytesUnsigned'],
  ['D9', 'psubusw', 'subtractWordsUnsigned'],
  ['DA', 'pminub', 'minBytes'], // SSE
  ['DB', 'pand', 'and'],
  ['DC', 'paddusb', 'addBytesUnsigned'],
  ['DD', 'paddusw', 'addWordsUnsigned'],
  ['DE', 'pmaxub', 'maxBytes'], // SSE
  ['DF', 'pandn', 'andNot'],
  ['E0', 'pavgb', 'averageBytes'], // SSE
  ['E3', 'pavgw', 'averageWords'], // SSE
  ['E4', 'pmulhuw', 'multiplyHighUnsigned'], // SSE
  ['E5', 'pmulhw', 'multiplyHighSigned'],
  ['E8', 'psubsb', 'subtractBytesSigned'],
  ['E9', 'psubsw', 'subtractWordsSigned'],
  ['EA', 'pminsw', 'minWords'], // SSE
  ['EB', 'por', 'or'],
  ['EC', 'paddsb', 'addBytesSigned'],
  ['ED', 'paddsw', 'addWordsSigned'],
  ['EE', 'pmaxsw', 'maxWords'], // SSE
  ['EF', 'pxor', 'xor'],
  ['F5', 'pmaddwd', 'multiplyAdd'],
  ['F8', 'psubb', 'subtractBytes'],
  ['F9', 'psubw', 'subtractWords'],
  ['FA', 'psubd', 'subtractDwords'],
  ['FC', 'paddb', 'addBytes'],
  ['FD', 'paddw', 'addWords'],
  ['FE', 'paddd', 'addDwords'],
];

const WIDE_FUNCTIONS: readonly (readonly [opcode: string, mnemonic: string, what: WideFunction])[] = [
  ['60', 'punpcklbw', 'unpackLowBytes'],
  ['61', 'punpcklwd', 'unpackLowWords'],
  ['62', 'punpckldq', 'unpackLowDwords'],
  ['63', 'packsswb', 'packWordsSigned'],
  ['67', 'packuswb', 'packWordsUnsigned'],
  ['68', 'punpckhbw', 'unpackHighBytes'],
  ['69', 'punpckhwd', 'unpackHighWords'],
  ['6A', 'punpckhdq', 'unpackHighDwords'],
  ['6B', 'packssdw', 'packDwords'],
  ['D4', 'paddq', 'addQuads'], // SSE2
  ['F4', 'pmuludq', 'multiplyDwords'], // SSE2
  ['F6', 'psadbw', 'sumDifferences'], // SSE
  ['FB', 'psubq', 'subtractQuads'], // SSE2
];

function integerRows(): SimdRow[] {
  const words = WORD_FUNCTIONS.flatMap(([opcode, mnemonic, what]) => [
    row(`NP 0F ${opcode}`, mnemonic, 'P Q', { kind: 'words', bank: 'mmx', function: what }),
    row(`66 0F ${opcode}`, mnemonic, 'V W', { kind: 'words', bank: 'xmm', function: what }),
  ]);
  const wide = WIDE_FUNCTIONS.flatMap(([opcode, mnemonic, what]) => [
    row(`NP 0F ${opcode}`, mnemonic, 'P Q', { kind: 'wide', bank: 'mmx', function: what }),
    row(`66 0F ${opcode}`, mnemonic, 'V W', { kind: 'wide', bank: 'xmm', function: what }),
  ]);
  return [
    ...words,
    ...wide,
    row('66 0F 6C', 'punpcklqdq', 'V W', { kind: 'wide', bank: 'xmm', function: 'unpackLowQuads' }),
    row('66 0F 6D', 'punpckhqdq', 'V W', { kind: 'wide', bank: 'xmm', function: 'unpackHighQuads' }),
  ];
}

const SHIFTS: readonly (readonly [string, string, ShiftFunction, 16 | 32 | 64, immediate: string])[] = [
  ['D1', 'psrlw', 'right', 16, '71 /2'],
  ['D2', 'psrld', 'right', 32, '72 /2'],
  ['D3', 'psrlq', 'right', 64, '73 /2'],
  ['E1', 'psraw', 'rightSigned', 16, '71 /4'],
  ['E2', 'psrad', 'rightSigned', 32, '72 /4'],
  ['F1', 'psllw', 'left', 16, '71 /6'],
  ['F2', 'pslld', 'left', 32, '72 /6'],
  ['F3', 'psllq', 'left', 64, '73 /6'],
];

function shiftRows(): SimdRow[] {
  return SHIFTS.flatMap(([opcode, mnemonic, what, bits, immediate]) => {
    const shift = (bank: SimdBank, isImmediate: boolean): SimdOperation => ({
      kind: 'shift',
      bank,
      function: what,
      bits,
      isImmediate,
    });
    return [
      row(`NP 0F ${opcode}`, mnemonic, 'P Q', shift('mmx', false)),
      row(`66 0F ${opcode}`, mnemonic, 'V W', shift('xmm', false)),
      row(`NP 0F ${immediate}`, mnemonic, 'N Ib', shift('mmx', true)),
      row(`66 0F ${immediate}`, mnemonic, 'U Ib', shift('xmm', true)),
    ];
  });
}

const WIDTHS: readonly (readonly [prefix: string, suffix: string, FloatWidth, isScalar: boolean])[] = [
  ['NP', 'ps', 'single', false],
  ['66', 'pd', 'double', false],
  ['F3', 'ss', 'single', true],
  ['F2', 'sd', 'double', true],
];

const FLOAT_FUNCTIONS: readonly (readonly [opcode: string, mnemonic: string, what: FloatFunction])[] = [
  ['51', 'sqrt', 'squareRoot'],
  ['58', 'add', 'add'],
  ['59', 'mul', 'multiply'],
  ['5C', 'sub', 'subtract'],
  ['5D', 'min', 'min'],
  ['5E', 'div', 'divide'],
  ['5F', 'max', 'max'],
];

function floatRows(): SimdRow[] {
  return WIDTHS.flatMap(([prefix, suffix, width, isScalar]) => [
    ...FLOAT_FUNCTIONS.map(([opcode, mnemonic, what]) =>
      row(`${prefix} 0F ${opcode}`, `${mnemonic}${suffix}`, 'V W', { kind: 'float', function: what, width, isScalar }),
    ),
    row(`${prefix} 0F C2`, `cmp${suffix}`, 'V W Ib', { kind: 'compare', width, isScalar }),
  ]);
}

function logicRows(): SimdRow[] {
  const functions: readonly (readonly [string, string, WordFunction])[] = [
    ['54', 'and', 'and'],
    ['55', 'andn', 'andNot'],
    ['56', 'or', 'or'],
    ['57', 'xor', 'xor'],
  ];
  return functions.flatMap(([opcode, mnemonic, what]) => [
    row(`NP 0F ${opcode}`, `${mnemonic}ps`, 'V W', { kind: 'words', bank: 'xmm', function: what }),
    row(`66 0F ${opcode}`, `${mnemonic}pd`, 'V W', { kind: 'words', bank: 'xmm', function: what }),
  ]);
}

function move(name: Move, bank: SimdBank = 'xmm'): SimdOperation {
  return { kind: 'move', bank, move: name };
}

function shuffle(name: Shuffle, bank: SimdBank = 'xmm'): SimdOperation {
  return { kind: 'shuffle', bank, function: name };
}

function unpack(what: WideFunction): SimdOperation {
  return { kind: 'wide', bank: 'xmm', function: what };
}

function convert(conversion: Conversion, isTruncating = false): SimdOperation {
  return { kind: 'convert', conversion, isTruncating };
}

function control(name: SimdControl): SimdOperation {
  return { kind: 'control', control: name };
}

function pairs(opcode: string, mnemonic: string, what: PairFunction): SimdRow[] {
  return [
    row(`F2 0F ${opcode}`, `${mnemonic}ps`, 'V W', { kind: 'pairs', function: what, width: 'single' }),
    row(`66 0F ${opcode}`, `${mnemonic}pd`, 'V W', { kind: 'pairs', function: what, width: 'double' }),
  ];
}

const MOVES: readonly SimdRow[] = [
  row('NP 0F 10', 'movups', 'V W', move('loadUnaligned')),
  row('66 0F 10', 'movupd', 'V W', move('loadUnaligned')),
  row('F3 0F 10', 'movss', 'V W', move('loadSingle')),
  row('F2 0F 10', 'movsd', 'V W', move('loadDouble')),
  row('NP 0F 11', 'movups', 'W V', move('storeUnaligned')),
  row('66 0F 11', 'movupd', 'W V', move('storeUnaligned')),
  row('F3 0F 11', 'movss', 'W V', move('storeSingle')),
  row('F2 0F 11', 'movsd', 'W V', move('storeDouble')),
  row('NP 0F 12', 'movlps', 'V W', move('loadLow')), // with a register: movhlps
  row('66 0F 12', 'movlpd', 'V M', move('loadLow')),
  row('NP 0F 13', 'movlps', 'M V', move('storeLow')),
  row('66 0F 13', 'movlpd', 'M V', move('storeLow')),
  row('NP 0F 16', 'movhps', 'V W', move('loadHigh')), // with a register: movlhps
  row('66 0F 16', 'movhpd', 'V M', move('loadHigh')),
  row('NP 0F 17', 'movhps', 'M V', move('storeHigh')),
  row('66 0F 17', 'movhpd', 'M V', move('storeHigh')),
  row('NP 0F 28', 'movaps', 'V W', move('loadAligned')),
  row('66 0F 28', 'movapd', 'V W', move('loadAligned')),
  row('NP 0F 29', 'movaps', 'W V', move('storeAligned')),
  row('66 0F 29', 'movapd', 'W V', move('storeAligned')),
  row('NP 0F 2B', 'movntps', 'M V', move('storeAligned')),
  row('66 0F 2B', 'movntpd', 'M V', move('storeAligned')),
  row('NP 0F 50', 'movmskps', 'Gd U', move('maskOfSingles')),
  row('66 0F 50', 'movmskpd', 'Gd U', move('maskOfDoubles')),
  row('NP 0F 6E', 'movd', 'P Ed', move('fromGeneral', 'mmx')),
  row('66 0F 6E', 'movd', 'V Ed', move('fromGeneral')),
  row('NP 0F 7E', 'movd', 'Ed P', move('toGeneral', 'mmx')),
  row('66 0F 7E', 'movd', 'Ed V', move('toGeneral')),
  row('NP 0F 6F', 'movq', 'P Q', move('loadMmx', 'mmx')),
  row('66 0F 6F', 'movdqa', 'V W', move('loadAligned')),
  row('F3 0F 6F', 'movdqu', 'V W', move('loadUnaligned')),
  row('NP 0F 7F', 'movq', 'Q P', move('storeMmx', 'mmx')),
  row('66 0F 7F', 'movdqa', 'W V', move('storeAligned')),
  row('F3 0F 7F', 'movdqu', 'W V', move('storeUnaligned')),
  row('F3 0F 7E', 'movq', 'V W', move('loadQuad')),
  row('66 0F D6', 'movq', 'W V', move('storeQuad')),
  row('F3 0F D6', 'movq2dq', 'V N', move('mmxToXmm')),
  row('F2 0F D6', 'movdq2q', 'P U', move('xmmToMmx')),
  row('NP 0F C3', 'movnti', 'Md Gd', move('storeGeneral')),
  row('NP 0F E7', 'movntq', 'M P', move('storeMmx', 'mmx')),
  row('66 0F E7', 'movntdq', 'M V', move('storeAligned')),
  row('NP 0F F7', 'maskmovq', 'P N', move('storeMasked', 'mmx')),
  row('66 0F F7', 'maskmovdqu', 'V U', move('storeMasked')),
  row('NP 0F D7', 'pmovmskb', 'Gd N', move('maskOfBytes', 'mmx')),
  row('66 0F D7', 'pmovmskb', 'Gd U', move('maskOfBytes')),
  row('NP 0F C4', 'pinsrw', 'P Ew Ib', move('insertWord', 'mmx')),
  row('66 0F C4', 'pinsrw', 'V Ew Ib', move('insertWord')),
  row('NP 0F C5', 'pextrw', 'Gd N Ib', move('extractWord', 'mmx')),
  row('66 0F C5', 'pextrw', 'Gd U Ib', move('extractWord')),
];

const REARRANGEMENTS: readonly SimdRow[] = [
  row('NP 0F 14', 'unpcklps', 'V W', unpack('unpackLowDwords')),
  row('66 0F 14', 'unpcklpd', 'V W', unpack('unpackLowQuads')),
  row('NP 0F 15', 'unpckhps', 'V W', unpack('unpackHighDwords')),
  row('66 0F 15', 'unpckhpd', 'V W', unpack('unpackHighQuads')),
  row('NP 0F 70', 'pshufw', 'P Q Ib', shuffle('words', 'mmx')),
  row('66 0F 70', 'pshufd', 'V W Ib', shuffle('dwords')),
  row('F3 0F 70', 'pshufhw', 'V W Ib', shuffle('highWords')),
  row('F2 0F 70', 'pshuflw', 'V W Ib', shuffle('lowWords')),
  row('NP 0F C6', 'shufps', 'V W Ib', shuffle('singles')),
  row('66 0F C6', 'shufpd', 'V W Ib', shuffle('doubles')),
  row('66 0F 73 /3', 'psrldq', 'U Ib', { kind: 'shiftBytes', isLeft: false }),
  row('66 0F 73 /7', 'pslldq', 'U Ib', { kind: 'shiftBytes', isLeft: true }),
];

const CONVERSIONS: readonly SimdRow[] = [
  row('NP 0F 2A', 'cvtpi2ps', 'V Q', convert('mmxToSingles')),
  row('66 0F 2A', 'cvtpi2pd', 'V Q', convert('mmxToDoubles')),
  row('F3 0F 2A', 'cvtsi2ss', 'V Ed', convert('generalToSingle')),
  row('F2 0F 2A', 'cvtsi2sd', 'V Ed', convert('generalToDouble')),
  row('NP 0F 2C', 'cvttps2pi', 'P W', convert('singlesToMmx', true)),
  row('66 0F 2C', 'cvttpd2pi', 'P W', convert('doublesToMmx', true)),
  row('F3 0F 2C', 'cvttss2si', 'Gd W', convert('singleToGeneral', true)),
  row('F2 0F 2C', 'cvttsd2si', 'Gd W', convert('doubleToGeneral', true)),
  row('NP 0F 2D', 'cvtps2pi', 'P W', convert('singlesToMmx')),
  row('66 0F 2D', 'cvtpd2pi', 'P W', convert('doublesToMmx')),
  row('F3 0F 2D', 'cvtss2si', 'Gd W', convert('singleToGeneral')),
  row('F2 0F 2D', 'cvtsd2si', 'Gd W', convert('doubleToGeneral')),
  row('NP 0F 5A', 'cvtps2pd', 'V W', convert('singlesToDoubles')),
  row('66 0F 5A', 'cvtpd2ps', 'V W', convert('doublesToSingles')),
  row('F3 0F 5A', 'cvtss2sd', 'V W', convert('singleToDouble')),
  row('F2 0F 5A', 'cvtsd2ss', 'V W', convert('doubleToSingle')),
  row('NP 0F 5B', 'cvtdq2ps', 'V W', convert('int32ToSingles')),
  row('66 0F 5B', 'cvtps2dq', 'V W', convert('singlesToInt32')),
  row('F3 0F 5B', 'cvttps2dq', 'V W', convert('singlesToInt32', true)),
  row('66 0F E6', 'cvttpd2dq', 'V W', convert('doublesToInt32', true)),
  row('F3 0F E6', 'cvtdq2pd', 'V W', convert('int32ToDoubles')),
  row('F2 0F E6', 'cvtpd2dq', 'V W', convert('doublesToInt32')),
];

const ORDERS: readonly SimdRow[] = [
  row('NP 0F 2E', 'ucomiss', 'V W', { kind: 'order', width: 'single', isOrdered: false }),
  row('66 0F 2E', 'ucomisd', 'V W', { kind: 'order', width: 'double', isOrdered: false }),
  row('NP 0F 2F', 'comiss', 'V W', { kind: 'order', width: 'single', isOrdered: true }),
  row('66 0F 2F', 'comisd', 'V W', { kind: 'order', width: 'double', isOrdered: true }),
  row('NP 0F 52', 'rsqrtps', 'V W', { kind: 'approximate', function: 'reciprocalRoot', isScalar: false }),
  row('F3 0F 52', 'rsqrtss', 'V W', { kind: 'approximate', function: 'reciprocalRoot', isScalar: true }),
  row('NP 0F 53', 'rcpps', 'V W', { kind: 'approximate', function: 'reciprocal', isScalar: false }),
  row('F3 0F 53', 'rcpss', 'V W', { kind: 'approximate', function: 'reciprocal', isScalar: true }),
];

const CONTROLS: readonly SimdRow[] = [
  row('NP 0F 77', 'emms', '', control('emptyMmx')),
  row('NP 0F AE /0', 'fxsave', 'M', control('save')),
  row('NP 0F AE /1', 'fxrstor', 'M', control('restore')),
  row('NP 0F AE /2', 'ldmxcsr', 'Md', control('loadMxcsr')),
  row('NP 0F AE /3', 'stmxcsr', 'Md', control('storeMxcsr')),
  row('NP 0F AE /7', 'clflush', 'M', control('nothing')),
  row('NP 0F AE E8+i', 'lfence', '', control('nothing')),
  row('NP 0F AE F0+i', 'mfence', '', control('nothing')),
  row('NP 0F AE F8+i', 'sfence', '', control('nothing')),
];

/** SSE3, but for FISTTP, which is the x87's. */
const SSE3: readonly SimdRow[] = [
  ...pairs('D0', 'addsub', 'subtractAdd'),
  ...pairs('7C', 'hadd', 'horizontalAdd'),
  ...pairs('7D', 'hsub', 'horizontalSubtract'),
  row('F3 0F 12', 'movsldup', 'V W', move('loadEvenSingles')),
  row('F3 0F 16', 'movshdup', 'V W', move('loadOddSingles')),
  row('F2 0F 12', 'movddup', 'V W', move('loadDoubleTwice')),
  row('F2 0F F0', 'lddqu', 'V M', move('loadUnaligned')),
];

/** Every MMX and SSE instruction; its number in this list is what its micro-op carries. */
export const SIMD_ROWS: readonly SimdRow[] = [
  ...integerRows(),
  ...shiftRows(),
  ...floatRows(),
  ...logicRows(),
  ...MOVES,
  ...REARRANGEMENTS,
  ...CONVERSIONS,
  ...ORDERS,
  ...CONTROLS,
  ...SSE3,
];
