import { ENCODINGS, type Encoding } from './encodings.ts';
import { formOf } from './form.ts';
import { Insn, type InsnFields } from './insn.ts';

/** Longest instruction that a processor takes (SDM vol. 2, 2.3.11); a longer one is #GP(0). */
export const MAX_INSN_BYTES = 15;

/**
 * What decoding gives: an instruction; `short` when it goes on beyond the bytes at hand; `long` when it goes on beyond
 * MAX_INSN_BYTES; `invalid` when it has no row or may not stand in this form.
 */
export type Decoded = Insn | 'short' | 'long' | 'invalid';

/** A row with what the decoder has to know of its operands, worked out once. */
interface Plan {
  readonly encoding: Encoding;
  readonly hasModrm: boolean;
  readonly isRegisterOnly: boolean; // mod is ignored (MOV CRn)
  readonly isMemoryOnly: boolean;
  readonly isNeverMemory: boolean;
  readonly hasOffset: boolean; // O
  readonly hasFarPointer: boolean; // A
  readonly immediates: readonly string[];
}

/** Plans by ModRM: with the operand in memory by its middle bits, the others by its low six. */
interface Escape {
  readonly memory: (Plan | undefined)[];
  readonly register: (Plan | undefined)[];
}

/** Opcodes that mean something else with 66, F3 or F2, which then doesn't change sizes or repeat. */
type ByPrefix = Partial<Record<MandatoryPrefix, OneSlot>> & { readonly isByPrefix: true };
type MandatoryPrefix = 'NP' | '66' | 'F3' | 'F2';

type OneSlot = Plan | Escape | readonly (Plan | undefined)[];
type Slot = OneSlot | ByPrefix | undefined;

/** Operands that a row names outright; nothing is read for them. */
const NAMED_OUTRIGHT: ReadonlySet<string> = new Set([
  'AL',
  'CL',
  'AX',
  'DX',
  'eAX',
  'es',
  'cs',
  'ss',
  'ds',
  'fs',
  'gs',
  '1',
  'ST0',
  'STi',
]);

const ONE_BYTE: (OneSlot | undefined)[] = [];
const TWO_BYTE: Slot[] = [];
for (const encoding of ENCODINGS) enter(encoding);

/** Puts a row where the decoder finds it. An opcode is [prefix] [0F] byte [group member or ModRM]. */
function enter(encoding: Encoding): void {
  const parts = encoding.opcode.split(' ');
  const hasPrefix = parts[1] === '0F';
  const prefix = hasPrefix ? (parts.shift() as MandatoryPrefix) : undefined;
  const isTwoByte = parts[0] === '0F' && parts.length > 1 && !parts[1].startsWith('/');
  const [text, member] = isTwoByte ? parts.slice(1) : parts;
  const byte = Number.parseInt(text, 16);
  const plan = planOf(encoding, member !== undefined);
  if (text.endsWith('+r')) {
    const table = isTwoByte ? TWO_BYTE : ONE_BYTE;
    for (let i = 0; i < 8; i++) table[byte + i] = plan;
  } else if (prefix !== undefined) {
    const slot = prefixSlot(byte);
    slot[prefix] = withMember(slot[prefix], plan, member, text === 'AE');
  } else if (isTwoByte) TWO_BYTE[byte] = withMember(TWO_BYTE[byte] as OneSlot | undefined, plan, member, false);
  else ONE_BYTE[byte] = withMember(ONE_BYTE[byte], plan, member, byte >= 0xd8 && byte <= 0xdf);
}

function prefixSlot(byte: number): ByPrefix {
  const slot = TWO_BYTE[byte];
  if (slot !== undefined && 'isByPrefix' in slot) return slot;
  const made: ByPrefix = { isByPrefix: true };
  TWO_BYTE[byte] = made;
  return made;
}

/** `isEscape`: members in memory and in registers have nothing to do with each other. */
function withMember(slot: OneSlot | undefined, plan: Plan, member: string | undefined, isEscape: boolean): OneSlot {
  if (member === undefined) return plan;
  if (isEscape) return withEscape(slot, plan, member);
  const members = (slot as (Plan | undefined)[] | undefined) ?? [];
  members[Number(member.slice(1))] = plan;
  return members;
}

/** '/0' has its operand in memory, 'C0+i' and 'E0' are ModRM bytes. */
function withEscape(slot: OneSlot | undefined, plan: Plan, modrm: string): Escape {
  const group: Escape = slot !== undefined && 'register' in slot ? slot : { memory: [], register: [] };
  if (modrm.startsWith('/')) group.memory[Number(modrm.slice(1))] = plan;
  else {
    const first = Number.parseInt(modrm, 16) & 0x3f;
    const count = modrm.endsWith('+i') ? 8 : 1;
    for (let i = 0; i < count; i++) group.register[first + i] = plan;
  }
  return group;
}

