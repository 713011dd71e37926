import { describe, expect, test } from 'vitest';
import {
  FLAG_AF,
  FLAG_CF,
  FLAG_OF,
  FLAG_PF,
  FLAG_SF,
  FLAG_ZF,
  FLAGS_ARITHMETIC,
} from '../../../emulator/isa/eflags.ts';
import { BareMachine, ENGINES } from '../engine/bare-machine.ts';

const NAMES = { C: FLAG_CF, P: FLAG_PF, A: FLAG_AF, Z: FLAG_ZF, S: FLAG_SF, O: FLAG_OF } as const;

function bits(letters: string): number {
  return [...letters].reduce((sum, letter) => sum | NAMES[letter as keyof typeof NAMES], 0);
}

const AAA = [0x37];
const AAS = [0x3f];
const DAA = [0x27];
const DAS = [0x2f];
const AAM = [0xd4, 10];
const AAD = [0xd5, 10];
const RCR_BYTE = [0xd2, 0xd8]; // RCR AL, CL
const RCR_WORD = [0x66, 0xd3, 0xd8];
const RCL_BYTE = [0xd2, 0xd0];
const RCL_WORD = [0x66, 0xd3, 0xd0];
const BSF = [0x0f, 0xbc, 0xc1]; // BSF EAX, ECX
const BSR = [0x0f, 0xbd, 0xc1];

type Row = readonly [name: string, code: readonly number[], eax: number, ecx: number, before: string, after: string];

/** What 80386s leave (test386.asm, POST E0, checked by its author on a 386SX); flags by their letters. */
const AS_ON_386: readonly Row[] = [
  ['AAA', AAA, 0x0000, 0, '', 'PZ'],
  ['AAA', AAA, 0x0001, 0, 'PZSO', ''],
  ['AAA', AAA, 0x007a, 0, '', 'CASO'],
  ['AAA', AAA, 0x007b, 0, 'A', 'CPASO'],
  ['AAD', AAD, 0x0001, 0, 'CAO', ''],
  ['AAD', AAD, 0x0d8e, 0, '', 'CAO'],
  ['AAD', AAD, 0x0106, 0, '', 'A'],
  ['AAD', AAD, 0x01f7, 0, '', 'CA'],
  ['AAM', AAM, 0x0000, 0, '', 'ZP'],
  ['AAM', AAM, 0x0000, 0, 'CAO', 'ZP'],
  ['AAS', AAS, 0x0000, 0, 'SO', 'PZ'],
  ['AAS', AAS, 0x0000, 0, 'A', 'CPAS'],
  ['AAS', AAS, 0x0001, 0, 'PZSO', ''],
  ['AAS', AAS, 0x0680, 0, 'A', 'CAO'],
  ['DAA', DAA, 0x001a, 0, 'AO', 'A'],
  ['DAA', DAA, 0x001a, 0, 'C', 'CASO'],
  ['DAS', DAS, 0x0080, 0, 'O', 'S'],
  ['DAS', DAS, 0x0080, 0, 'A', 'AO'],
  ['RCR by all bits', RCR_BYTE, 0, 9, 'CO', 'C'],
  ['RCR by all bits', RCR_BYTE, 0x40, 9, '', 'O'],
  ['RCR by all bits', RCR_BYTE, 0x40, 9, 'CO', 'CO'],
  ['RCR by all bits', RCR_WORD, 0x4000, 17, '', 'O'],
  ['RCL by all bits', RCL_BYTE, 0, 9, 'CO', 'CO'],
  ['RCL by all bits', RCL_BYTE, 0x80, 9, '', 'O'],
  ['RCL by all bits', RCL_BYTE, 0x80, 9, 'CO', 'C'],
  ['RCL by all bits', RCL_WORD, 0x8000, 17, 'CO', 'C'],
];

/** Measured on an AMD EPYC; Bochs gives the same. */
const AS_ON_AMD: readonly Row[] = [
  ['BSF of 8', BSF, 7, 8, '', 'P'],
  ['BSF of 8', BSF, 7, 8, 'CPAZSO', 'P'],
  ['BSF of 0', BSF, 7, 0, '', 'ZP'],
  ['BSR of 80000000h', BSR, 7, 0x80000000, 'CPAZSO', ''],
];

/** DAA and DAS define S, Z and P; the table says nothing of what AAM and AAD define besides. */
describe.each(ENGINES)('with the %s engine undefined flags', (engine) => {
  test.each([...AS_ON_386, ...AS_ON_AMD])(
    'of %s %j of %i by %i after "%s" are %s',
    (_, code, eax, ecx, before, after) => {
      const machine = new BareMachine(engine, code);
      machine.cpu.s[0] = eax;
      machine.cpu.s[1] = ecx;
      machine.cpu.setEflags(bits(before));
      machine.run(1);
      expect(machine.cpu.eflags() & FLAGS_ARITHMETIC).toBe(bits(after));
    },
  );
});
