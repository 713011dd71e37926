import { decode } from '../../emulator/index.ts';
import type { RegisterValues } from '../../traces/index.ts';

/** Bytes of memory by linear address. */
export interface Location {
  readonly what: string; // "the memory operand"
  readonly linear: number;
  readonly sizeBytes: number;
}

const GENERAL = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const;
const FROM_STACK = /^(pop|ret|iret|leave)/;
const FROM_ESI = /^(movs|lods|cmps|outs)/;
const FROM_EDI = /^(cmps|scas)/;
const PROTECTION = 1; // CR0.PE

/**
 * Memory that an instruction reads, as far as its encoding tells: its operand, the stack, the strings. In protected mode
 * segments are taken to begin at 0, as those of small kernels do; a trace doesn't hold their bases.
 */
export function readLocations(bytes: Uint8Array, registers: RegisterValues, is32: boolean): readonly Location[] {
  const insn = decode(bytes, bytes.length, is32);
  if (typeof insn === 'string') return [];
  const { shape, encoding } = insn.form;
  const wrap = (offset: number): number => (shape.addressBytes === 2 ? offset & 0xffff : offset >>> 0);
  const at = (what: string, segment: number, offset: number): Location => {
    const base = (registers.cr0 & PROTECTION) === 0 ? registers[SEGMENTS[segment] ?? 'ds'] * 16 : 0;
    return { what, linear: (base + wrap(offset)) >>> 0, sizeBytes: shape.operandBytes };
  };
  const general = (number: number): number => {
    const name = GENERAL[number];
    return name === undefined ? 0 : registers[name];
  };
  const found: Location[] = [];
  if (shape.isMemory || /\bO/.test(encoding.operands)) {
    const offset = general(insn.base) + general(insn.index) * 2 ** insn.scale + insn.disp;
    found.push(at('the memory operand', insn.segment, offset));
  }
  if (FROM_STACK.test(encoding.mnemonic)) {
    found.push(at('the stack', 2, encoding.mnemonic === 'leave' ? registers.ebp : registers.esp));
  }
  if (FROM_ESI.test(encoding.mnemonic)) found.push(at('the string at ESI', insn.segment, registers.esi));
  if (FROM_EDI.test(encoding.mnemonic)) found.push(at('the string at EDI', 0, registers.edi));
  return found;
}