function planOf(encoding: Encoding, isGroup: boolean): Plan {
  const tokens = encoding.operands.split(' ').filter((token) => token !== '' && !NAMED_OUTRIGHT.has(token));
  const has = (letters: string): boolean => tokens.some((token) => letters.includes(token[0]));
  return {
    encoding,
    hasModrm: isGroup || has('EGMRSCDPQNVWU'),
    isRegisterOnly: has('R'),
    isNeverMemory: has('NU'),
    isMemoryOnly: has('M'),
    hasOffset: has('O'),
    hasFarPointer: has('A'),
    immediates: tokens.filter((token) => token[0] === 'I' || token[0] === 'J'),
  };
}

const NO_REGISTER = 8;
const SS = 2;
const DS = 3;
// 16-bit addressing (SDM vol. 2, table 2-1): BX SI DI BP by number.
const BASES_16 = [3, 3, 5, 5, 6, 7, 5, 3];
const INDEXES_16 = [6, 7, 6, 7, NO_REGISTER, NO_REGISTER, NO_REGISTER, NO_REGISTER];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Thrown within this file alone when the bytes at hand end; one for all, since making one costs a stack trace. */
const OUT_OF_BYTES = new Error('out of bytes');

/**
 * Decodes the instruction at `bytes[0..available-1]`; `is32` is the code segment's D bit.
 * The caller may hand over fewer than 15 bytes and come again with more on `short`.
 */
export function decode(bytes: Uint8Array, available: number, is32: boolean): Decoded {
  try {
    return new Decoder(bytes, Math.min(available, MAX_INSN_BYTES), is32).decode();
  } catch (error) {
    if (error !== OUT_OF_BYTES) throw error;
    return available >= MAX_INSN_BYTES ? 'long' : 'short';
  }
}

class Decoder {
  private readonly bytes: Uint8Array;
  private readonly available: number;
  private at = 0;
  private operandBytes: 2 | 4;
  private addressBytes: 2 | 4;
  private readonly defaultBytes: 2 | 4;
  private override: number | undefined;
  private repeatPrefix = 0;
  private isLocked = false;
  private opcode = 0;
  private readonly fields: Mutable<InsnFields> = {
    reg: 0,
    rm: 0,
    modrm: 0,
    segment: DS,
    base: NO_REGISTER,
    index: NO_REGISTER,
    scale: 0,
    disp: 0,
    imm: 0,
    imm2: 0,
  };

  constructor(bytes: Uint8Array, available: number, is32: boolean) {
    this.bytes = bytes;
    this.available = available;
    this.defaultBytes = is32 ? 4 : 2;
    this.operandBytes = this.defaultBytes;
    this.addressBytes = this.defaultBytes;
  }

  decode(): Insn | 'invalid' {
    const slot = this.lookUp();
    if (slot === undefined) return 'invalid';
    const plan = this.choose(slot);
    if (plan === undefined) return 'invalid';
    const isMemory = this.operandsOf(plan);
    if (isMemory === undefined) return 'invalid';
    const { encoding } = plan;
    if (this.isLocked && !(encoding.isLockable && isMemory)) return 'invalid';
    if (this.override !== undefined) this.fields.segment = this.override;
    const form = formOf(encoding, {
      operandBytes: this.operandBytes,
      addressBytes: this.addressBytes,
      isMemory,
      repeat: this.repeatOf(encoding),
    });
    return new Insn(form, this.at, this.fields);
  }

  /** A group's member, by the ModRM byte that comes next. */
  private choose(slot: Exclude<Slot, undefined>): Plan | undefined {
    if ('encoding' in slot) return slot;
    if ('isByPrefix' in slot) {
      const member = slot[this.mandatoryPrefix()];
      return member === undefined ? undefined : this.choose(member);
    }
    const modrm = this.peek();
    if (!('register' in slot)) return slot[(modrm >> 3) & 7];
    return modrm < 0xc0 ? slot.memory[(modrm >> 3) & 7] : slot.register[modrm & 0x3f];
  }

  /** F2 and F3, the last of them, go before 66. */
  private mandatoryPrefix(): MandatoryPrefix {
    if (this.repeatPrefix === 0xf3) return 'F3';
    if (this.repeatPrefix === 0xf2) return 'F2';
    return this.operandBytes === this.defaultBytes ? 'NP' : '66';
  }

  private lookUp(): Slot {
    for (;;) {
      const byte = this.byte();
      if (!this.isPrefix(byte)) {
        this.opcode = byte;
        break;
      }
    }
    if (this.opcode !== 0x0f) return ONE_BYTE[this.opcode];
    this.opcode = this.byte();
    return TWO_BYTE[this.opcode];
  }

