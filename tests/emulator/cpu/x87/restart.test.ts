import { describe, expect, test } from 'vitest';
import {
  CR0_AM,
  CR4_OSFXSR,
  CR4_OSXMMEXCPT,
  FLAG_AC,
  VECTOR_AC,
  VECTOR_GP,
  VECTOR_PF,
} from '../../../../emulator/cpu/constants.ts';
import * as S from '../../../../emulator/cpu/state.ts';
import type { HelperName } from '../../../../emulator/isa/helper-names.ts';
import { SIMD_ROWS } from '../../../../emulator/isa/simd-rows.ts';
import { X87_ROWS } from '../../../../emulator/isa/x87-rows.ts';
import { Guest } from '../guest.ts';

const ABSENT = 0x6000;
const MODRM_MEMORY = 0x05;
const STACK_IN_USE = 0x3c;
const INITIAL_CONTROL = 0x37f;

interface MemoryForm {
  readonly name: string;
  readonly helper: HelperName;
  readonly row: number;
  readonly sizeBytes: number;
}

/** Bytes of what an operand token names, where it doesn't tell: environments, images. */
const SIZES: Readonly<Record<string, number>> = {
  fldenv: 28,
  fnstenv: 28,
  frstor: 108,
  fnsave: 108,
  fxsave: 512,
  fxrstor: 512,
};

const x87Forms = X87_ROWS.flatMap(({ opcode, mnemonic }, row): MemoryForm[] =>
  opcode.includes('/')
    ? [{ name: `${mnemonic} ${opcode}`, helper: 'x87', row: row | (4 << 16), sizeBytes: SIZES[mnemonic] ?? 2 }]
    : [],
);
const simdForms = SIMD_ROWS.flatMap(({ opcode, mnemonic, operands, operation }, row): MemoryForm[] => {
  const hasMemory = /\b[QWM]|E[dw]|Md/.test(operands) && mnemonic !== 'clflush';
  const sizeBytes = SIZES[mnemonic] ?? (operation.kind === 'move' ? 2 : 4);
  return hasMemory ? [{ name: `${mnemonic} ${opcode}`, helper: 'simd', row, sizeBytes }] : [];
});

const guest = Guest.protected();
guest.enablePaging([ABSENT]);
guest.cpu.s[S.CR4] |= CR4_OSFXSR | CR4_OSXMMEXCPT;

/** The guest with something in every register and an empty record; its page at ABSENT isn't there. */
function prepared(): Guest {
  const { floats } = guest.cpu.state;
  for (let slot = 0; slot < S.FLOAT_SLOTS; slot++) {
    floats[slot] = slot < S.X87_CONTROL && slot % 3 === 2 ? 0x3fff : -1 - slot;
  }
  floats[S.X87_CONTROL] = INITIAL_CONTROL;
  floats[S.X87_STATUS] = 2 << 11;
  floats[S.X87_IN_USE] = STACK_IN_USE;
  floats[S.MXCSR] = 0x1f80;
  guest.recorded().length = 0;
  return guest;
}

/** What is wrong with a fault of the form at an offset. */
function faultErrors({ helper, row }: MemoryForm, offset: number): readonly string[] {
  const { cpu } = prepared();
  const before = [...guest.architecture(), ...cpu.state.floats];
  guest.call(helper, row, MODRM_MEMORY, S.DS, offset);
  const vector = guest.fault()?.vector ?? -1;
  const after = [...guest.architecture(), ...cpu.state.floats];
  const stores = guest.recorded().filter(({ origin }) => origin === 'instruction');
  return [
    ...([VECTOR_PF, VECTOR_GP].includes(vector) ? [] : [`vector ${vector}`]),
    ...(after.every((word, slot) => word === before[slot]) ? [] : ['a register has changed']),
    ...(stores.length === 0 ? [] : ['it has stored']),
    ...(offset !== ABSENT || cpu.s[S.CR2] === ABSENT ? [] : ['CR2 is wrong']),
  ];
}

test('an instruction that can’t reach its operand, or only the beginning of it, has changed nothing', () => {
  const forms = [...x87Forms, ...simdForms];
  const wrong = forms.flatMap((form) =>
    [ABSENT, ABSENT - form.sizeBytes + 1, ABSENT - 1].flatMap((offset) =>
      faultErrors(form, offset).map((error) => `${form.name} at ${offset.toString(16)}: ${error}`),
    ),
  );
  expect(forms.length).toBeGreaterThan(250);
  expect(wrong).toEqual([]);
});

