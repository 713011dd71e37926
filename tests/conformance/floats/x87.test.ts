import { describe, expect, test } from 'vitest';
import * as S from '../../../emulator/cpu/state.ts';
import { FloatTarget, OPERAND } from './float-target.ts';
import { type Bits, loadX87Vectors, type X87Vector } from './x87-vectors.ts';

const vectors = loadX87Vectors();
const REGISTERS = [0, 1, 2, 3, 4, 5, 6, 7];
const NOTHING: Bits = [0, 0, 0];
const EAX = 0x12345678;
const ARITHMETIC_FLAGS = 0x8d5;
const STATUS_C1 = 0x200;

/** F2XM1 FYL2X FPTAN FPATAN FYL2XP1 FSINCOS FSIN FCOS: right to one unit in the last place, C1 as it comes. */
const TRANSCENDENTAL: ReadonlySet<string> = new Set(['d9f0', 'd9f1', 'd9f2', 'd9f3', 'd9f9', 'd9fb', 'd9fe', 'd9ff']);
/** FCOMI and its kin: Intel's manual clears C1, the processor that made the vectors (AMD) leaves it. */
const KEEPS_C1 = /^d[bf][ef]/;
const FYL2XP1 = 'd9f9';

function codeOf(vector: X87Vector): string {
  return Buffer.from(vector.code).toString('hex');
}

function physical(vector: X87Vector, place: number): number {
  return ((vector.status >> 11) + place) & 7;
}

/** The registers before, by physical number. */
function registersBefore(vector: X87Vector): readonly Bits[] {
  const registers = REGISTERS.map(() => NOTHING);
  vector.stack.forEach((bits, place) => {
    registers[physical(vector, place)] = bits ?? NOTHING;
  });
  return registers;
}

function enter(floats: Int32Array, vector: X87Vector): void {
  floats.fill(0);
  floats[S.X87_CONTROL] = vector.control;
  floats[S.X87_STATUS] = vector.status;
  registersBefore(vector).forEach((bits, register) => {
    floats.set(bits, S.X87_REGISTER + 3 * register);
  });
  vector.stack.forEach((bits, place) => {
    if (bits !== undefined) floats[S.X87_IN_USE] |= 1 << physical(vector, place);
  });
}

function differences(target: FloatTarget, vector: X87Vector): readonly string[] {
  const { floats } = target.cpu.state;
  enter(floats, vector);
  target.run(vector.code, vector.eflags, EAX, vector.memory);
  const { after } = vector;
  const code = codeOf(vector);
  const isLoose = TRANSCENDENTAL.has(code);
  const statusMask = isLoose || KEEPS_C1.test(code) ? ~STATUS_C1 : -1;
  const pairs: readonly (readonly [string, number, number])[] = [
    ['exception', 0, target.exception ?? 0],
    ['control', after.control, floats[S.X87_CONTROL]],
    ['status', after.status & statusMask, floats[S.X87_STATUS] & statusMask],
    ['in use', after.inUse, floats[S.X87_IN_USE]],
    ['eflags', after.eflags, target.cpu.eflags() & ARITHMETIC_FLAGS],
    ['ax', after.ax, target.cpu.s[S.EAX] & 0xffff],
  ];
  const found = pairs.flatMap(([name, expected, actual]) =>
    expected === actual ? [] : [`${name}: expected ${expected.toString(16)}, actual ${actual.toString(16)}`],
  );
  const before = registersBefore(vector);
  const registers = REGISTERS.flatMap((register) => {
    const slot = S.X87_REGISTER + 3 * register;
    const expected = after.registers.get(register) ?? before[register];
    const actual: Bits = [floats[slot], floats[slot + 1], floats[slot + 2]];
    const isSame = actual.every((word, i) => word === expected[i]);
    const isRight = isSame || (isLoose && unitsApart(expected, actual) <= 1n);
    return isRight ? [] : [`R${register}: expected ${textOf(expected)}, actual ${textOf(actual)}`];
  });
  const memory = Buffer.from(target.memory.bytes.subarray(OPERAND, OPERAND + vector.memory.length));
  const isSameMemory = memory.equals(after.memory);
  return [...found, ...registers, ...(isSameMemory ? [] : [`memory: actual ${memory.toString('hex')}`])];
}

/** Distance of two patterns of one sign as integers. */
function unitsApart(a: Bits, b: Bits): bigint {
  const difference = orderOf(a) - orderOf(b);
  return difference < 0n ? -difference : difference;
}

/** The pattern as an integer that grows with the magnitude; the integer bit only repeats what the exponent says. */
function orderOf([lo, hi, top]: Bits): bigint {
  return (BigInt(top) << 63n) | (BigInt(hi & 0x7fffffff) << 32n) | BigInt(lo >>> 0);
}

function textOf([lo, hi, top]: Bits): string {
  return [top, hi, lo].map((word) => (word >>> 0).toString(16)).join('.');
}

/** Arguments beyond what the manual defines: FYL2XP1 takes those up to 1 - sqrt(1/2) in magnitude. */
function isDefined(vector: X87Vector): boolean {
  if (codeOf(vector) !== FYL2XP1) return true;
  const [argument] = vector.stack;
  return argument === undefined || (argument[2] & 0x7fff) < 0x3ffd || (argument[2] & 0x7fff) === 0x7fff;
}

/** All that fails, by instruction, with the first few in full. */
function report(target: FloatTarget, chosen: readonly X87Vector[]): string {
  const failures = chosen.flatMap((vector) => {
    const found = differences(target, vector);
    return found.length === 0 ? [] : [{ vector, found }];
  });
  return failures
    .slice(0, 20)
    .map(({ vector, found }) => {
      const stack = vector.stack.map((bits) => (bits === undefined ? '-' : textOf(bits))).join(' ');
      return `${codeOf(vector)} control ${vector.control.toString(16)} stack ${stack}: ${found.join('; ')}`;
    })
    .concat(failures.length === 0 ? [] : [`${failures.length} of ${chosen.length} fail`])
    .join('\n');
}

describe('x87 instructions give what a processor gave', () => {
  const defined = vectors.filter(isDefined);

  // Compiled code does many of them by code of its own.
  test.each(['forms', 'blocks'] as const)('on every vector, with the %s engine', (engine) => {
    expect(defined.length).toBeGreaterThan(26_000);
    expect(report(new FloatTarget(engine), defined)).toBe('');
  });

  test('on a tenth of them, with the oracle', () => {
    const chosen = defined.filter((_, index) => index % 10 === 0);
    expect(report(new FloatTarget('oracle'), chosen)).toBe('');
  });
});