  private isPrefix(byte: number): boolean {
    switch (byte) {
      case 0x26:
      case 0x2e:
      case 0x36:
      case 0x3e:
        this.override = (byte >> 3) & 3;
        return true;
      case 0x64:
      case 0x65:
        this.override = byte - 0x60;
        return true;
      case 0x66:
        this.operandBytes = this.defaultBytes === 4 ? 2 : 4;
        return true;
      case 0x67:
        this.addressBytes = this.defaultBytes === 4 ? 2 : 4;
        return true;
      case 0xf0:
        this.isLocked = true;
        return true;
      case 0xf2:
      case 0xf3:
        this.repeatPrefix = byte;
        return true;
      default:
        return false;
    }
  }

  private repeatOf(encoding: Encoding): 'none' | 'repe' | 'repne' {
    if (this.repeatPrefix === 0 || encoding.repeats === undefined) return 'none';
    return encoding.repeats === 'repe' && this.repeatPrefix === 0xf2 ? 'repne' : 'repe';
  }

  /** Reads ModRM, displacement and immediates. Gives whether the operand is in memory; undefined if that is illegal. */
  private operandsOf(plan: Plan): boolean | undefined {
    let isMemory = plan.hasOffset;
    if (plan.hasModrm) {
      isMemory = this.modrm(plan.isRegisterOnly, plan.encoding.popsFirst === true);
      if (isMemory ? plan.isNeverMemory : plan.isMemoryOnly) return undefined;
    } else {
      this.fields.reg = this.opcode & 7;
    }
    if (plan.hasOffset) this.offsetOperand();
    if (plan.hasFarPointer) this.farPointer();
    plan.immediates.forEach((token, position) => {
      this.immediate(token, position);
    });
    return isMemory;
  }

  /** Returns whether the operand is in memory. */
  private modrm(isRegisterOnly: boolean, popsFirst: boolean): boolean {
    const modrm = this.byte();
    const mod = modrm >> 6;
    const rm = modrm & 7;
    this.fields.reg = (modrm >> 3) & 7;
    this.fields.modrm = modrm;
    if (mod === 3 || isRegisterOnly) {
      this.fields.rm = rm;
      return false;
    }
    if (this.addressBytes === 2) this.address16(mod, rm);
    else this.address32(mod, rm, popsFirst);
    return true;
  }

  private address16(mod: number, rm: number): void {
    const { fields } = this;
    if (mod === 0 && rm === 6) {
      fields.disp = this.word();
      return;
    }
    fields.base = BASES_16[rm];
    fields.index = INDEXES_16[rm];
    if (fields.base === 5) fields.segment = SS;
    if (mod === 1) fields.disp = this.signedByte();
    else if (mod === 2) fields.disp = this.signedWord();
  }

  private address32(mod: number, rm: number, popsFirst: boolean): void {
    const { fields } = this;
    let base = rm;
    if (rm === 4) {
      const sib = this.byte();
      base = sib & 7;
      const index = (sib >> 3) & 7;
      if (index !== 4) {
        fields.index = index;
        fields.scale = sib >> 6;
      }
    }
    if (mod === 0 && base === 5) {
      fields.disp = this.dword();
      return;
    }
    fields.base = base;
    if (base === 4 || base === 5) fields.segment = SS;
    if (mod === 1) fields.disp = this.signedByte();
    else if (mod === 2) fields.disp = this.dword();
    if (popsFirst && base === 4) fields.disp = (fields.disp + this.operandBytes) | 0;
  }

  private offsetOperand(): void {
    this.fields.disp = this.addressBytes === 4 ? this.dword() : this.word();
  }

  private farPointer(): void {
    this.fields.imm = this.operandBytes === 4 ? this.dword() : this.word();
    this.fields.imm2 = this.word();
  }

  private immediate(token: string, position: number): void {
    const value = this.immediateValue(token);
    if (position === 0) this.fields.imm = value;
    else this.fields.imm2 = value;
  }

  private immediateValue(token: string): number {
    switch (token) {
      case 'Ib':
        return this.byte();
      case 'Ibs':
      case 'Jb':
        return this.signedByte();
      case 'Iw':
        return this.word();
      case 'Jv':
        return this.operandBytes === 4 ? this.dword() : this.signedWord();
      default:
        return this.operandBytes === 4 ? this.dword() : this.word();
    }
  }

  private peek(): number {
    if (this.at >= this.available) throw OUT_OF_BYTES;
    return this.bytes[this.at];
  }

  private byte(): number {
    const value = this.peek();
    this.at++;
    return value;
  }

  private signedByte(): number {
    return (this.byte() << 24) >> 24;
  }

  private word(): number {
    const low = this.byte();
    return low | (this.byte() << 8);
  }

  private signedWord(): number {
    return (this.word() << 16) >> 16;
  }

  private dword(): number {
    const low = this.word();
    return low | (this.word() << 16);
  }
}
