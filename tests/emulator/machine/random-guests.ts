import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { loadInstructions } from '../../conformance/vectors.ts';

// Instructions of the conformance vectors, which between them have every form.
const STRIDE = 8;
const CODES_16 = loadInstructions('real16', STRIDE);
const CODES_32 = loadInstructions('prot32', STRIDE);

/** An instruction that sets flags from registers (ADD to CMP, 00-3B), and SETcc or Jcc to the next one, which reads them. */
const flagPair: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.integer({ min: 0, max: 31 }),
    fc.integer({ min: 0, max: 63 }),
    fc.integer({ min: 0, max: 15 }),
    fc.boolean(),
  )
  .map(([operation, registers, condition, isJump]) => {
    const setter = [((operation & 0x1c) << 1) | (operation & 3), 0xc0 | registers];
    return Uint8Array.from([...setter, ...(isJump ? [0x70 | condition, 0] : [0x0f, 0x90 | condition, 0xc0])]);
  });

/** A program of at most `sizeBytes`: real instructions, with some noise that puts the decoder out of step. */
function program(codes: readonly Uint8Array[], sizeBytes: number): fc.Arbitrary<Uint8Array> {
  const instruction = fc.integer({ min: 0, max: codes.length - 1 }).map((index) => codes[index]);
  const noise = fc.uint8Array({ minLength: 1, maxLength: 6 });
  const piece = fc.oneof(
    { weight: 12, arbitrary: instruction },
    { weight: 4, arbitrary: flagPair },
    { weight: 1, arbitrary: noise },
  );
  return fc.array(piece, { minLength: sizeBytes >> 4, maxLength: sizeBytes >> 2, size: 'max' }).map((pieces) => {
    const joined = new Uint8Array(sizeBytes).fill(0x90);
    let at = 0;
    for (const bytes of pieces) {
      if (at + bytes.length > sizeBytes) break;
      joined.set(bytes, at);
      at += bytes.length;
    }
    return joined;
  });
}

