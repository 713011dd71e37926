import { expect, test } from 'vitest';
import { setSegment } from '../../../../emulator/cpu/segments/segment-cache.ts';
import * as S from '../../../../emulator/cpu/state.ts';
import { X87_ROWS } from '../../../../emulator/isa/x87-rows.ts';
import { BareMachine, CODE } from '../bare-machine.ts';

const VECTOR_NM = 7;
const HANDLER = 0x20000 + VECTOR_NM; // where its gate leads
const IMAGES = 0x21000; // FPU states to begin with, as FRSTOR takes them
const IMAGE_BYTES = 108;
const ROUNDS = 48;
const NUMBERS = 0x2f000; // operands in memory, up to the next page and beyond, which may be elsewhere
const SAVED = 0x40000;
const INSTRUCTIONS = 12;
const BASE = 0x100;

/** Numbers from a seed (mulberry32). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = ReturnType<typeof generator>;

const bytesOf = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(value / 256 ** i) & 0xff);
const dword = (value: number): number[] => bytesOf(value >>> 0, 4);

/** Significands that make ties, carries and long borrows likely. */
function significand(random: Random): number[] {
  const edges = [0, 0xffffffff, 0x80000000, 0x400, 0xfffffc00, 0x800, 0xfffff800, 1, 0x100, 0x80, 0xffffff80];
  const word = (): number => (random(2) === 0 ? edges[random(edges.length)] : random(2 ** 32));
  return [...dword(word()), ...dword(random(40) === 0 ? word() : word() | 0x80000000)];
}

/** Where a sum or a product has to be exact to the last of many bits, and where rounding up leaves a format. */
const SPECIAL = [
  [0x80000000, 0, 16383],
  [0x80000000, 1, 16383 - 65],
  [0x80000000, 3, 16383 - 64],
  [0xffffffff, 0xffffffff, 16383 - 1],
  [0xffffffff, 0xffffffff, 16383 + 127],
  [0xffffffff, 0xffffffff, 16383 + 1023],
  [0xffffffff, 0xffffffff, 0x7ffe],
] as const;

/** A register, in most cases a normal number near 1; else one near the ends of a range, a zero, or what is no number. */
function register(random: Random): number[] {
  if (random(3) === 0) {
    const [hi, lo, exponent] = SPECIAL[random(random(2) === 0 ? 2 : SPECIAL.length)];
    return [...dword(lo), ...dword(hi), ...bytesOf((random(2) << 15) | exponent, 2)];
  }
  const exponents = [0, 0x7fff, 1, 0x7ffe, 16383 - 1022, 16383 + 1023, 16383 - 126, 16383 + 127];
  const exponent = random(6) > 0 ? 16383 - 70 + random(140) : exponents[random(exponents.length)];
  const isZero = random(12) === 0;
  const bytes = isZero ? Array(8).fill(0) : significand(random);
  return [...bytes, ...bytesOf((random(2) << 15) | (isZero ? 0 : exponent), 2)];
}

function image(random: Random): number[] {
  const control = random(8) > 0 ? 0x37f - 0x100 * random(2) : random(0x1000) | (random(2) === 0 ? 0x3f : 0);
  const status = (random(8) << 11) | (random(8) === 0 ? 0x4700 : 0);
  const empty = random(3) === 0 ? 0xffff : 0xff00 >>> random(9);
  const tags = random(6) === 0 ? random(0x10000) : empty & 0xc003;
  const environment = [control, status, tags, 0, 0, 0, 0].flatMap(dword);
  return [...environment, ...Array.from({ length: 8 }, () => register(random)).flat()];
}

const KINDS = ['arithmetic', 'compare', 'load', 'store', 'exchange', 'constant', 'function'];
const SLOW = ['D9 F', 'D9 FE', 'D9 FF']; // functions that the interpreter does anyway
const ROWS = X87_ROWS.filter(
  ({ opcode, operation }) => KINDS.includes(operation.kind) && !SLOW.some((slow) => opcode.startsWith(slow)),
);

function instruction(random: Random): number[] {
  const { opcode } = ROWS[random(ROWS.length)];
  const first = Number.parseInt(opcode.slice(0, 2), 16);
  const rest = opcode.slice(3);
  if (rest.startsWith('/')) {
    const place = random(4) === 0 ? NUMBERS + 0xff9 + random(7) : NUMBERS + 0xf00 + random(0x200);
    return [first, (Number(rest[1]) << 3) | 5, ...dword(place)];
  }
  const modrm = Number.parseInt(rest.slice(0, 2), 16);
  return [first, rest.endsWith('+i') ? modrm + random(8) : modrm];
}

