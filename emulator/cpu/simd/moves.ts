import type { Move, SimdBank } from '../../isa/simd-operation.ts';
import type { Cpu } from '../cpu.ts';
import type { Simd } from './simd.ts';

type Mover = (cpu: Cpu, simd: Simd, bank: SimdBank) => void;

function load(isAligned: boolean): Mover {
  return (_, simd, bank) => {
    if (simd.readSource(bank, bank === 'xmm' ? 16 : 8, isAligned)) simd.write(bank, simd.reg, simd.b);
  };
}

function store(isAligned: boolean): Mover {
  return (_, simd, bank) => {
    simd.read(bank, simd.reg, simd.a);
    if (!simd.isMemory) simd.write(bank, simd.rm, simd.a);
    else simd.writeMemory(simd.a, bank === 'xmm' ? 16 : 8, isAligned);
  };
}

/** MOVSS, MOVSD to a register: the rest is cleared when the source is memory, and stays when it is a register. */
function loadScalar(words: 1 | 2): Mover {
  return (_, simd) => {
    const { b } = simd;
    if (!simd.isMemory) {
      simd.read('xmm', simd.rm, b);
      simd.write('xmm', simd.reg, b, words);
      return;
    }
    b.fill(0);
    if (simd.readMemory(b, 4 * words, false)) simd.write('xmm', simd.reg, b);
  };
}

function storeScalar(words: 1 | 2): Mover {
  return (_, simd) => {
    simd.read('xmm', simd.reg, simd.a);
    if (simd.isMemory) simd.writeMemory(simd.a, 4 * words, false);
    else simd.write('xmm', simd.rm, simd.a, words);
  };
}

/** Half a register from memory, or from the other half of a register (MOVHLPS, MOVLHPS). */
function loadHalf(first: 0 | 2): Mover {
  return (_, simd) => {
    const { b } = simd;
    if (!simd.readSource('xmm', 8)) return;
    const from = simd.isMemory ? 0 : 2 - first;
    simd.write('xmm', simd.reg, b.subarray(from, from + 2), 2, first);
  };
}

function storeHalf(first: 0 | 2): Mover {
  return (_, simd) => {
    simd.read('xmm', simd.reg, simd.a);
    simd.writeMemory(simd.a, 8, false, first);
  };
}

/** MOVQ between XMM registers or from memory: the upper half is cleared. */
const loadQuad: Mover = (_, simd) => {
  if (!simd.readSource('xmm', 8)) return;
  simd.b.fill(0, 2);
  simd.write('xmm', simd.reg, simd.b);
};

/** MOVSLDUP, MOVSHDUP: the even or the odd elements, each twice. */
function loadTwice(first: 0 | 1): Mover {
  return (_, simd) => {
    const { b, out } = simd;
    if (!simd.readSource('xmm', 16, true)) return;
    for (let i = 0; i < 4; i++) out[i] = b[(i & 2) + first];
    simd.write('xmm', simd.reg, out);
  };
}

const loadDoubleTwice: Mover = (_, simd) => {
  const { b } = simd;
  if (!simd.readSource('xmm', 8)) return;
  b.copyWithin(2, 0, 2);
  simd.write('xmm', simd.reg, b);
};

const storeQuad: Mover = (_, simd) => {
  const { a } = simd;
  simd.read('xmm', simd.reg, a);
  if (simd.isMemory) {
    simd.writeMemory(a, 8, false);
    return;
  }
  a.fill(0, 2);
  simd.write('xmm', simd.rm, a);
};

const fromGeneral: Mover = (cpu, simd, bank) => {
  const { b } = simd;
  b.fill(0);
  if (!simd.isMemory) b[0] = cpu.s[simd.rm];
  else if (!simd.readMemory(b, 4, false)) return;
  simd.write(bank, simd.reg, b);
};

const toGeneral: Mover = (cpu, simd, bank) => {
  const { a } = simd;
  simd.read(bank, simd.reg, a);
  if (simd.isMemory) simd.writeMemory(a, 4, false);
  else cpu.s[simd.rm] = a[0];
};

