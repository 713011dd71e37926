import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from '../../../emulator/isa/decode.ts';
import { Insn } from '../../../emulator/isa/insn.ts';
import { loadInstructions } from '../../conformance/vectors.ts';

/** Pads with zeros to the longest instruction, so that nothing is short. */
function decodeBytes(bytes: readonly number[], is32 = true): ReturnType<typeof decode> {
  const padded = new Uint8Array(16);
  padded.set(bytes);
  return decode(padded, 15, is32);
}

function isInsn(bytes: readonly number[]): boolean {
  return decodeBytes(bytes) instanceof Insn;
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const MEMORY = 0x00; // mod 0, rm 0: [eax]
const REGISTER = 0xc0;

/** Values of ModRM.reg that make an instruction of `opcode`, with a ModRM byte whose other fields are `modrm`. */
function members(opcode: readonly number[], modrm: number): readonly number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].filter((reg) => isInsn([...opcode, modrm | (reg << 3)]));
}

const ALL = [0, 1, 2, 3, 4, 5, 6, 7];
const PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3];

/** Members with a memory operand and with a register operand, where those aren't all eight (SDM vol. 2D, A.3 and A.4). */
const ONE_BYTE_GROUPS: ReadonlyMap<number, readonly [memory: readonly number[], register: readonly number[]]> = new Map(
  [
    [0x62, [ALL, []]], // BOUND
    [
      0x8c,
      [
        [0, 1, 2, 3, 4, 5],
        [0, 1, 2, 3, 4, 5],
      ],
    ],
    [0x8d, [ALL, []]], // LEA
    [0xd9, [[0, 2, 3, 4, 5, 6, 7], ALL]], // x87: the register forms with 0 in the low bits
    [0xda, [ALL, [0, 1, 2, 3]]],
    [
      0xdb,
      [
        [0, 1, 2, 3, 5, 7],
        [0, 1, 2, 3, 4, 5, 6],
      ],
    ],
    [
      0xdd,
      [
        [0, 1, 2, 3, 4, 6, 7],
        [0, 1, 2, 3, 4, 5],
      ],
    ],
    [0xde, [ALL, [0, 1, 2, 4, 5, 6, 7]]],
    [
      0xdf,
      [
        [0, 1, 2, 3, 4, 5, 6, 7],
        [0, 1, 2, 3, 4, 5, 6],
      ],
    ],
    [
      0x8e,
      [
        [0, 2, 3, 4, 5],
        [0, 2, 3, 4, 5],
      ],
    ], // not CS
    [0x8f, [[0], [0]]],
    [0xc4, [ALL, []]], // LES
    [0xc5, [ALL, []]], // LDS
    [0xc6, [[0], [0]]],
    [0xc7, [[0], [0]]],
    [
      0xfe,
      [
        [0, 1],
        [0, 1],
      ],
    ],
    [
      0xff,
      [
        [0, 1, 2, 3, 4, 5, 6],
        [0, 1, 2, 4, 6],
      ],
    ],
  ],
);

function range(first: number, last: number): readonly number[] {
  return BYTES.slice(first, last + 1);
}

/** Opcodes of MMX and SSE to SSE3 after 0F, by the prefix that belongs to them. */
const SIMD_ROWS: Readonly<Record<string, readonly number[]>> = {
  NP: [
    ...[
      ...range(0x10, 0x17),
      ...range(0x28, 0x2f),
      ...range(0x50, 0x6b),
      0x6e,
      0x6f,
      ...range(0x70, 0x77),
      0x7e,
      0x7f,
      0xae,
    ],
    ...[...range(0xc2, 0xc6), ...range(0xd1, 0xd5), ...range(0xd7, 0xe5), ...range(0xe7, 0xef), ...range(0xf1, 0xfe)],
  ],
  '66': [
    ...[...range(0x10, 0x17), ...range(0x28, 0x2f), 0x50, 0x51, ...range(0x54, 0x76), ...range(0x7c, 0x7f)],
    ...[0xc2, ...range(0xc4, 0xc6), ...range(0xd0, 0xef), ...range(0xf1, 0xfe)],
  ],
  F3: [
    0x10,
    0x11,
    0x12,
    0x16,
    0x2a,
    0x2c,
    0x2d,
    ...range(0x51, 0x53),
    ...range(0x58, 0x5f),
    0x6f,
    0x70,
    0x7e,
    0x7f,
    0xc2,
    0xd6,
    0xe6,
  ],
  F2: [
    ...[...range(0x10, 0x12), 0x2a, 0x2c, 0x2d, 0x51, 0x58, 0x59, 0x5a, ...range(0x5c, 0x5f), 0x70, 0x7c, 0x7d],
    ...[0xc2, 0xd0, 0xd6, 0xe6, 0xf0],
  ],
};

