import { hex } from '../base/hex.ts';
import { decode } from './decode.ts';
import type { Insn } from './insn.ts';
import type { Size } from './micro-op.ts';

export interface Disassembled {
  readonly text: string;
  readonly length: number; // bytes; 1 for what isn't an instruction
}

const DWORDS = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const WORDS = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const BYTES = ['al', 'cl', 'dl', 'bl', 'ah', 'ch', 'dh', 'bh'];
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', '?', '?'];
/** Operands of the x87, whose mnemonics don't tell the size. */
const WIDE_NAMES: Readonly<Record<string, string>> = { Mw: 'word ', Md: 'dword ', Mq: 'qword ', Mt: 'tword ' };
const NO_REGISTER = 8;
const SEGMENT_DS = 3;
const SEGMENT_SS = 2;

/** Disassembles the instruction at the start of `bytes`, which lies at `eip`, in NASM's syntax. */
export function disassemble(bytes: Uint8Array, eip: number, is32: boolean): Disassembled {
  const insn = decode(bytes, bytes.length, is32);
  if (typeof insn === 'string') return { text: `db ${hex(bytes[0] ?? 0, 2)}`, length: 1 };
  return { text: textOf(insn, eip), length: insn.length };
}

function textOf(insn: Insn, eip: number): string {
  const { encoding, shape } = insn.form;
  const repeat = shape.repeat === 'none' ? '' : encoding.repeats === 'rep' ? 'rep ' : `${shape.repeat} `;
  if (encoding.opcode === '90+r' && insn.reg === 0) return 'nop';
  // String instructions and XLAT have no operand to carry their segment override.
  const isImplied = encoding.repeats !== undefined || encoding.mnemonic === 'xlatb';
  const override = isImplied && insn.segment !== SEGMENT_DS ? `${SEGMENTS[insn.segment]} ` : '';
  const operands = encoding.operands === '' ? [] : encoding.operands.split(' ');
  let immediates = 0;
  const texts = operands.map((token) => {
    const isImmediate = token[0] === 'I';
    return operandText(insn, token, eip, isImmediate ? immediates++ : 0);
  });
  return `${override}${repeat}${mnemonic(insn)} ${texts.join(', ')}`.trim();
}

/** Mnemonics that tell the operand size. */
const BY_SIZE: Readonly<Record<string, readonly [word: string, dword: string]>> = {
  'cbw*': ['cbw', 'cwde'],
  'cwd*': ['cwd', 'cdq'],
  'iret*': ['iret', 'iretd'],
  'pusha*': ['pusha', 'pushad'],
  'popa*': ['popa', 'popad'],
  'pushf*': ['pushf', 'pushfd'],
  'popf*': ['popf', 'popfd'],
};

/** Instructions that are called otherwise when they don't touch memory. */
const BETWEEN_REGISTERS: Readonly<Record<string, string>> = { movlps: 'movhlps', movhps: 'movlhps' };

function mnemonic(insn: Insn): string {
  const { encoding, shape } = insn.form;
  const name = encoding.mnemonic;
  const isDword = shape.operandBytes === 4;
  if (!shape.isMemory && name in BETWEEN_REGISTERS) return BETWEEN_REGISTERS[name];
  if (name === 'jecxz' && shape.addressBytes === 2) return 'jcxz';
  if (!name.endsWith('*')) return name;
  const pair = BY_SIZE[name];
  if (pair !== undefined) return pair[isDword ? 1 : 0];
  return name.slice(0, -1) + (isDword ? 'd' : 'w');
}

function operandText(insn: Insn, token: string, eip: number, immediate: number): string {
  const { shape } = insn.form;
  const size = sizeOf(token, shape.operandBytes);
  switch (token[0]) {
    case 'E':
      return shape.isMemory ? `${sizeName(token, size)}${memoryText(insn)}` : registerName(insn.rm, size);
    case 'M':
      return `${WIDE_NAMES[token] ?? ''}${memoryText(insn)}`;
    case 'O':
      return memoryText(insn);
    case 'R':
      return DWORDS[insn.rm];
    case 'G':
    case 'Z':
      return registerName(insn.reg, size);
    case 'P':
      return `mm${insn.reg}`;
    case 'V':
      return `xmm${insn.reg}`;
    case 'N':
    case 'Q':
      return shape.isMemory ? memoryText(insn) : `mm${insn.rm}`;
    case 'U':
    case 'W':
      return shape.isMemory ? memoryText(insn) : `xmm${insn.rm}`;
    case 'S':
      if (token === 'ST0') return 'st0';
      return token === 'STi' ? `st${insn.rm}` : SEGMENTS[insn.reg];
    case 'I':
      return token === 'Ibs' ? signedHex(insn.imm, '') : hex(immediate === 0 ? insn.imm : insn.imm2, 1);
    case 'J': {
      const target = eip + insn.length + insn.imm;
      return hex(shape.operandBytes === 2 ? target & 0xffff : target, 1);
    }
    default:
      return fixedText(insn, token, size);
  }
}

function fixedText(insn: Insn, token: string, size: Size): string {
  if (token === 'Ap') return `${hex(insn.imm2, 1)}:${hex(insn.imm, 1)}`;
  if (token === 'Cd') return `cr${insn.reg}`;
  if (token === 'Dd') return `dr${insn.reg}`;
  if (token === 'eAX') return registerName(0, size);
  return token.toLowerCase();
}

function sizeOf(token: string, operandBytes: 2 | 4): Size {
  if (token.endsWith('b')) return 1;
  if (token.endsWith('d')) return 4;
  return token.endsWith('w') ? 2 : operandBytes;
}

/** Far pointers and pairs have no size of their own to show. */
function sizeName(token: string, size: Size): string {
  if (token === 'E') return '';
  if (size === 4) return 'dword ';
  return size === 1 ? 'byte ' : 'word ';
}

function registerName(number: number, size: Size): string {
  if (size === 4) return DWORDS[number];
  return size === 1 ? BYTES[number] : WORDS[number];
}

function memoryText(insn: Insn): string {
  const { base, index, scale, segment } = insn;
  const { encoding, shape } = insn.form;
  // The decoder has added what a POP moves ESP by; the source text hasn't.
  const disp = encoding.popsFirst === true && base === 4 ? (insn.disp - shape.operandBytes) | 0 : insn.disp;
  const names = shape.addressBytes === 4 ? DWORDS : WORDS;
  const parts: string[] = [];
  if (base !== NO_REGISTER) parts.push(names[base]);
  if (index !== NO_REGISTER) parts.push(scale === 0 ? names[index] : `${names[index]}*${1 << scale}`);
  const usual = base === 4 || base === 5 ? SEGMENT_SS : SEGMENT_DS;
  const prefix = segment === usual ? '' : `${SEGMENTS[segment]}:`;
  if (parts.length === 0) return `[${prefix}${hex(disp, 1)}]`;
  const offset = disp === 0 ? '' : signedHex(disp, '+');
  return `[${prefix}${parts.join('+')}${offset}]`;
}

function signedHex(value: number, plus: '' | '+'): string {
  return `${value < 0 ? '-' : plus}${hex(Math.abs(value), 1)}`;
}
