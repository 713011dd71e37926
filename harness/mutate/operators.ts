import type { Immediate, Instruction } from './instruction.ts';

/** The families of changes. */
const MUTATION_KINDS = ['constant', 'condition', 'register', 'store', 'call'] as const;
export type MutationKind = (typeof MUTATION_KINDS)[number];

/** One change of an instruction; `bytes` are as many as the instruction has. */
export interface Change {
  readonly kind: MutationKind;
  readonly bytes: Uint8Array;
}

const ESP = 4;
const NOP = 0x90;
const JMP_SHORT = 0xeb;
const JMP_NEAR = 0xe9;
const MODRM_REGISTER = 0xc0; // mod = 3
const SYMMETRIC: ReadonlySet<string> = new Set(['test', 'xchg']);
// These store as part of something else, without which the stack is off.
const STACK_STORES: ReadonlySet<string> = new Set(['push', 'call', 'call far', 'pop']);
const STRING_STORES: ReadonlySet<string> = new Set(['movs*', 'movsb', 'stos*', 'stosb', 'ins*', 'insb']);

/** Every small change of an instruction, in a fixed order, without those that give the same bytes. */
export function changesOf(instruction: Instruction): readonly Change[] {
  const changes = [
    ...constants(instruction),
    ...conditions(instruction),
    ...registers(instruction),
    ...stores(instruction),
    ...calls(instruction),
  ];
  const seen = new Set([text(instruction.bytes)]);
  return changes.filter(({ bytes }) => !seen.has(text(bytes)) && seen.add(text(bytes)));
}

function text(bytes: Uint8Array): string {
  return bytes.join(' ');
}

/**
 * Each immediate: one more, one less, 0, negated. What the compiler adds to ESP around calls is no constant of anybody's:
 * where a frame pointer restores the stack, changing it changes nothing.
 */
function constants(instruction: Instruction): readonly Change[] {
  if (movesStackPointer(instruction)) return [];
  return instruction.immediates.flatMap((immediate) => {
    const value = read(instruction.bytes, immediate);
    return [value + 1, value - 1, 0, -value].map((changed) => ({
      kind: 'constant' as const,
      bytes: withValue(instruction.bytes, immediate, changed),
    }));
  });
}

function movesStackPointer({ insn }: Instruction): boolean {
  const { encoding, shape } = insn.form;
  return ['add', 'sub'].includes(encoding.mnemonic) && !shape.isMemory && insn.rm === ESP;
}

function read(bytes: Uint8Array, { at, sizeBytes }: Immediate): number {
  let value = 0;
  for (let i = sizeBytes - 1; i >= 0; i--) value = (value << 8) | bytes[at + i];
  return value;
}

function withValue(bytes: Uint8Array, { at, sizeBytes }: Immediate, value: number): Uint8Array {
  const changed = bytes.slice();
  for (let i = 0; i < sizeBytes; i++) changed[at + i] = value >> (8 * i);
  return changed;
}

/** Jcc: the opposite, always, never. SETcc and CMOVcc: the opposite, which is one bit of the opcode (SDM vol. 2, B.1.4.7). */
function conditions({ bytes, insn, opcodeAt }: Instruction): readonly Change[] {
  const opcode = bytes[opcodeAt];
  const isEscaped = opcodeAt > 0 && bytes[opcodeAt - 1] === 0x0f;
  const group = opcode & 0xf0;
  const opposite = { kind: 'condition' as const, bytes: replaced(bytes, opcodeAt, opcode ^ 1) };
  if (!isEscaped) {
    if (group !== 0x70) return [];
    const always = { kind: 'condition' as const, bytes: replaced(bytes, opcodeAt, JMP_SHORT) };
    return [opposite, always, { kind: 'condition', bytes: nops(insn.length) }];
  }
  if (group === 0x90 || group === 0x40) return [opposite];
  if (group !== 0x80) return [];
  // The jump has one opcode byte less; a NOP before it keeps its end, from which the target counts, where it was.
  const jump = Uint8Array.of(NOP, ...bytes.subarray(0, opcodeAt - 1), JMP_NEAR, ...bytes.subarray(opcodeAt + 1));
  return [opposite, { kind: 'condition', bytes: jump }, { kind: 'condition', bytes: nops(insn.length) }];
}

/** Two registers change places; one beside memory or in the opcode gives way to its neighbour (EAX-ECX, EDX-EBX, ...). */
function registers({ bytes, insn, opcodeAt, modrmAt }: Instruction): readonly Change[] {
  const { encoding, shape } = insn.form;
  if (encoding.opcode === '90+r') return []; // NOP, or an exchange with EAX: nobody's choice of operands
  const operands = encoding.operands.split(' ');
  if (operands.some((token) => token[0] === 'Z')) {
    return [{ kind: 'register', bytes: replaced(bytes, opcodeAt, bytes[opcodeAt] ^ 1) }];
  }
  if (!operands.some((token) => token[0] === 'G')) return [];
  const modrm = bytes[modrmAt];
  if (shape.isMemory) return [{ kind: 'register', bytes: replaced(bytes, modrmAt, modrm ^ 0x08) }];
  if (SYMMETRIC.has(encoding.mnemonic)) return [];
  const swapped = MODRM_REGISTER | ((modrm & 7) << 3) | ((modrm >> 3) & 7);
  return [{ kind: 'register', bytes: replaced(bytes, modrmAt, swapped) }];
}

/** A store to memory that doesn't happen. */
function stores({ insn }: Instruction): readonly Change[] {
  const { encoding, shape, ops } = insn.form;
  const isToMemory = shape.isMemory && !STACK_STORES.has(encoding.mnemonic) && ops.some(({ op }) => op === 'store');
  const isString = STRING_STORES.has(encoding.mnemonic);
  return isToMemory || isString ? [{ kind: 'store', bytes: nops(insn.length) }] : [];
}

/** A call that doesn't happen. */
function calls({ insn }: Instruction): readonly Change[] {
  return insn.form.encoding.mnemonic.startsWith('call') ? [{ kind: 'call', bytes: nops(insn.length) }] : [];
}

function replaced(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = byte;
  return changed;
}

function nops(length: number): Uint8Array {
  return new Uint8Array(length).fill(NOP);
}