/** Two-byte opcodes up to the P6's CMOV, hints and SYSENTER, and gilt's own 0F 3F; all others came later or were never there. */
const TWO_BYTE_ROWS: readonly number[] = [
  ...[0x00, 0x01, 0x02, 0x03, 0x06, 0x08, 0x09, 0x0b, 0x20, 0x21, 0x22, 0x23, 0x3f],
  ...[0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x30, 0x31, 0x32, 0x34, 0x35],
  ...BYTES.filter((byte) => (byte >= 0x40 && byte <= 0x4f) || (byte >= 0x80 && byte <= 0x9f)),
  ...[0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa8, 0xa9, 0xab, 0xac, 0xad, 0xaf],
  ...[0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xbf],
  ...[0xc0, 0xc1, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf],
  ...SIMD_ROWS.NP,
];

const TWO_BYTE_GROUPS: ReadonlyMap<number, readonly [memory: readonly number[], register: readonly number[]]> = new Map(
  [
    [
      0x00,
      [
        [0, 1, 2, 3, 4, 5],
        [0, 1, 2, 3, 4, 5],
      ],
    ],
    [
      0x01,
      [
        [0, 1, 2, 3, 4, 6, 7],
        [4, 6],
      ],
    ],
    [0x13, [ALL, []]], // MOVLPS and the like, to memory alone
    [0x17, [ALL, []]],
    [0x2b, [ALL, []]],
    [0x50, [[], ALL]], // MOVMSKPS and the like, from registers alone
    [0x71, [[], [2, 4, 6]]],
    [0x72, [[], [2, 4, 6]]],
    [0x73, [[], [2, 6]]],
    [
      0xae,
      [
        [0, 1, 2, 3, 7],
        [5, 6, 7],
      ],
    ],
    [0xc3, [ALL, []]], // MOVNTI
    [0xc5, [[], ALL]],
    [0xd7, [[], ALL]],
    [0xe7, [ALL, []]],
    [0xf7, [[], ALL]],
    [0xb2, [ALL, []]], // LSS
    [0xb4, [ALL, []]], // LFS
    [0xb5, [ALL, []]], // LGS
    [
      0xba,
      [
        [4, 5, 6, 7],
        [4, 5, 6, 7],
      ],
    ],
    [0xc7, [[1], []]], // CMPXCHG8B
  ],
);

/** What a table is compared as, so that a failure names the opcode. */
type Row = readonly [opcode: string, memory: readonly number[], register: readonly number[]];

function actualRow(opcode: readonly number[]): Row {
  return [nameOf(opcode), members(opcode, MEMORY), members(opcode, REGISTER)];
}

function nameOf(opcode: readonly number[]): string {
  return Buffer.from(opcode).toString('hex');
}

const ONE_BYTE_OPCODES = BYTES.filter((byte) => byte !== 0x0f && !PREFIXES.includes(byte));

describe('the opcode tables', () => {
  test('have the one-byte opcodes and group members that the manual gives', () => {
    const expected = ONE_BYTE_OPCODES.map(
      (byte): Row => [nameOf([byte]), ...(ONE_BYTE_GROUPS.get(byte) ?? [ALL, ALL])],
    );
    expect(ONE_BYTE_OPCODES.map((byte) => actualRow([byte]))).toEqual(expected);
  });

  test('have the two-byte opcodes and group members that the manual gives', () => {
    const expected = BYTES.map((byte): Row => {
      const usual = TWO_BYTE_ROWS.includes(byte) ? ALL : [];
      return [nameOf([0x0f, byte]), ...(TWO_BYTE_GROUPS.get(byte) ?? ([usual, usual] as const))];
    });
    expect(BYTES.map((byte) => actualRow([0x0f, byte]))).toEqual(expected);
  });
});