describe('a wide store is recorded as writes of at most four bytes, from the lowest up', () => {
  const x87 = (mnemonic: string): number =>
    X87_ROWS.findIndex((each) => each.mnemonic === mnemonic && each.opcode.includes('/'));
  const simd = (mnemonic: string): number => SIMD_ROWS.findIndex((each) => each.mnemonic === mnemonic);
  const fstpExtended = X87_ROWS.findIndex(({ opcode }) => opcode === 'DB /7');
  const storeAligned = SIMD_ROWS.findIndex(({ opcode }) => opcode === 'NP 0F 29');

  test.each([
    ['FSTP m80', 'x87', fstpExtended | (4 << 16), [4, 4, 2]],
    ['FNSTENV, 32-bit', 'x87', x87('fnstenv') | (4 << 16), [4, 4, 4, 4, 4, 4, 4]],
    ['FNSTENV, 16-bit', 'x87', x87('fnstenv') | (2 << 16), [2, 2, 2, 2, 2, 2, 2]],
    ['MOVAPS', 'simd', storeAligned, [4, 4, 4, 4]],
    ['FXSAVE', 'simd', simd('fxsave'), Array.from({ length: 72 }, () => 4)],
  ] as const)('%s', (_, helper, row, sizes) => {
    prepared();
    guest.call(helper, row, MODRM_MEMORY, S.DS, 0x5000);
    const writes = guest.recorded().filter(({ origin }) => origin === 'instruction');
    expect(writes.map(({ size }) => size)).toEqual(sizes);
    expect(writes.map(({ linear }) => linear)).toEqual(writes.map(({ linear }) => linear).sort((a, b) => a - b));
  });
});

describe('alignment checks at CPL 3 ask for what a processor (AMD EPYC, family 26) asks for', () => {
  const rowOf = (rows: readonly { readonly opcode: string }[], opcode: string): number =>
    rows.findIndex((each) => each.opcode === opcode);
  const OFFSETS = [1, 2, 4, 8, 12];

  test.each([
    ['x87', 'D9 /0', 4, [4, 8, 12]], // FLD m32
    ['x87', 'DD /0', 4, [8]], // FLD m64
    ['x87', 'DB /5', 4, [8]], // FLD m80
    ['x87', 'DB /7', 4, [8]], // FSTP m80
    ['x87', 'DF /0', 4, [2, 4, 8, 12]], // FILD m16
    ['x87', 'D9 /6', 4, [4, 8, 12]], // FNSTENV
    ['x87', 'DD /6', 4, [4, 8, 12]], // FNSAVE
    ['x87', 'DD /6', 2, [2, 4, 8, 12]], // FNSAVE, 16-bit
    ['simd', 'NP 0F 10', 4, []], // MOVUPS
    ['simd', 'F3 0F 6F', 4, []], // MOVDQU
    ['simd', 'F2 0F 10', 4, [8]], // MOVSD
    ['simd', 'F3 0F 10', 4, [4, 8, 12]], // MOVSS
    ['simd', 'NP 0F 6F', 4, [8]], // MOVQ
    ['simd', 'NP 0F 12', 4, [8]], // MOVLPS
    ['simd', 'NP 0F 2A', 4, [8]], // CVTPI2PS
  ] as const)('%s %s, operand size %i', (helper, opcode, size, aligned) => {
    const user = Guest.protected();
    user.enablePaging();
    user.runAt(3);
    const { cpu } = user;
    cpu.s[S.CR0] |= CR0_AM;
    cpu.s[S.CR4] |= CR4_OSFXSR;
    cpu.setEflags(cpu.eflags() | FLAG_AC);
    const row = helper === 'x87' ? rowOf(X87_ROWS, opcode) | (size << 16) : rowOf(SIMD_ROWS, opcode);
    const passing = OFFSETS.filter((offset) => {
      cpu.x87.initialise();
      cpu.state.floats[S.X87_IN_USE] = 1;
      user.call(helper, row, MODRM_MEMORY, S.DS, 0x5000 + offset);
      const fault = user.fault();
      expect([undefined, VECTOR_AC]).toContain(fault?.vector);
      return fault === undefined;
    });
    expect(passing).toEqual(aligned);
  });
});
