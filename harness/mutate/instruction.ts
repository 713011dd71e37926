import { decode, type Insn } from '../../emulator/index.ts';

const PREFIXES: ReadonlySet<number> = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]);
const ESCAPE = 0x0f;

/** A number within an instruction: `at` bytes from its start, little-endian. */
export interface Immediate {
  readonly at: number;
  readonly sizeBytes: 1 | 2 | 4;
}

/** An instruction of 32-bit code with the places of its parts, in bytes from its start. */
export interface Instruction {
  readonly linear: number;
  readonly bytes: Uint8Array;
  readonly insn: Insn;
  readonly opcodeAt: number; // of the last opcode byte
  readonly modrmAt: number; // where ModRM is, if there is one
  readonly immediates: readonly Immediate[]; // of constants, not of jump targets
}

/** The instruction at the start of `bytes`, which lies at `linear`; undefined where there is none. */
export function instructionAt(bytes: Uint8Array, linear: number): Instruction | undefined {
  const insn = decode(bytes, bytes.length, true);
  if (typeof insn === 'string') return undefined;
  let opcodeAt = 0;
  while (PREFIXES.has(bytes[opcodeAt])) opcodeAt++;
  if (bytes[opcodeAt] === ESCAPE) opcodeAt++;
  const own = bytes.slice(0, insn.length);
  return { linear, bytes: own, insn, opcodeAt, modrmAt: opcodeAt + 1, immediates: immediatesOf(insn) };
}

/** Immediates are an instruction's last bytes, in the order of its operands (SDM vol. 2, 2.1). */
function immediatesOf(insn: Insn): readonly Immediate[] {
  const { encoding, shape } = insn.form;
  const tokens = encoding.operands.split(' ').filter((token) => token[0] === 'I');
  const found: Immediate[] = [];
  let end = insn.length;
  for (const token of tokens.reverse()) {
    const sizeBytes = token.startsWith('Ib') ? 1 : token === 'Iw' ? 2 : shape.operandBytes;
    end -= sizeBytes;
    found.unshift({ at: end, sizeBytes });
  }
  return found;
}