describe('a prefix that belongs to the opcode', () => {
  const isSimd = (byte: number): boolean =>
    SIMD_ROWS.NP.includes(byte) || SIMD_ROWS['66'].includes(byte) || [0xd6, 0xe6, 0xf0].includes(byte);
  const hasAny = (...opcode: number[]): boolean =>
    [...members(opcode, MEMORY), ...members(opcode, REGISTER)].length > 0;

  test.each([
    ['66', 0x66],
    ['F3', 0xf3],
    ['F2', 0xf2],
  ])('%s has the opcodes that the manual gives', (name, prefix) => {
    const actual = BYTES.filter((byte) => isSimd(byte) && hasAny(prefix, 0x0f, byte));
    expect(actual.map((byte) => nameOf([byte]))).toEqual(SIMD_ROWS[name].map((byte) => nameOf([byte])));
  });

  test('is F2 or F3, the last of them, before 66, wherever it stands', () => {
    const mnemonicOf = (...bytes: number[]): string => {
      const insn = decodeBytes(bytes);
      return insn instanceof Insn ? insn.form.encoding.mnemonic : String(insn);
    };
    expect(mnemonicOf(0x66, 0xf2, 0x0f, 0x58, 0xc1)).toBe('addsd');
    expect(mnemonicOf(0xf3, 0x66, 0x0f, 0x58, 0xc1)).toBe('addss');
    expect(mnemonicOf(0xf3, 0xf2, 0x0f, 0x58, 0xc1)).toBe('addsd');
    expect(mnemonicOf(0xf3, 0x0f, 0xfc, 0xc1)).toBe('invalid');
  });
});

describe('LOCK', () => {
  /** SDM vol. 2, LOCK: the instructions it may stand before when their destination is in memory, by ModRM.reg. */
  const LOCKABLE: Readonly<Record<string, readonly number[]>> = Object.fromEntries([
    ...[0x00, 0x08, 0x10, 0x18, 0x20, 0x28, 0x30]
      .flatMap((first) => [first, first + 1])
      .map((byte) => [nameOf([byte]), ALL]),
    ...[0x80, 0x81, 0x82, 0x83].map((group) => [nameOf([group]), [0, 1, 2, 3, 4, 5, 6]]), // not CMP
    ...[0x86, 0x87].map((xchg) => [nameOf([xchg]), ALL]),
    ...[0xf6, 0xf7].map((group) => [nameOf([group]), [2, 3]]), // NOT, NEG
    ...[0xfe, 0xff].map((group) => [nameOf([group]), [0, 1]]), // INC, DEC
    ...[0xab, 0xb0, 0xb1, 0xb3, 0xbb, 0xc0, 0xc1].map((byte) => [nameOf([0x0f, byte]), ALL]),
    ['0fba', [5, 6, 7]], // BTS, BTR, BTC
    ['0fc7', [1]], // CMPXCHG8B
  ]);

  test('is legal before the instructions that the manual lists, with memory as destination, and nowhere else', () => {
    const opcodes = [...ONE_BYTE_OPCODES.map((byte) => [byte]), ...BYTES.map((byte) => [0x0f, byte])];
    const actual = opcodes.map((opcode) => {
      const locked = [0xf0, ...opcode];
      return [nameOf(opcode), members(locked, MEMORY), members(locked, REGISTER)];
    });
    expect(actual).toEqual(opcodes.map((opcode) => [nameOf(opcode), LOCKABLE[nameOf(opcode)] ?? [], []]));
  });
});