const mmxToXmm: Mover = (_, simd) => {
  const { b } = simd;
  b.fill(0);
  simd.read('mmx', simd.rm, b);
  simd.write('xmm', simd.reg, b);
};

const xmmToMmx: Mover = (_, simd) => {
  simd.read('xmm', simd.rm, simd.b);
  simd.write('mmx', simd.reg, simd.b);
};

const storeGeneral: Mover = (cpu, simd) => {
  simd.a[0] = cpu.s[simd.reg];
  simd.writeMemory(simd.a, 4, false);
};

/** MASKMOVQ, MASKMOVDQU: bytes whose mask has its top bit set, each a write of its own. What isn't written can't fault. */
const storeMasked: Mover = ({ access }, simd, bank) => {
  const { a, b, segment, offset } = simd;
  simd.read(bank, simd.reg, a);
  simd.read(bank, simd.rm, b);
  const chosen: number[] = [];
  for (let i = 0; i < (bank === 'xmm' ? 16 : 8); i++) if (byteOf(b, i) >= 0x80) chosen.push(i);
  for (const i of chosen) if (!access.probeRange(segment, (offset + i) | 0, 1, true, 1)) return;
  for (const i of chosen) access.write(segment, (offset + i) | 0, 1, byteOf(a, i));
};

function byteOf(words: Int32Array, index: number): number {
  return (words[index >> 2] >>> (8 * (index & 3))) & 0xff;
}

const maskOfBytes: Mover = (cpu, simd, bank) => {
  simd.read(bank, simd.rm, simd.b);
  let mask = 0;
  for (let i = 0; i < (bank === 'xmm' ? 16 : 8); i++) if (byteOf(simd.b, i) >= 0x80) mask |= 1 << i;
  cpu.s[simd.reg] = mask;
};

/** The signs of the elements, whose upper words are `step` apart. */
function maskOfSigns(step: 1 | 2): Mover {
  return (cpu, simd) => {
    simd.read('xmm', simd.rm, simd.b);
    let mask = 0;
    for (let i = step - 1; i < 4; i += step) mask |= (simd.b[i] >>> 31) << ((i - step + 1) / step);
    cpu.s[simd.reg] = mask;
  };
}

const insertWord: Mover = (cpu, simd, bank) => {
  const { access } = cpu;
  const value = simd.isMemory ? access.read(simd.segment, simd.offset, 2) : cpu.s[simd.rm];
  if (cpu.isFaulted) return;
  const { a } = simd;
  simd.read(bank, simd.reg, a);
  const place = simd.immediate & (bank === 'xmm' ? 7 : 3);
  const shift = 16 * (place & 1);
  a[place >> 1] = (a[place >> 1] & ~(0xffff << shift)) | ((value & 0xffff) << shift);
  simd.write(bank, simd.reg, a);
};

const extractWord: Mover = (cpu, simd, bank) => {
  simd.read(bank, simd.rm, simd.b);
  const place = simd.immediate & (bank === 'xmm' ? 7 : 3);
  cpu.s[simd.reg] = (simd.b[place >> 1] >>> (16 * (place & 1))) & 0xffff;
};

export const MOVES: Readonly<Record<Move, Mover>> = {
  loadAligned: load(true),
  loadUnaligned: load(false),
  storeAligned: store(true),
  storeUnaligned: store(false),
  loadSingle: loadScalar(1),
  storeSingle: storeScalar(1),
  loadDouble: loadScalar(2),
  storeDouble: storeScalar(2),
  loadLow: loadHalf(0),
  loadHigh: loadHalf(2),
  storeLow: storeHalf(0),
  storeHigh: storeHalf(2),
  loadQuad,
  loadEvenSingles: loadTwice(0),
  loadOddSingles: loadTwice(1),
  loadDoubleTwice,
  storeQuad,
  loadMmx: load(false),
  storeMmx: store(false),
  fromGeneral,
  toGeneral,
  mmxToXmm,
  xmmToMmx,
  storeGeneral,
  storeMasked,
  maskOfBytes,
  maskOfSingles: maskOfSigns(1),
  maskOfDoubles: maskOfSigns(2),
  insertWord,
  extractWord,
};
