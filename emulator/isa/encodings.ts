import type { Semantics } from './lift.ts';
import * as alu from './semantics/alu.ts';
import * as bcd from './semantics/bcd.ts';
import * as bit from './semantics/bit.ts';
import * as branch from './semantics/branch.ts';
import * as move from './semantics/move.ts';
import * as segment from './semantics/segment.ts';
import * as shift from './semantics/shift.ts';
import { simd } from './semantics/simd.ts';
import * as stack from './semantics/stack.ts';
import * as string from './semantics/string.ts';
import * as system from './semantics/system.ts';
import { x87 } from './semantics/x87.ts';
import { SIMD_ROWS } from './simd-rows.ts';
import { X87_ROWS } from './x87-rows.ts';

/** Properties of a row that its operands don't tell. */
export interface RowTraits {
  readonly isLockable?: true; // LOCK is legal when the destination is in memory
  readonly repeats?: 'rep' | 'repe'; // F2/F3 repeat it; `repe`: they also test ZF
  readonly popsFirst?: true; // an address by ESP uses its value after the pop
}

/** One row of the instruction table: the manual's opcode and operands, the mnemonic, the meaning. */
export interface Encoding extends RowTraits {
  readonly opcode: string; // '00', '0F AF', '80 /3', '40+r'; for the x87 'D8 C0+i', 'D9 E0'; '66 0F 58' with its prefix
  readonly mnemonic: string; // a trailing * stands for the operand size (movs* -> movsd)
  readonly operands: string; // see operand.ts
  readonly semantics: Semantics;
}

const LOCKABLE: RowTraits = { isLockable: true };

function row(
  opcode: string,
  mnemonic: string,
  operands: string,
  semantics: Semantics,
  traits: RowTraits = {},
): Encoding {
  return { opcode, mnemonic, operands, semantics, ...traits };
}

function hexByte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}

const CONDITIONS = ['o', 'no', 'c', 'nc', 'z', 'nz', 'na', 'a', 's', 'ns', 'pe', 'po', 'l', 'nl', 'ng', 'g'];

/** The eight operations of 00-3F and of group 1. */
const ARITHMETIC: readonly (readonly [string, Semantics])[] = [
  ['add', alu.add],
  ['or', alu.or],
  ['adc', alu.adc],
  ['sbb', alu.sbb],
  ['and', alu.and],
  ['sub', alu.sub],
  ['xor', alu.xor],
  ['cmp', alu.cmp],
];

function arithmeticRows(): Encoding[] {
  return ARITHMETIC.flatMap(([name, semantics], index) => {
    const first = index * 8;
    const traits = name === 'cmp' ? {} : LOCKABLE;
    return [
      row(hexByte(first), name, 'Eb Gb', semantics, traits),
      row(hexByte(first + 1), name, 'Ev Gv', semantics, traits),
      row(hexByte(first + 2), name, 'Gb Eb', semantics),
      row(hexByte(first + 3), name, 'Gv Ev', semantics),
      row(hexByte(first + 4), name, 'AL Ib', semantics),
      row(hexByte(first + 5), name, 'eAX Iv', semantics),
      row(`80 /${index}`, name, 'Eb Ib', semantics, traits),
      row(`81 /${index}`, name, 'Ev Iv', semantics, traits),
      row(`82 /${index}`, name, 'Eb Ib', semantics, traits), // an alias of 80
      row(`83 /${index}`, name, 'Ev Ibs', semantics, traits),
    ];
  });
}

const SHIFTS: readonly (readonly [string, Semantics])[] = [
  ['rol', shift.rol],
  ['ror', shift.ror],
  ['rcl', shift.rcl],
  ['rcr', shift.rcr],
  ['shl', shift.shl],
  ['shr', shift.shr],
  ['shl', shift.shl], // /6 is an undocumented alias of /4
  ['sar', shift.sar],
];

function shiftRows(): Encoding[] {
  return SHIFTS.flatMap(([name, semantics], index) => [
    row(`C0 /${index}`, name, 'Eb Ib', semantics),
    row(`C1 /${index}`, name, 'Ev Ib', semantics),
    row(`D0 /${index}`, name, 'Eb 1', semantics),
    row(`D1 /${index}`, name, 'Ev 1', semantics),
    row(`D2 /${index}`, name, 'Eb CL', semantics),
    row(`D3 /${index}`, name, 'Ev CL', semantics),
  ]);
}

