import { describe, expect, test } from 'vitest';
import { disassemble } from '../../../emulator/index.ts';
import { instructionAt } from '../../../harness/mutate/instruction.ts';
import { changesOf, type MutationKind } from '../../../harness/mutate/operators.ts';
import { loadInstructions } from '../../conformance/vectors.ts';

/** The changes of one instruction, disassembled; NOPs in front of another instruction are left out. */
function changes(code: readonly number[], kind: MutationKind): readonly string[] {
  const instruction = instructionAt(Uint8Array.from(code), 0x1000);
  if (instruction === undefined) throw new Error('not an instruction');
  return changesOf(instruction)
    .filter((change) => change.kind === kind)
    .map(({ bytes }) => {
      const start = bytes.every((byte) => byte === 0x90) ? 0 : bytes[0] === 0x90 ? 1 : 0;
      return disassemble(bytes.subarray(start), 0x1000 + start, true).text;
    });
}

describe('mutations of an instruction', () => {
  test('a constant becomes one more, one less, 0, and its negative', () => {
    expect(changes([0x83, 0xc0, 0x05], 'constant')).toEqual([
      'add eax, 0x6',
      'add eax, 0x4',
      'add eax, 0x0',
      'add eax, -0x5',
    ]);
  });

  test('of a constant of 1 or 0 each changed value comes once', () => {
    expect(changes([0xb8, 1, 0, 0, 0], 'constant')).toEqual(['mov eax, 0x2', 'mov eax, 0x0', 'mov eax, 0xffffffff']);
    expect(changes([0x6a, 0x00], 'constant')).toEqual(['push 0x1', 'push -0x1']);
  });

  test('both constants of an instruction with two are changed, each in its place', () => {
    expect(changes([0xc8, 0x10, 0x00, 0x02], 'constant').slice(0, 2)).toEqual(['enter 0x11, 0x2', 'enter 0xf, 0x2']);
    expect(changes([0xc8, 0x10, 0x00, 0x02], 'constant')).toContain('enter 0x10, 0x3');
  });

  test('an operand-size prefix makes the constant a word', () => {
    expect(changes([0x66, 0xb8, 0xff, 0xff], 'constant')).toEqual(['mov ax, 0x0', 'mov ax, 0xfffe', 'mov ax, 0x1']);
  });

  test('what is added to ESP is no constant', () => {
    expect(changes([0x83, 0xc4, 0x10], 'constant')).toEqual([]);
    expect(changes([0x83, 0x04, 0x24, 0x10], 'constant')).toHaveLength(4); // to memory at ESP
  });

  test('jump targets are no constants', () => {
    expect(changes([0xe9, 1, 0, 0, 0], 'constant')).toEqual([]);
    expect(changes([0xe8, 1, 0, 0, 0], 'constant')).toEqual([]);
  });

  test('a condition becomes its opposite, always, never, with the same target', () => {
    expect(changes([0x74, 0x10], 'condition')).toEqual(['jnz 0x1012', 'jmp 0x1012', 'nop']);
    expect(changes([0x0f, 0x8c, 0x10, 0, 0, 0], 'condition')).toEqual(['jnl 0x1016', 'jmp 0x1016', 'nop']);
    expect(changes([0x66, 0x0f, 0x84, 0x10, 0x00], 'condition')).toEqual(['jnz 0x1015', 'jmp 0x1015', 'nop']);
  });

  test('SETcc and CMOVcc take the opposite condition', () => {
    expect(changes([0x0f, 0x94, 0xc0], 'condition')).toEqual(['setnz al']);
    expect(changes([0x0f, 0x44, 0xc1], 'condition')).toEqual(['cmovnz eax, ecx']);
  });

  test('two registers change places, unless that means the same', () => {
    expect(changes([0x89, 0xc8], 'register')).toEqual(['mov ecx, eax']);
    expect(changes([0x89, 0xc0], 'register')).toEqual([]);
    expect(changes([0x85, 0xc8], 'register')).toEqual([]);
  });

  test('a register beside memory, or alone, gives way to its neighbour', () => {
    expect(changes([0x89, 0x45, 0xfc], 'register')).toEqual(['mov dword [ebp-0x4], ecx']);
    expect(changes([0x53], 'register')).toEqual(['push edx']);
    expect(changes([0x90], 'register')).toEqual([]);
  });

  test('stores to memory are dropped, those of the stack are not', () => {
    expect(changes([0x89, 0x45, 0xfc], 'store')).toEqual(['nop']);
    expect(changes([0xff, 0x45, 0xfc], 'store')).toEqual(['nop']);
    expect(changes([0xf3, 0xab], 'store')).toEqual(['nop']);
    expect(changes([0x8b, 0x45, 0xfc], 'store')).toEqual([]);
    expect(changes([0x39, 0x45, 0xfc], 'store')).toEqual([]);
    expect(changes([0xff, 0x75, 0xfc], 'store')).toEqual([]);
    expect(changes([0x53], 'store')).toEqual([]);
  });

  test('calls are dropped', () => {
    expect(changes([0xe8, 1, 0, 0, 0], 'call')).toEqual(['nop']);
    expect(changes([0xff, 0x55, 0xfc], 'call')).toEqual(['nop']);
  });
});

const CODES = loadInstructions('prot32', 8);

describe('for every form of the conformance vectors', () => {
  const instructions = CODES.flatMap((code) => instructionAt(code, 0) ?? []);

  test('a changed instruction is as long as it was and differs from it and from all others', () => {
    for (const instruction of instructions) {
      const texts = changesOf(instruction).map(({ bytes }) => bytes.join(' '));
      expect(new Set([...texts, instruction.bytes.join(' ')]).size).toBe(texts.length + 1);
      for (const { bytes } of changesOf(instruction)) expect(bytes.length).toBe(instruction.bytes.length);
    }
  });

  test('a changed constant leaves the form and all other operands alone', () => {
    for (const { bytes, insn, ...rest } of instructions) {
      const constants = changesOf({ bytes, insn, ...rest }).filter(({ kind }) => kind === 'constant');
      for (const change of constants) {
        const changed = instructionAt(change.bytes, 0)?.insn;
        expect({ ...changed, imm: 0, imm2: 0 }).toEqual({ ...insn, imm: 0, imm2: 0 });
      }
    }
  });
});
