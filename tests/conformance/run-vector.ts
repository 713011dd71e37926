import type { MemoryRange, Vector, VectorException, VectorPage, VectorRegisters } from './vectors.ts';

/** What a target left: `memory` holds the ranges of the vector's `memoryBefore`, read back afterwards. */
export interface VectorOutcome {
  readonly registers: VectorRegisters;
  readonly memory: readonly MemoryRange[];
  /** The PTEs of the vector's pages, read back. */
  readonly pages: readonly VectorPage[];
  /** Reported before delivery: nothing is pushed, EIP is the value the handler's frame would hold. */
  readonly exception: VectorException | undefined;
}

/** Something that executes one instruction from a given state. */
export interface VectorTarget {
  run(vector: Vector): VectorOutcome;
}

const GENERAL = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const;

/** CF PF AF ZF SF TF IF DF OF IOPL NT; RF, VM, AC and ID are not compared. */
const COMPARED_FLAGS = 0x7fd5;

const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [0x0001, 'CF'],
  [0x0004, 'PF'],
  [0x0010, 'AF'],
  [0x0040, 'ZF'],
  [0x0080, 'SF'],
  [0x0100, 'TF'],
  [0x0200, 'IF'],
  [0x0400, 'DF'],
  [0x0800, 'OF'],
  [0x3000, 'IOPL'],
  [0x4000, 'NT'],
];

/** Where the outcome differs from what the vector expects; empty if nowhere. */
export function compareOutcome(vector: Vector, actual: VectorOutcome): readonly string[] {
  return [
    ...exceptionDifferences(vector.exception, actual.exception),
    ...namedDifferences(GENERAL, vector.after.general, actual.registers.general),
    ...namedDifferences(['eip'], [vector.after.eip], [actual.registers.eip]),
    ...flagDifferences(vector, actual.registers.eflags),
    ...namedDifferences(SEGMENTS, vector.after.segments, actual.registers.segments),
    ...vector.memoryAfter.flatMap((range, i) => memoryDifferences(range, actual.memory[i])),
    ...vector.pagesAfter.flatMap((page, i) => pageDifferences(page, actual.pages[i])),
  ];
}

/** Runs and compares; an exception thrown by the target becomes a difference, so that one form cannot hide the rest. */
export function runVector(target: VectorTarget, vector: Vector): readonly string[] {
  try {
    return compareOutcome(vector, target.run(vector));
  } catch (error) {
    return [`threw ${error instanceof Error ? error.message : String(error)}`];
  }
}

function exceptionText(exception: VectorException | undefined): string {
  if (exception === undefined) return 'none';
  const { vector, errorCode, linear } = exception;
  const tail = linear === undefined ? '' : ` at ${hex(linear)}`;
  return errorCode === undefined ? `vector ${vector}` : `vector ${vector} error ${hex(errorCode)}${tail}`;
}

function exceptionDifferences(expected: VectorException | undefined, actual: VectorException | undefined): string[] {
  const [wanted, got] = [exceptionText(expected), exceptionText(actual)];
  return wanted === got ? [] : [`exception: expected ${wanted}, actual ${got}`];
}

function namedDifferences(names: readonly string[], expected: readonly number[], actual: readonly number[]): string[] {
  return names.flatMap((name, i) =>
    expected[i] >>> 0 === actual[i] >>> 0 ? [] : [`${name}: expected ${hex(expected[i])}, actual ${hex(actual[i])}`],
  );
}

function flagDifferences(vector: Vector, actual: number): string[] {
  const differing = (vector.after.eflags ^ actual) & COMPARED_FLAGS & ~vector.undefinedFlags;
  if (differing === 0) return [];
  const names = FLAG_NAMES.filter(([bits]) => (differing & bits) !== 0).map(([, name]) => name);
  return [`eflags ${names.join(' ')}: expected ${hex(vector.after.eflags)}, actual ${hex(actual)}`];
}

function memoryDifferences(expected: MemoryRange, actual: MemoryRange | undefined): string[] {
  if (actual === undefined) return [`memory ${hex(expected.physical)}: not read back`];
  const at = expected.bytes.findIndex((byte, i) => byte !== actual.bytes[i]);
  if (at < 0) return [];
  const [wanted, got] = [expected.bytes, actual.bytes].map((bytes) =>
    Buffer.from(bytes.subarray(at, at + 8)).toString('hex'),
  );
  return [`memory ${hex(expected.physical + at)}: expected ${wanted}, actual ${got}`];
}

function pageDifferences(expected: VectorPage, actual: VectorPage | undefined): string[] {
  if (expected.pte === actual?.pte) return [];
  return [`pte of ${hex(expected.number * 0x1000)}: expected ${hex(expected.pte)}, actual ${hex(actual?.pte ?? 0)}`];
}

function hex(value: number): string {
  return (value >>> 0).toString(16);
}