function conditionRows(): Encoding[] {
  return CONDITIONS.flatMap((name, code) => [
    row(hexByte(0x70 + code), `j${name}`, 'Jb', branch.jcc(code)),
    row(`0F ${hexByte(0x80 + code)}`, `j${name}`, 'Jv', branch.jcc(code)),
    row(`0F ${hexByte(0x90 + code)}`, `set${name}`, 'Eb', bit.setcc(code)),
    row(`0F ${hexByte(0x40 + code)}`, `cmov${name}`, 'Gv Ev', move.cmovcc(code)),
  ]);
}

function x87Rows(): Encoding[] {
  return X87_ROWS.map(({ opcode, mnemonic, operands }, index) => row(opcode, mnemonic, operands, x87(index)));
}

function simdRows(): Encoding[] {
  return SIMD_ROWS.map(({ opcode, mnemonic, operands, operation }, index) =>
    row(opcode, mnemonic, operands, simd(index, operation, operands.endsWith('Ib'))),
  );
}

const ONE_BYTE: readonly Encoding[] = [
  row('06', 'push', 'es', stack.pushSegment(0)),
  row('07', 'pop', 'es', stack.popSegment(0)),
  row('0E', 'push', 'cs', stack.pushSegment(1)),
  row('16', 'push', 'ss', stack.pushSegment(2)),
  row('17', 'pop', 'ss', stack.popSegment(2)),
  row('1E', 'push', 'ds', stack.pushSegment(3)),
  row('1F', 'pop', 'ds', stack.popSegment(3)),
  row('27', 'daa', '', bcd.daa),
  row('2F', 'das', '', bcd.das),
  row('37', 'aaa', '', bcd.aaa),
  row('3F', 'aas', '', bcd.aas),
  row('40+r', 'inc', 'Zv', alu.inc),
  row('48+r', 'dec', 'Zv', alu.dec),
  row('50+r', 'push', 'Zv', stack.push),
  row('58+r', 'pop', 'Zv', stack.pop),
  row('60', 'pusha*', '', stack.pusha),
  row('61', 'popa*', '', stack.popa),
  row('62', 'bound', 'Gv Ma', branch.bound),
  row('63', 'arpl', 'Ew Gw', segment.arpl),
  row('68', 'push', 'Iv', stack.push),
  row('69', 'imul', 'Gv Ev Iv', alu.imul3),
  row('6A', 'push', 'Ibs', stack.push),
  row('6B', 'imul', 'Gv Ev Ibs', alu.imul3),
  row('6C', 'insb', '', string.ins('byte'), { repeats: 'rep' }),
  row('6D', 'ins*', '', string.ins('operand'), { repeats: 'rep' }),
  row('6E', 'outsb', '', string.outs('byte'), { repeats: 'rep' }),
  row('6F', 'outs*', '', string.outs('operand'), { repeats: 'rep' }),
  row('84', 'test', 'Eb Gb', alu.test),
  row('85', 'test', 'Ev Gv', alu.test),
  row('86', 'xchg', 'Eb Gb', move.xchg, LOCKABLE),
  row('87', 'xchg', 'Ev Gv', move.xchg, LOCKABLE),
  row('88', 'mov', 'Eb Gb', move.mov),
  row('89', 'mov', 'Ev Gv', move.mov),
  row('8A', 'mov', 'Gb Eb', move.mov),
  row('8B', 'mov', 'Gv Ev', move.mov),
  ...[0, 1, 2, 3, 4, 5].map((index) => row(`8C /${index}`, 'mov', 'Ev Sw', segment.movFromSegment)),
  row('8D', 'lea', 'Gv M', move.lea),
  ...[0, 3, 4, 5].map((index) => row(`8E /${index}`, 'mov', 'Sw Ew', segment.movToSegment)),
  row('8E /2', 'mov', 'Sw Ew', segment.movToStackSegment),
  row('8F /0', 'pop', 'Ev', stack.pop, { popsFirst: true }),
  row('90+r', 'xchg', 'eAX Zv', move.xchg),
  row('98', 'cbw*', '', move.extendAccumulator),
  row('99', 'cwd*', '', move.extendIntoData),
  row('9A', 'call', 'Ap', branch.callFarDirect),
  row('9C', 'pushf*', '', stack.pushf),
  row('9D', 'popf*', '', stack.popf),
  row('9E', 'sahf', '', move.sahf),
  row('9F', 'lahf', '', move.lahf),
  row('A0', 'mov', 'AL Ob', move.mov),
  row('A1', 'mov', 'eAX Ov', move.mov),
  row('A2', 'mov', 'Ob AL', move.mov),
  row('A3', 'mov', 'Ov eAX', move.mov),
  row('A4', 'movsb', '', string.movs('byte'), { repeats: 'rep' }),
  row('A5', 'movs*', '', string.movs('operand'), { repeats: 'rep' }),
  row('A6', 'cmpsb', '', string.cmps('byte'), { repeats: 'repe' }),
  row('A7', 'cmps*', '', string.cmps('operand'), { repeats: 'repe' }),
  row('A8', 'test', 'AL Ib', alu.test),
  row('A9', 'test', 'eAX Iv', alu.test),
  row('AA', 'stosb', '', string.stos('byte'), { repeats: 'rep' }),
  row('AB', 'stos*', '', string.stos('operand'), { repeats: 'rep' }),
  row('AC', 'lodsb', '', string.lods('byte'), { repeats: 'rep' }),
  row('AD', 'lods*', '', string.lods('operand'), { repeats: 'rep' }),
  row('AE', 'scasb', '', string.scas('byte'), { repeats: 'repe' }),
  row('AF', 'scas*', '', string.scas('operand'), { repeats: 'repe' }),
  row('B0+r', 'mov', 'Zb Ib', move.mov),
  row('B8+r', 'mov', 'Zv Iv', move.mov),
  row('C2', 'ret', 'Iw', branch.retRelease),
  row('C3', 'ret', '', branch.ret),
  row('C4', 'les', 'Gv Mp', segment.loadPointer(0)),
  row('C5', 'lds', 'Gv Mp', segment.loadPointer(3)),
  row('C6 /0', 'mov', 'Eb Ib', move.mov),
  row('C7 /0', 'mov', 'Ev Iv', move.mov),
  row('C8', 'enter', 'Iw Ib', stack.enter),
  row('C9', 'leave', '', stack.leave),
  row('CA', 'retf', 'Iw', branch.retFarRelease),
  row('CB', 'retf', '', branch.retFar),
  row('CC', 'int3', '', branch.int3),
  row('CD', 'int', 'Ib', branch.int),
  row('CE', 'into', '', branch.into),
  row('CF', 'iret*', '', branch.iret),
  row('D4', 'aam', 'Ib', bcd.aam),
  row('D5', 'aad', 'Ib', bcd.aad),
  row('D6', 'salc', '', move.salc),
  row('D7', 'xlatb', '', move.xlat),
  row('E0', 'loopne', 'Jb', branch.loop('clear')),
  row('E1', 'loope', 'Jb', branch.loop('set')),
  row('E2', 'loop', 'Jb', branch.loop('any')),
  row('E3', 'jecxz', 'Jb', branch.jcxz),
  row('E4', 'in', 'AL Ib', system.inPort('immediate')),
  row('E5', 'in', 'eAX Ib', system.inPort('immediate')),
  row('E6', 'out', 'Ib AL', system.outPort('immediate', 'byte')),
  row('E7', 'out', 'Ib eAX', system.outPort('immediate', 'operand')),
  row('E8', 'call', 'Jv', branch.callRelative),
  row('E9', 'jmp', 'Jv', branch.jmpRelative),
  row('EA', 'jmp', 'Ap', branch.jmpFarDirect),
  row('EB', 'jmp', 'Jb', branch.jmpRelative),
  row('EC', 'in', 'AL DX', system.inPort('dx')),
  row('ED', 'in', 'eAX DX', system.inPort('dx')),
  row('EE', 'out', 'DX AL', system.outPort('dx', 'byte')),
  row('EF', 'out', 'DX eAX', system.outPort('dx', 'operand')),
  row('F1', 'icebp', '', branch.icebp),
  row('F4', 'hlt', '', system.hlt),
  row('F5', 'cmc', '', system.cmc),
  row('F6 /0', 'test', 'Eb Ib', alu.test),
  row('F6 /1', 'test', 'Eb Ib', alu.test), // an undocumented alias of /0
  row('F6 /2', 'not', 'Eb', alu.not, LOCKABLE),
  row('F6 /3', 'neg', 'Eb', alu.neg, LOCKABLE),
  row('F6 /4', 'mul', 'Eb', alu.mul),
  row('F6 /5', 'imul', 'Eb', alu.imulAccumulator),
  row('F6 /6', 'div', 'Eb', alu.div),
  row('F6 /7', 'idiv', 'Eb', alu.idiv),
  row('F7 /0', 'test', 'Ev Iv', alu.test),
  row('F7 /1', 'test', 'Ev Iv', alu.test),
  row('F7 /2', 'not', 'Ev', alu.not, LOCKABLE),
  row('F7 /3', 'neg', 'Ev', alu.neg, LOCKABLE),
  row('F7 /4', 'mul', 'Ev', alu.mul),
  row('F7 /5', 'imul', 'Ev', alu.imulAccumulator),
  row('F7 /6', 'div', 'Ev', alu.div),
  row('F7 /7', 'idiv', 'Ev', alu.idiv),
  row('F8', 'clc', '', system.clc),
  row('F9', 'stc', '', system.stc),
  row('FA', 'cli', '', system.cli),
  row('FB', 'sti', '', system.sti),
  row('FC', 'cld', '', system.cld),
  row('FD', 'std', '', system.std),
  row('FE /0', 'inc', 'Eb', alu.inc, LOCKABLE),
  row('FE /1', 'dec', 'Eb', alu.dec, LOCKABLE),
  row('FF /0', 'inc', 'Ev', alu.inc, LOCKABLE),
  row('FF /1', 'dec', 'Ev', alu.dec, LOCKABLE),
  row('FF /2', 'call', 'Ev', branch.callIndirect),
  row('FF /3', 'call far', 'Mp', branch.callFarIndirect),
  row('FF /4', 'jmp', 'Ev', branch.jmpIndirect),
  row('FF /5', 'jmp far', 'Mp', branch.jmpFarIndirect),
  row('FF /6', 'push', 'Ev', stack.push),
];