describe('decoding', () => {
  const NOP = 0x90;
  const prefixed = (count: number): number[] => [...new Array<number>(count).fill(0x26), NOP];

  test('takes 15 bytes and no more', () => {
    expect(decodeBytes(prefixed(14))).toMatchObject({ length: 15 });
    expect(decode(Uint8Array.from(prefixed(15)), 16, true)).toBe('long');
    const longest = [...new Array<number>(11).fill(0x2e), 0x05, 1, 2, 3, 4]; // ADD EAX, imm32
    expect(decode(Uint8Array.from(longest), 16, true)).toBe('long');
  });

  test('consumes exactly the bytes of each conformance vector, and asks for more when it gets fewer', () => {
    for (const mode of ['real16', 'prot32'] as const) {
      const wrong = loadInstructions(mode, 1).filter((code) => {
        const decoded = decode(code, code.length, mode === 'prot32');
        if (!(decoded instanceof Insn)) return false;
        const parts = Array.from(code, (_, available) => decode(code, available, mode === 'prot32'));
        return decoded.length !== code.length || parts.some((part) => part !== 'short');
      });
      expect(wrong).toEqual([]);
    }
  });

  test('gives the same whatever lies behind the instruction', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 15, maxLength: 15 }),
        fc.uint8Array({ minLength: 15, maxLength: 15 }),
        fc.boolean(),
        (bytes, others, is32) => {
          const decoded = decode(bytes, 15, is32);
          if (!(decoded instanceof Insn)) return;
          const spliced = Uint8Array.from(bytes, (byte, i) => (i < decoded.length ? byte : others[i]));
          expect(decode(spliced, 15, is32)).toEqual(decoded);
          expect(decode(bytes, decoded.length, is32)).toEqual(decoded);
          expect(decode(bytes, decoded.length - 1, is32)).toBe('short');
        },
      ),
    );
  });

  test('of two prefixes of a group the last one counts', () => {
    expect(decodeBytes([0x26, 0x64, 0x8b, 0x00])).toMatchObject({ segment: 4 });
    expect(decodeBytes([0xf2, 0xf3, 0xa6])).toMatchObject({ form: { shape: { repeat: 'repe' } } });
    expect(decodeBytes([0xf3, 0xf2, 0xa6])).toMatchObject({ form: { shape: { repeat: 'repne' } } });
  });

  test('a repeated size prefix doesn’t switch back', () => {
    expect(decodeBytes([0x66, 0x66, 0x40])).toMatchObject({ form: { shape: { operandBytes: 2 } } });
    expect(decodeBytes([0x67, 0x67, 0x8b, 0x00], false)).toMatchObject({ form: { shape: { addressBytes: 4 } } });
  });

  test('F2 repeats MOVS as F3 does', () => {
    expect(decodeBytes([0xf2, 0xa4])).toEqual(decodeBytes([0xf3, 0xa4]));
  });

  test('addresses by BP, EBP and ESP go through SS unless overridden', () => {
    expect(decodeBytes([0x8b, 0x45, 0x00])).toMatchObject({ segment: 2, base: 5 });
    expect(decodeBytes([0x8b, 0x04, 0x24])).toMatchObject({ segment: 2, base: 4, index: 8 });
    expect(decodeBytes([0x8b, 0x04, 0x28])).toMatchObject({ segment: 3, base: 0, index: 5 });
    expect(decodeBytes([0x8b, 0x02], false)).toMatchObject({ segment: 2, base: 5, index: 6 });
    expect(decodeBytes([0x3e, 0x8b, 0x45, 0x00])).toMatchObject({ segment: 3 });
  });

  test('an address of a displacement alone has no base and goes through DS', () => {
    expect(decodeBytes([0x8b, 0x05, 4, 3, 2, 0x81])).toMatchObject({ segment: 3, base: 8, disp: 0x81020304 | 0 });
    expect(decodeBytes([0x8b, 0x04, 0x25, 4, 3, 2, 1])).toMatchObject({
      segment: 3,
      base: 8,
      index: 8,
      disp: 0x01020304,
    });
    expect(decodeBytes([0x8b, 0x06, 4, 0x83], false)).toMatchObject({ segment: 3, base: 8, disp: 0x8304 });
  });

  test('MOV to and from control registers ignores mod and reads no displacement', () => {
    expect(decodeBytes([0x0f, 0x20, 0x05])).toMatchObject({ length: 3, reg: 0, rm: 5 });
    expect(decodeBytes([0x0f, 0x22, 0x44])).toMatchObject({ length: 3, reg: 0, rm: 4 });
  });
});
