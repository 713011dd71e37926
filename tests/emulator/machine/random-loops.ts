import fc from 'fast-check';
import { bootSector } from './recording.ts';

/**
 * Small real-mode programs made of loops: counted in a register or in memory, nested, until a register or a byte of memory
 * has a value (which may never come), with calls, pushes and polls of status ports in them. Those that come to their end
 * write 2Ah to the exit port.
 */
type Bytes = readonly number[];

const word = (value: number): Bytes => [value & 0xff, (value >> 8) & 0xff];
const CELLS = [0x600, 0x602, 0x604, 0x606];
const REGISTERS = [0, 2, 3, 6]; // AX DX BX SI; CX counts
const END = [0xb0, 0x2a, 0xe6, 0xf4]; // mov al, 2Ah; out F4h, al
const SETUP = [0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xd0, 0xbc, 0x00, 0x7c, 0x31, 0xd2, 0x31, 0xdb, 0x31, 0xf6]; // DS = SS = 0
const CODE_BYTES = 510;

const register = fc.constantFrom(...REGISTERS);
const cell = fc.constantFrom(...CELLS).map(word);
const small = fc.oneof(fc.nat(8), fc.constantFrom(0xffff, 0x100, 0x8000)).map(word);

/** Back by the length of `body` and of the jump itself. */
const jumpBack = (opcode: Bytes, body: Bytes): Bytes => [...opcode, ...word(-(body.length + opcode.length + 2))];
const loopWhile = (condition: Bytes, body: Bytes): Bytes => [
  ...body,
  ...condition,
  ...jumpBack([0x0f, 0x85], [...body, ...condition]), // jnz
];

const computation: fc.Arbitrary<Bytes> = fc.oneof(
  register.map((r) => [0x40 + r]), // inc
  register.map((r) => [0x48 + r]), // dec
  fc.tuple(register, small).map(([r, value]) => [0x81, 0xc0 + r, ...value]), // add
  fc.tuple(register, small).map(([r, value]) => [0x81, 0xe0 + r, ...value]), // and
  fc.tuple(register, small).map(([r, value]) => [0x81, 0xf0 + r, ...value]), // xor
  fc.tuple(register, register).map(([a, b]) => [0x01, 0xc0 + 8 * a + b]), // add b, a
  register.map((r) => [0xd1, 0xc0 + r]), // rol 1
  fc.tuple(register, cell).map(([r, at]) => [0x8b, 0x06 + 8 * r, ...at]), // mov r, [cell]
);

const store: fc.Arbitrary<Bytes> = fc.oneof(
  fc.tuple(register, cell).map(([r, at]) => [0x89, 0x06 + 8 * r, ...at]), // mov [cell], r
  cell.map((at) => [0xff, 0x06, ...at]), // inc word [cell]
  fc.tuple(cell, small).map(([at, value]) => [0x81, 0x36, ...at, ...value]), // xor word [cell], value
  fc.tuple(cell, small).map(([at, value]) => [0xc7, 0x06, ...at, ...value]), // mov word [cell], value
);

const poll: fc.Arbitrary<Bytes> = fc.constantFrom(
  [0xe4, 0x64],
  [0xe4, 0x21],
  [0xe4, 0x20],
  [0xe4, 0x92],
  [0xba, 0xfd, 0x03, 0xec], // mov dx, 3FDh; in al, dx
);

const statements = fc.letrec<{ one: Bytes; block: Bytes; loop: Bytes }>((tie) => ({
  one: fc.oneof(
    { depthSize: 'small' },
    { weight: 6, arbitrary: computation },
    { weight: 2, arbitrary: store },
    { weight: 1, arbitrary: poll },
    { weight: 3, arbitrary: tie('loop') },
    { weight: 1, arbitrary: fc.tuple(register, tie('block')).map(([r, body]) => [0x50 + r, ...body, 0x58 + r]) },
    // call over a jump to a routine that is right there
    {
      weight: 1,
      arbitrary: tie('block').map((body) => [
        ...[0xe9, ...word(body.length + 1)],
        ...[...body, 0xc3],
        ...[0xe8, ...word(-(body.length + 4))],
      ]),
    },
  ),
  block: fc.array(tie('one'), { maxLength: 3 }).map((parts) => parts.flat()),
  loop: fc.oneof(
    // push cx; mov cx, count ... dec cx; jnz; pop cx
    fc
      .tuple(fc.integer({ min: 1, max: 2000 }), tie('block'))
      .map(([count, body]) => [0x51, 0xb9, ...word(count), ...loopWhile([0x49], body), 0x59]),
    // mov word [608h], count ... dec word [608h]; jnz
    fc
      .tuple(fc.integer({ min: 1, max: 9000 }), tie('block'))
      .map(([count, body]) => [0xc7, 0x06, 0x08, 0x06, ...word(count), ...loopWhile([0xff, 0x0e, 0x08, 0x06], body)]),
    // ... cmp register, value; jne
    fc.tuple(register, small, tie('block')).map(([r, value, body]) => loopWhile([0x81, 0xf8 + r, ...value], body)),
    // ... cmp word [cell], value; jne
    fc.tuple(cell, small, tie('block')).map(([at, value, body]) => loopWhile([0x81, 0x3e, ...at, ...value], body)),
  ),
}));

/** `head` runs after the registers are set up: `cli` keeps every interrupt out. */
export function loopDisk(head: Bytes): fc.Arbitrary<Uint8Array> {
  return fc
    .array(statements.one, { minLength: 1, maxLength: 6 })
    .map((parts) => [...SETUP, ...head, ...parts.flat(), ...END])
    .filter((code) => code.length <= CODE_BYTES)
    .map(bootSector);
}