function guest(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../guests/${name}.bin`, import.meta.url)));
}

const REAL_CODE = 0xc0;
const SIGNATURE = 510;

/** Boot sectors: fuzz-real.asm with a program in it. */
export const realModeDisk: fc.Arbitrary<Uint8Array> = program(CODES_16, SIGNATURE - REAL_CODE).map((code) => {
  const disk = guest('fuzz-real');
  disk.set(code, REAL_CODE);
  return disk;
});

/** Boot sectors of nothing but random bytes. */
export const noiseDisk: fc.Arbitrary<Uint8Array> = fc.uint8Array({ minLength: 512, maxLength: 512 }).map((bytes) => {
  const disk = bytes.slice();
  disk.set([0x55, 0xaa], SIGNATURE);
  return disk;
});

const PARTS = { minLength: 4, maxLength: 40, size: 'max' } as const;
const PARAMETERS = 0x200;
const PROTECTED_CODE = 0x400;
const PROTECTED_CODE_BYTES = 0x400;
const WINDOW = 0x400000;
const CODE_OFFSET = 0xe00;

/** Where the target's code and stack are: CS, EIP, SS, ESP. */
const PLACES: readonly (readonly [cs: number, eip: number, ss: number, esp: number])[] = [
  [0x08, WINDOW + CODE_OFFSET, 0x10, 0x420800],
  [0x1b, WINDOW + CODE_OFFSET, 0x23, 0x420800],
  [0x1b, WINDOW + CODE_OFFSET, 0x6b, 0x0800],
  [0x08, WINDOW + CODE_OFFSET, 0x60, 0x0002],
  [0x50, CODE_OFFSET, 0x60, 0x0800],
  [0x5b, CODE_OFFSET, 0x6b, 0x1000],
];

const DATA_SELECTORS = [0x10, 0x23, 0x3b, 0x43, 0x4b, 0x1b, 0];
// Addresses that matter: the window's pages and their ends, the second mapping of the code, small offsets for limits.
const address = fc.oneof(
  fc.integer({ min: WINDOW, max: WINDOW + 0x20000 }),
  fc.integer({ min: 0, max: 0x3000 }),
  fc.constantFrom(WINDOW + 0x2ffe, WINDOW + 0x1ffd, WINDOW + 0x20e00, WINDOW + 0x20fff, 0x27fc, 0x1ffe),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.integer({ min: 0, max: 64 }),
);

interface Target {
  readonly place: number;
  readonly eflags: number;
  readonly data: readonly number[]; // DS ES FS GS
  readonly registers: readonly number[]; // as POPAD takes them
  readonly timerClocks: number;
  readonly isWriteProtected: boolean;
}

const target: fc.Arbitrary<Target> = fc.record({
  place: fc.integer({ min: 0, max: PLACES.length - 1 }),
  eflags: fc.constantFrom(0x202, 0x3202, 0x602, 0x3302, 0x002),
  data: fc.array(fc.constantFrom(...DATA_SELECTORS), { minLength: 4, maxLength: 4 }),
  registers: fc.array(address, { minLength: 8, maxLength: 8 }),
  timerClocks: fc.integer({ min: 40, max: 400 }),
  isWriteProtected: fc.boolean(),
});

const dword = (value: number): readonly number[] => [value, value >> 8, value >> 16, value >> 24].map((b) => b & 0xff);

/** Two places: pages of every kind, their ends, the code itself and its other mapping, page tables; often overlapping. */
const stringPlaces = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: WINDOW + 0x2000, max: WINDOW + 0x6000 }) },
      fc.constantFrom(WINDOW + 0xf80, WINDOW + 0x10c0, WINDOW + 0x20fc0, 0x12010, WINDOW + 0x3ffd),
      address,
    ),
    fc.oneof(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -0x3000, max: 0x3000 })),
  )
  .map(([to, distance]) => [to, to + distance] as const);

/** MOV ECX, EDI and ESI, CLD or STD, then REP MOVS or STOS of some size, often with other prefixes. */
const stringMove: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.oneof(fc.nat(40), fc.nat(3000)),
    stringPlaces,
    fc.constantFrom(0xfc, 0xfc, 0xfc, 0xfd),
    fc.constantFrom([], [], [], [0x66], [0x66], [0x67], [0x64]),
    fc.constantFrom(0xf3, 0xf3, 0xf3, 0xf2),
    fc.constantFrom(0xa4, 0xa5, 0xaa, 0xab),
  )
  .map(([count, [to, from], direction, prefixes, repeat, opcode]) =>
    Uint8Array.from([
      ...[0xb9, ...dword(count), 0xbf, ...dword(to), 0xbe, ...dword(from), 0x83, 0xc0, 0x11],
      ...[direction, ...prefixes, repeat, opcode],
    ]),
  );

/** Loops of string instructions in fuzz-protected.asm's window, where stores fault, and change the code and its tables. */
export const stringDisk: fc.Arbitrary<Uint8Array> = fc
  .tuple(target, fc.array(stringMove, { minLength: 1, maxLength: 8 }), fc.nat(4))
  .map(([chosen, moves, kind]) => {
    const code = new Uint8Array(PROTECTED_CODE_BYTES).fill(0x90);
    const body = moves.flatMap((bytes) => [...bytes]);
    const loop = [...body, 0xe9, ...dword(-body.length - 5)];
    for (let at = 0; at + loop.length <= code.length; at += loop.length) code.set(loop, at);
    const data = kind > 0 ? [0x23, 0x23, 0x23, 0x23] : chosen.data; // compiled code moves much at once in flat segments
    return protectedDisk({ ...chosen, data, place: chosen.place % 2 }, code);
  });

const absolute = fc
  .oneof(
    { weight: 4, arbitrary: fc.integer({ min: WINDOW + 0x2000, max: WINDOW + 0x6000 }) },
    fc.constantFrom(WINDOW + 0x13f0, WINDOW + 0x213f0, 0xb8000, 0xa0000, 0xc0000, WINDOW + 0x2ffe),
  )
  .map(dword);

/** What compiled code has done for it, or has to be told of: translations, coprocessor, ports, flags, devices, code. */
const unusual: fc.Arbitrary<readonly number[]> = fc.oneof(
  absolute.map((at) => [0x0f, 0x01, 0x3d, ...at]), // invlpg
  fc.constant([0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8]), // mov eax, cr3; mov cr3, eax
  // and dword [a table entry], ~accessed, dirty or present: of the code's two pages, of the data's
  fc
    .tuple(fc.constantFrom(0x12000, 0x12004, 0x12008, 0x10004), fc.constantFrom(~0x20, ~0x60, ~0x20))
    .map(([entry, mask]) => [0x81, 0x25, ...dword(entry), ...dword(mask)]),
  fc.constantFrom([0xd9, 0xe8, 0xd9, 0xeb, 0xde, 0xc9], [0xd9, 0xee, 0xdb, 0xe3], [0x9b], [0x0f, 0x57, 0xc1]), // fld1 ...
  absolute.map((at) => [0xdb, 0x05, ...at, 0xdd, 0x1d, ...at]), // fild; fstp qword
  absolute.map((at) => [0x89, 0x05, ...at]), // mov [...], eax
  absolute.map((at) => [0x83, 0x05, ...at, 7]), // add dword [...], 7
  absolute.map((at) => [0x03, 0x05, ...at]), // add eax, [...]
  fc.constantFrom([0xe4, 0x21], [0xe4, 0x40], [0xe6, 0x80], [0x9c, 0x58], [0xfa], [0xfb], [0x0f, 0xa2], [0x1e, 0x1f]),
  fc.constant([0x9c, 0x81, 0x34, 0x24, ...dword(0x8d5), 0x9d]), // pushfd; xor dword [esp], the arithmetic flags; popfd
  fc.constantFrom([0x40], [0x01, 0xd8], [0x11, 0xc3], [0x31, 0xc2], [0xd1, 0xc0], [0xf9], [0x4b], [0x0f, 0x92, 0xc2]),
);

interface Part {
  readonly calls: number; // which function, or none
  readonly isIndirect: boolean;
  readonly bytes: readonly number[];
}

const part: fc.Arbitrary<Part> = fc.record({
  calls: fc.integer({ min: -2, max: 1 }),
  isIndirect: fc.boolean(),
  bytes: unusual,
});

/** A loop of unusual instructions in fuzz-protected.asm's window, with two functions called from all over it. */
export const unusualDisk: fc.Arbitrary<Uint8Array> = fc
  .tuple(target, fc.array(fc.array(unusual, { maxLength: 5 }), { minLength: 2, maxLength: 2 }), fc.array(part, PARTS))
  .map(([chosen, bodies, parts]) => {
    const code: number[] = [0xe9, 0, 0, 0, 0]; // to the loop
    const functions = bodies.map((pieces) => {
      const offset = code.length;
      code.push(...pieces.flat(), 0xc3);
      return offset;
    });
    const loop = code.length;
    code.splice(1, 4, ...dword(loop - 5));
    for (const { calls, isIndirect, bytes } of parts) {
      if (code.length > PROTECTED_CODE_BYTES - 64) break;
      code.push(...bytes);
      if (calls < 0) continue;
      // mov ecx, function; call ecx - or call function
      if (isIndirect) code.push(0xb9, ...dword(WINDOW + CODE_OFFSET + functions[calls]), 0xff, 0xd1);
      else code.push(0xe8, ...dword(functions[calls] - code.length - 5));
    }
    code.push(0xe9, ...dword(loop - code.length - 5));
    const flat = { ...chosen, place: 0, data: [0x10, 0x10, 0x10, 0x10] };
    return protectedDisk(flat, Uint8Array.from([...code, ...new Array(PROTECTED_CODE_BYTES - code.length).fill(0x90)]));
  });

/** Disks of fuzz-protected.asm with a program and the state it starts in. */
export const protectedModeDisk: fc.Arbitrary<Uint8Array> = target.chain((chosen) => {
  const is32 = PLACES[chosen.place][1] !== CODE_OFFSET;
  return program(is32 ? CODES_32 : CODES_16, PROTECTED_CODE_BYTES).map((code) => protectedDisk(chosen, code));
});

function protectedDisk(chosen: Target, code: Uint8Array): Uint8Array {
  const disk = guest('fuzz-protected');
  const [cs, eip, ss, esp] = PLACES[chosen.place];
  const level = cs & 3;
  // The null selector and level 3's read-only data are for every level; level 3 can't load level 0's data.
  const data = chosen.data.map((selector) => (level === 3 && selector === 0x10 ? 0x23 : selector));
  const [ds, es, fs, gs] = data;
  const words = [cs, eip, chosen.eflags, esp, ss, ds, es, fs, gs, ...chosen.registers, chosen.timerClocks];
  const view = new DataView(disk.buffer);
  [...words, chosen.isWriteProtected ? 0x10000 : 0].forEach((word, i) => {
    view.setInt32(PARAMETERS + 4 * i, word, true);
  });
  disk.set(code, PROTECTED_CODE);
  return disk;
}