const TWO_BYTE: readonly Encoding[] = [
  row('0F 00 /0', 'sldt', 'Ev', segment.sldt),
  row('0F 00 /1', 'str', 'Ev', segment.str),
  row('0F 00 /2', 'lldt', 'Ew', segment.lldt),
  row('0F 00 /3', 'ltr', 'Ew', segment.ltr),
  row('0F 00 /4', 'verr', 'Ew', segment.verr),
  row('0F 00 /5', 'verw', 'Ew', segment.verw),
  row('0F 01 /0', 'sgdt', 'M', system.sgdt),
  row('0F 01 /1', 'sidt', 'M', system.sidt),
  row('0F 01 /2', 'lgdt', 'M', system.lgdt),
  row('0F 01 /3', 'lidt', 'M', system.lidt),
  row('0F 01 /4', 'smsw', 'Ev', system.smsw),
  row('0F 01 /6', 'lmsw', 'Ew', system.lmsw),
  row('0F 01 /7', 'invlpg', 'Mb', system.invlpg), // 486
  row('0F 02', 'lar', 'Gv Ew', segment.lar),
  row('0F 03', 'lsl', 'Gv Ew', segment.lsl),
  row('0F 06', 'clts', '', system.clts),
  row('0F 08', 'invd', '', system.cacheControl), // 486
  row('0F 09', 'wbinvd', '', system.cacheControl), // 486
  row('0F 0B', 'ud2', '', system.undefinedOpcode),
  // Hints, which an older processor runs as NOPs: 0F 18 to 0F 1F with any operand, which isn't touched (P6).
  ...['prefetchnta', 'prefetcht0', 'prefetcht1', 'prefetcht2'].map((name, index) =>
    row(`0F 18 /${index}`, name, 'E', system.nop),
  ),
  ...[4, 5, 6, 7].map((index) => row(`0F 18 /${index}`, 'nop', 'Ev', system.nop)),
  ...[0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f].map((byte) => row(`0F ${hexByte(byte)}`, 'nop', 'Ev', system.nop)),
  row('0F 20', 'mov', 'Rd Cd', system.movFromControl),
  row('0F 21', 'mov', 'Rd Dd', system.movFromDebug),
  row('0F 22', 'mov', 'Cd Rd', system.movToControl),
  row('0F 23', 'mov', 'Dd Rd', system.movToDebug),
  row('0F 30', 'wrmsr', '', system.wrmsr), // Pentium
  row('0F 31', 'rdtsc', '', system.rdtsc), // Pentium
  row('0F 32', 'rdmsr', '', system.rdmsr), // Pentium
  row('0F 34', 'sysenter', '', system.sysenter), // Pentium II
  row('0F 35', 'sysexit', '', system.sysexit), // Pentium II
  row('0F 3F', 'firmware', 'Ib', system.firmware), // gilt's own
  row('0F A0', 'push', 'fs', stack.pushSegment(4)),
  row('0F A1', 'pop', 'fs', stack.popSegment(4)),
  row('0F A2', 'cpuid', '', system.cpuid), // 486
  row('0F A3', 'bt', 'Ev Gv', bit.bt),
  row('0F A4', 'shld', 'Ev Gv Ib', shift.shld),
  row('0F A5', 'shld', 'Ev Gv CL', shift.shld),
  row('0F A8', 'push', 'gs', stack.pushSegment(5)),
  row('0F A9', 'pop', 'gs', stack.popSegment(5)),
  row('0F AB', 'bts', 'Ev Gv', bit.bts, LOCKABLE),
  row('0F AC', 'shrd', 'Ev Gv Ib', shift.shrd),
  row('0F AD', 'shrd', 'Ev Gv CL', shift.shrd),
  row('0F AF', 'imul', 'Gv Ev', alu.imul2),
  row('0F B0', 'cmpxchg', 'Eb Gb', move.cmpxchg, LOCKABLE), // 486
  row('0F B1', 'cmpxchg', 'Ev Gv', move.cmpxchg, LOCKABLE), // 486
  row('0F B2', 'lss', 'Gv Mp', segment.loadPointer(2)),
  row('0F B3', 'btr', 'Ev Gv', bit.btr, LOCKABLE),
  row('0F B4', 'lfs', 'Gv Mp', segment.loadPointer(4)),
  row('0F B5', 'lgs', 'Gv Mp', segment.loadPointer(5)),
  row('0F B6', 'movzx', 'Gv Eb', move.movzx),
  row('0F B7', 'movzx', 'Gv Ew', move.movzx),
  row('0F B9', 'ud1', 'Gv Ev', system.undefinedOpcode),
  row('0F BA /4', 'bt', 'Ev Ib', bit.bt),
  row('0F BA /5', 'bts', 'Ev Ib', bit.bts, LOCKABLE),
  row('0F BA /6', 'btr', 'Ev Ib', bit.btr, LOCKABLE),
  row('0F BA /7', 'btc', 'Ev Ib', bit.btc, LOCKABLE),
  row('0F BB', 'btc', 'Ev Gv', bit.btc, LOCKABLE),
  row('0F BC', 'bsf', 'Gv Ev', bit.bsf),
  row('0F BD', 'bsr', 'Gv Ev', bit.bsr),
  row('0F BE', 'movsx', 'Gv Eb', move.movsx),
  row('0F BF', 'movsx', 'Gv Ew', move.movsx),
  row('0F C0', 'xadd', 'Eb Gb', move.xadd, LOCKABLE), // 486
  row('0F C1', 'xadd', 'Ev Gv', move.xadd, LOCKABLE), // 486
  row('0F C7 /1', 'cmpxchg8b', 'M', move.cmpxchg8b, LOCKABLE), // Pentium
  row('0F C8+r', 'bswap', 'Zv', bit.bswap), // 486
];

/** The whole instruction set. What has no row is an invalid opcode. */
export const ENCODINGS: readonly Encoding[] = [
  ...arithmeticRows(),
  ...shiftRows(),
  ...conditionRows(),
  ...x87Rows(),
  ...simdRows(),
  ...ONE_BYTE,
  ...TWO_BYTE,
];
