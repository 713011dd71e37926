import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EngineName, fillRam, type RamFill } from '../../../emulator/index.ts';
import type { WriteColumns } from '../../../traces/index.ts';
import { protectedModeDisk, realModeDisk } from './random-guests.ts';
import { type PlannedInput, type RunPlan, record, runUnrecorded, SMALL } from './recording.ts';

const ROM_FIRST = 0xc0000;
const ROM_END = 0x100000;

/** RAM as the recorded writes alone make it from the initial fill. */
class Replica {
  readonly bytes: Uint8Array;

  constructor(sizeBytes: number, fill: RamFill) {
    this.bytes = new Uint8Array(sizeBytes);
    fillRam(this.bytes, fill);
  }

  /** Stores into ROM and beyond the end of RAM are recorded, but change nothing. */
  readonly apply = ({ count, physical, value, size }: WriteColumns): void => {
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < size[row]; i++) {
        const at = physical[row] + i;
        if (at < this.bytes.length) this.bytes[at] = value[row] >>> (8 * i);
      }
    }
  };
}

/** Where RAM and its replica differ, as physical addresses; ROM isn't looked at, since nothing can write it. */
function differences(replica: Uint8Array, actual: Uint8Array): readonly number[] {
  const found: number[] = [];
  for (let physical = 0; physical < actual.length && found.length < 10; physical++) {
    if (physical === ROM_FIRST) physical = ROM_END;
    if (physical < actual.length && replica[physical] !== actual[physical]) found.push(physical);
  }
  return found;
}

function expectComplete(plan: RunPlan, engine: EngineName = 'forms'): void {
  const spec = { ...SMALL, ...plan.spec };
  const fill = spec.ramFill ?? { kind: 'zero' };
  const replica = new Replica(spec.memoryBytes ?? 0, fill);
  const { machine } = record(engine, { ...plan, spec, onWrites: replica.apply });
  const actual = machine.readPhysical(0, replica.bytes.length);
  expect(differences(replica.bytes, actual)).toEqual([]);
}

const MIB = 1024 * 1024;
const kernel = new Uint8Array(readFileSync(new URL('../../../kernel/build/539kernel.img', import.meta.url)));
const ENTER = 0x1c;
const SPACE = 0x39;

function keyAt(icount: number, scancode: number): PlannedInput {
  return { icount, action: { kind: 'scancodes', bytes: Uint8Array.of(scancode, scancode | 0x80) } };
}

const kernelRun: RunPlan = {
  spec: { memoryBytes: 16 * MIB },
  disk: kernel,
  instructions: 5_000_000,
  inputs: [keyAt(1_000_000, ENTER), keyAt(2_500_000, SPACE), keyAt(4_000_000, ENTER)],
};

const PATTERN = { kind: 'pattern', seed: 539 } as const;

describe('the recorded writes, applied to the initial fill, give the final memory', () => {
  test('of 539kernel’s boot and three key presses', () => {
    expectComplete(kernelRun);
    expectComplete({
      ...kernelRun,
      instructions: 400_000,
      inputs: [],
      spec: { memoryBytes: 16 * MIB, ramFill: PATTERN },
    });
  });

  test('of random code in real mode', () => {
    fc.assert(
      fc.property(realModeDisk, (disk) => expectComplete({ disk, instructions: 10_000, spec: { ramFill: PATTERN } })),
      { numRuns: 5 },
    );
  });

  test('of random code under paging, with task switches and page-walk bits', () => {
    fc.assert(
      fc.property(protectedModeDisk, (disk) => expectComplete({ disk, instructions: 20_000 }, 'blocks')),
      { numRuns: 5 },
    );
  });
});

describe('a run is a function of image, spec and inputs', () => {
  const planOf = (disk: Uint8Array): RunPlan => ({
    disk,
    instructions: 12_000,
    inputs: [keyAt(3_000, SPACE), keyAt(7_000, ENTER)],
  });

  test('so two runs give the same bytes, and so do runs cut into slices of any length', () => {
    fc.assert(
      fc.property(
        protectedModeDisk,
        fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1 }),
        (disk, lengths) => {
          const plan = planOf(disk);
          const whole = record('forms', plan);
          expect(Buffer.compare(record('forms', plan).trace, whole.trace)).toBe(0);
          let turn = 0;
          const sliced = record('blocks', { ...plan, slices: () => lengths[turn++ % lengths.length] });
          expect(Buffer.compare(sliced.trace, whole.trace)).toBe(0);
        },
      ),
      { numRuns: 4 },
    );
  });

  test('one instruction at a time gives the same bytes', () => {
    const [disk] = fc.sample(protectedModeDisk, { numRuns: 1, seed: 1 });
    const plan = { ...planOf(disk), instructions: 4_000 };
    const stepped = record('forms', { ...plan, slices: () => 1 });
    expect(Buffer.compare(stepped.trace, record('forms', plan).trace)).toBe(0);
  });

  test('recording it changes nothing: the state’s digest is that of a run without a sink', () => {
    fc.assert(
      fc.property(protectedModeDisk, (disk) => {
        const plan = planOf(disk);
        expect(runUnrecorded('forms', plan)).toBe(record('forms', plan).state);
        expect(runUnrecorded('blocks', plan)).toBe(record('forms', plan).state);
      }),
      { numRuns: 4 },
    );
  });

  test('and 539kernel gives the same bytes with every engine', () => {
    const plan = { ...kernelRun, instructions: 300_000, inputs: [keyAt(100_000, ENTER)] };
    const oracle = record('oracle', plan);
    for (const engine of ['forms', 'blocks'] as const) {
      const other = record(engine, plan);
      expect(other.state).toBe(oracle.state);
      expect(Buffer.compare(other.trace, oracle.trace)).toBe(0);
    }
  });
});
