import { disassemble, type FloatRegisters, type Machine } from '../../emulator/index.ts';
import type { RegisterValues, WriteRow } from '../../traces/index.ts';
import type { NamedTrace } from '../run/trace/open-trace.ts';
import { rowOf } from '../run/trace/trace-matcher.ts';
import type { Symbols } from '../symbols/index.ts';

const LONGEST_INSTRUCTION_BYTES = 15;

/** A run at the divergent instruction. */
export interface Side {
  readonly name: string; // of the trace
  readonly place: string; // function and source line
  readonly instruction: string;
  readonly before: RegisterValues;
  readonly after: RegisterValues;
  readonly floatsBefore: FloatRegisters;
  readonly floatsAfter: FloatRegisters;
}

export type SideBefore = Omit<Side, 'after' | 'floatsAfter'>;

/** Bytes that differ between two runs before the instruction, and who wrote them last. */
export interface DifferingBytes {
  readonly what: string;
  readonly linear: number;
  readonly bytes: readonly [Uint8Array, Uint8Array];
  readonly writers: readonly [WriteRow | undefined, WriteRow | undefined];
}

/** The instruction that a machine executes next; undefined where nothing is mapped. */
export function instructionBytes(machine: Machine): Uint8Array | undefined {
  return machine.readLinear(machine.pcLinear, LONGEST_INSTRUCTION_BYTES) ?? machine.readLinear(machine.pcLinear, 1);
}

/** `symbols` are those of the trace. */
export function sideOf(machine: Machine, { name }: NamedTrace, symbols: Symbols): SideBefore {
  const bytes = instructionBytes(machine);
  const before = machine.registers();
  const instruction = bytes === undefined ? '(not mapped)' : disassemble(bytes, before.eip, machine.is32).text;
  const place = symbols.describe(machine.pcLinear);
  return { name, place, instruction, before, floatsBefore: machine.floatRegisters() };
}

/** The last write to any of these bytes before `icount`. */
export function lastWriter(
  { reader }: NamedTrace,
  linear: number,
  sizeBytes: number,
  icount: number,
): WriteRow | undefined {
  let found: WriteRow | undefined;
  // A write of four bytes may begin three before the first.
  for (const batch of reader.writes({
    linearFrom: Math.max(0, linear - 3),
    linearTo: linear + sizeBytes,
    to: icount,
  })) {
    for (let row = batch.count - 1; row >= 0; row--) {
      if (batch.linear[row] + batch.size[row] <= linear) continue;
      found = rowOf(batch, row);
      break;
    }
  }
  return found;
}
