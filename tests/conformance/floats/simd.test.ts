import { describe, expect, test } from 'vitest';
import { CR4_OSFXSR, CR4_OSXMMEXCPT } from '../../../emulator/cpu/constants.ts';
import * as S from '../../../emulator/cpu/state.ts';
import { FloatTarget, OPERAND } from './float-target.ts';
import { loadSimdVectors, type SimdVector } from './simd-vectors.ts';

const vectors = loadSimdVectors();
const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7];
const ARITHMETIC_FLAGS = 0x8d5;

function codeOf(vector: SimdVector): string {
  return Buffer.from(vector.code).toString('hex');
}

/** The registers before, by the names of the vectors. */
function registersBefore({ first, second }: SimdVector): ReadonlyMap<string, Buffer> {
  const x87 = (value: Buffer, top: number): Buffer =>
    Buffer.concat([value.subarray(0, 8), Buffer.from([top & 0xff, top >> 8])]);
  const names = NUMBERS.flatMap((n): [string, Buffer][] => [
    [`r${n}`, Buffer.alloc(10)],
    [`x${n}`, Buffer.alloc(16)],
  ]);
  return new Map([...names, ['r1', x87(first, 0x3fff)], ['r2', x87(second, 0x4000)], ['x1', first], ['x2', second]]);
}

function enter(floats: Int32Array, vector: SimdVector): void {
  floats.fill(0);
  floats[S.X87_CONTROL] = 0x37f;
  floats[S.X87_STATUS] = vector.top << 11;
  floats[S.X87_IN_USE] = vector.inUse;
  floats[S.MXCSR] = vector.mxcsr;
  for (const [name, bytes] of registersBefore(vector)) {
    const slot = slotOf(name);
    for (let at = 0; at < bytes.length; at += 4) {
      floats[slot + at / 4] = bytes.length - at >= 4 ? bytes.readInt32LE(at) : bytes.readUInt16LE(at);
    }
  }
}

function slotOf(name: string): number {
  const number = Number(name[1]);
  return name[0] === 'x' ? S.XMM + 4 * number : S.X87_REGISTER + 3 * number;
}

function bytesAt(floats: Int32Array, name: string): Buffer {
  const length = name[0] === 'x' ? 16 : 10;
  return Buffer.from(floats.buffer, floats.byteOffset + 4 * slotOf(name), length);
}

/** RCPPS and RSQRTPS: processors differ within the error that the manual allows, so two results may be apart by twice that. */
const APPROXIMATE = /^(f3)?0f5[23]/;

function isNear(expected: Buffer, actual: Buffer): boolean {
  for (let at = 0; at < 16; at += 4) {
    const [wanted, got] = [expected.readFloatLE(at), actual.readFloatLE(at)];
    const isSame = expected.readInt32LE(at) === actual.readInt32LE(at);
    if (!isSame && !(Math.abs(got - wanted) <= Math.abs(wanted) * 3 * 2 ** -12)) return false;
  }
  return true;
}

function differences(target: FloatTarget, vector: SimdVector): readonly string[] {
  const { cpu, memory } = target;
  const { floats } = cpu.state;
  enter(floats, vector);
  cpu.s[S.CR4] = CR4_OSFXSR | CR4_OSXMMEXCPT;
  target.run(vector.code, vector.eflags, vector.eax, vector.memory);
  const { after } = vector;
  const isRaised = after.exception !== 0;
  const pairs: readonly (readonly [string, number, number])[] = [
    ['exception', after.exception, target.exception ?? 0],
    ['mxcsr', after.mxcsr, floats[S.MXCSR]],
    ['in use', after.inUse, floats[S.X87_IN_USE]],
    ['top', after.top, (floats[S.X87_STATUS] >> 11) & 7],
    ['eflags', after.eflags, isRaised ? after.eflags : cpu.eflags() & ARITHMETIC_FLAGS],
    ['eax', after.eax, cpu.s[S.EAX] >>> 0],
  ];
  const found = pairs.flatMap(([name, expected, actual]) =>
    expected === actual ? [] : [`${name}: expected ${expected.toString(16)}, actual ${actual.toString(16)}`],
  );
  const isLoose = APPROXIMATE.test(codeOf(vector));
  for (const [name, before] of registersBefore(vector)) {
    const expected = after.registers.get(name) ?? before;
    const actual = bytesAt(floats, name);
    if (actual.equals(expected) || (isLoose && name === 'x1' && isNear(expected, actual))) continue;
    found.push(`${name}: expected ${expected.toString('hex')}, actual ${actual.toString('hex')}`);
  }
  const left = Buffer.from(memory.bytes.subarray(OPERAND, OPERAND + 16));
  if (!left.equals(after.memory))
    found.push(`memory: expected ${after.memory.toString('hex')}, actual ${left.toString('hex')}`);
  return found;
}

/** All that fails, with the first few in full. */
function report(target: FloatTarget, chosen: readonly SimdVector[]): string {
  const failures = chosen.flatMap((vector) => {
    const found = differences(target, vector);
    return found.length === 0 ? [] : [{ vector, found }];
  });
  const byCode = new Map<string, number>();
  const listed = failures.flatMap(({ vector, found }) => {
    const code = codeOf(vector);
    const count = (byCode.get(code) ?? 0) + 1;
    byCode.set(code, count);
    const { first, second, mxcsr, memory } = vector;
    const before = [first, second, memory].map((value) => value.toString('hex')).join(' ');
    return count > 2 ? [] : [`${code} mxcsr ${mxcsr.toString(16)} ${before}: ${found.join('; ')}`];
  });
  return [
    ...listed.slice(0, 40),
    ...(failures.length === 0 ? [] : [`${failures.length} of ${chosen.length} fail`]),
  ].join('\n');
}

describe('MMX, SSE and SSE2 instructions give what a processor gave', () => {
  test('on every vector, with the forms engine', () => {
    expect(vectors.length).toBeGreaterThan(21_000);
    expect(report(new FloatTarget('forms'), vectors)).toBe('');
  });

  test.each(['oracle', 'blocks'] as const)('on a tenth of them, with the %s engine', (engine) => {
    const chosen = vectors.filter((_, index) => index % 10 === 0);
    expect(report(new FloatTarget(engine), chosen)).toBe('');
  });
});