/** frstor [esi]; add esi, 108; the instructions; fnsave [edi]; add edi, 108; jmp */
function program(instructions: readonly (readonly number[])[]): number[] {
  const code = [
    ...[0xdd, 0x26, 0x83, 0xc6, IMAGE_BYTES, ...instructions.flat()],
    ...[0x9c, 0x8f, 0x05, ...dword(SAVED - 4)], // pushf; pop [...]: the order that FCOMI tells
    ...[0xdd, 0x37, 0x83, 0xc7, IMAGE_BYTES],
  ];
  return [...code, 0xe9, ...dword(-code.length - 5)];
}

/** Runs the code once with each of the images, by both engines. */
function expectSame(
  code: readonly number[],
  images: readonly (readonly number[])[],
  instructions: number,
  prepare: (machine: BareMachine) => void = () => undefined,
): void {
  const [forms, blocks] = (['forms', 'blocks'] as const).map((engine) => {
    const machine = new BareMachine(engine, code, CODE, 2);
    images.forEach((bytes, round) => {
      machine.put(IMAGES + round * IMAGE_BYTES, bytes);
    });
    machine.cpu.s[S.ESI] = IMAGES;
    machine.cpu.s[S.EDI] = SAVED;
    prepare(machine);
    const end = images.length * instructions;
    while (machine.icount < end) machine.runTo(end); // a load of CR0 stops the engine
    const { guest, cpu } = machine;
    const saved = guest.memory.bytes.slice(SAVED - 8, SAVED + images.length * IMAGE_BYTES);
    return { saved: Buffer.from(saved).toString('hex'), writes: guest.recorded(), floats: [...cpu.state.floats] };
  });
  expect(blocks.saved).toBe(forms.saved);
  expect(blocks).toEqual(forms);
}

/** A data segment that isn't flat. */
function useBase({ cpu }: BareMachine): void {
  setSegment(cpu.state, S.DS, 16, BASE, 0xfffff, 0x4093);
  cpu.s[S.ESI] -= BASE;
  cpu.s[S.EDI] -= BASE;
}

test('x87 instructions leave the same registers, flags, status and memory in compiled code, whatever they work on', () => {
  const setTs = [0x0f, 0x20, 0xc0, 0x83, 0xc8, 0x08, 0x0f, 0x22, 0xc0]; // mov eax, cr0; or eax, 8; mov cr0, eax
  for (let seed = 1; seed <= 24; seed++) {
    const random = generator(seed);
    const some = Array.from({ length: INSTRUCTIONS }, () => instruction(random));
    const isSwitched = seed % 3 === 0;
    const code = program(isSwitched ? [...some.slice(0, 4), setTs, ...some.slice(4)] : some);
    const images = Array.from({ length: ROUNDS }, () => image(random));
    const words = Array.from({ length: 0x100 }, () =>
      random(4) === 0 ? 0 : random(3) === 0 ? 0x3f80 - random(512) : random(0x10000),
    );
    expectSame(code, images, INSTRUCTIONS + (isSwitched ? 15 : 8), (machine) => {
      machine.put(
        NUMBERS + 0xf00,
        words.flatMap((word) => bytesOf(word, 2)),
      );
      machine.guest.interruptGate(VECTOR_NM);
      machine.put(HANDLER, [0x0f, 0x06, 0xff, 0x05, ...dword(SAVED - 8), 0xcf]); // clts; inc dword [...]; iret
      if (seed % 5 === 0) useBase(machine);
      if (seed % 2 === 1) return;
      machine.guest.enablePaging();
      machine.guest.poke(0x101000 + 4 * ((NUMBERS + 0x1000) >>> 12), 4, (NUMBERS + 0x5000) | 7);
    });
  }
});

test('sums, differences and products that are nearly halfway between two numbers are rounded the same', () => {
  const numbers = SPECIAL.flatMap(([hi, lo, exponent]) =>
    [0, 1].map((sign) => [...dword(lo), ...dword(hi), ...bytesOf((sign << 15) | exponent, 2)]),
  );
  const images = [0x27f, 0x37f].flatMap((control) =>
    numbers.flatMap((a) =>
      numbers.map((b) => [...[control, 0, 0xfff0, 0, 0, 0, 0].flatMap(dword), ...a, ...b, ...Array(60).fill(0)]),
    ),
  );
  for (const modrm of [0xc1, 0xc9, 0xe1, 0xe9]) expectSame(program([[0xd8, modrm]]), images, 9);
});
