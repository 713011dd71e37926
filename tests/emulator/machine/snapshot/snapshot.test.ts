import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EngineName, Machine, type MachineSpec, type Snapshot, withBytes } from '../../../../emulator/index.ts';
import {
  type InputAction,
  memorySink,
  type TraceEvent,
  TraceWriter,
  type WriteColumns,
} from '../../../../traces/index.ts';
import { protectedModeDisk, realModeDisk } from '../random-guests.ts';
import { bootSector, SMALL } from '../recording.ts';

type Taped = { readonly columns: WriteColumns } | { readonly event: TraceEvent };

interface Mark {
  readonly snapshot: Snapshot;
  readonly tape: number;
  readonly inputs: number;
}

interface Plan {
  readonly disk: Uint8Array;
  readonly spec: Partial<MachineSpec>;
  readonly inputs: readonly { readonly icount: number; readonly action: InputAction }[];
  readonly checkpoints: readonly number[];
  readonly end: number;
}

function copyOf(columns: WriteColumns): WriteColumns {
  const { count, icount, eip, linear, physical, value, size, origin } = columns;
  const wide = { icount: icount.slice(0, count), eip: eip.slice(0, count), linear: linear.slice(0, count) };
  const rest = { physical: physical.slice(0, count), value: value.slice(0, count), size: size.slice(0, count) };
  return { count, ...wide, ...rest, origin: origin.slice(0, count) };
}

/** A machine whose recording goes back with it. */
class Rewinding {
  readonly machine: Machine;
  private readonly plan: Plan;
  private readonly tape: Taped[] = [];
  private nextStep = 0;

  constructor(engine: EngineName, plan: Plan) {
    this.plan = plan;
    const sink = {
      writes: (columns: WriteColumns) => this.tape.push({ columns: copyOf(columns) }),
      event: (event: TraceEvent) => this.tape.push({ event }),
    };
    this.machine = new Machine(plan.spec, { disk: plan.disk }, { engine, sink });
  }

  /** Runs to an icount; on the way inputs are applied and checkpoints made. */
  advance(until: number): void {
    const steps = [
      ...this.plan.inputs.map(({ icount, action }) => ({ icount, act: () => this.machine.apply(action) })),
      ...this.plan.checkpoints.map((icount) => ({ icount, act: () => this.machine.checkpoint(`at-${icount}`) })),
    ].sort((a, b) => a.icount - b.icount);
    for (; this.nextStep < steps.length && steps[this.nextStep].icount <= until; this.nextStep++) {
      const { icount, act } = steps[this.nextStep];
      this.machine.run({ until: icount });
      if (this.machine.stopped === undefined) act();
    }
    this.machine.run({ until });
  }

  mark(): Mark {
    return { snapshot: this.machine.snapshot(), tape: this.tape.length, inputs: this.nextStep };
  }

  rewind({ snapshot, tape, inputs }: Mark): void {
    this.machine.restore(snapshot);
    this.tape.length = tape;
    this.nextStep = inputs;
  }

  /** Continues on another machine, which has nothing but the snapshot. */
  moveTo(other: Rewinding): void {
    const mark = this.mark();
    other.tape.push(...this.tape.slice(other.tape.length));
    other.rewind(mark);
  }

  trace(): string {
    this.advance(this.plan.end);
    this.machine.finish(this.machine.stopped ?? { kind: 'deadline' });
    const sink = memorySink();
    const writer = new TraceWriter(sink, { scenario: 'test', spec: {}, generator: 'test' }, []);
    for (const taped of this.tape) {
      if ('columns' in taped) writer.writes(taped.columns);
      else writer.event(taped.event);
    }
    writer.close();
    return Buffer.from(sink.bytes()).toString('base64');
  }
}

function planOf(disk: Uint8Array, end: number, spec: Partial<MachineSpec> = SMALL): Plan {
  const key = (part: number, scancode: number) => ({
    icount: Math.floor(end * part),
    action: { kind: 'scancodes', bytes: Uint8Array.of(scancode, scancode | 0x80) } as const,
  });
  const checkpoints = [0.3, 0.6].map((part) => Math.floor(end * part));
  return { disk, spec, inputs: [key(0.2, 0x1c), key(0.55, 0x39)], checkpoints, end };
}

const stops = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 });

/** Marks at the stops, then goes back to each of them from the end, and once through another machine. */
function expectExact(engine: EngineName, plan: Plan, parts: readonly number[]): void {
  const whole = new Rewinding(engine, plan).trace();
  const points = parts.map((part) => Math.floor(part * plan.end)).sort((a, b) => a - b);
  const run = new Rewinding(engine, plan);
  const marks = points.map((point) => {
    run.advance(point);
    return run.mark();
  });
  expect(run.trace()).toBe(whole);
  for (const mark of [...marks].reverse()) {
    const other = new Rewinding(engine, plan);
    run.rewind(mark);
    other.advance(points[0]);
    run.moveTo(other);
    expect(other.trace()).toBe(whole);
    run.rewind(mark);
  }
  expect(run.trace()).toBe(whole); // from the first mark, after all the others
}

const kernel = new Uint8Array(readFileSync(new URL('../../../../kernel/build/539kernel.img', import.meta.url)));

describe.each(['oracle', 'forms'] as const)(
  'a run that goes on from a snapshot records the same bytes (%s)',
  (engine) => {
    test('of random code in real mode', () => {
      fc.assert(
        fc.property(realModeDisk, stops, (disk, parts) => expectExact(engine, planOf(disk, 6_000), parts)),
        { numRuns: 2 },
      );
    });

    test('of random code under paging, with a fast timer, task switches and code that changes itself', () => {
      fc.assert(
        fc.property(protectedModeDisk, stops, (disk, parts) => expectExact(engine, planOf(disk, 15_000), parts)),
        { numRuns: 3 },
      );
    });

    test('of 539kernel with probes, RAM full of a pattern and full write buffers', () => {
      const probes = [{ name: 'kalloc', linear: 0x9393, args: 1 }];
      const spec: Partial<MachineSpec> = { probes, ramFill: { kind: 'pattern', seed: 7 } };
      expectExact(engine, planOf(kernel, 300_000, spec), [0.1, 0.24, 0.25, 0.7]);
    });

    test('of a guest that reads where no RAM is, which is noted once', () => {
      // mov ax, ffffh; mov ds, ax; mov al, [10h]; jmp to the mov al
      const disk = bootSector([0xb8, 0xff, 0xff, 0x8e, 0xd8, 0xa0, 0x10, 0x00, 0xeb, 0xfb]);
      expectExact(engine, planOf(disk, 100), [0.01, 0.5]);
    });

    test('of 539kernel with the idle clock, wherever its idle loop is cut', () => {
      const plan = planOf(kernel, 200_000, { clock: 'idle' });
      fc.assert(
        fc.property(stops, (parts) => expectExact(engine, plan, parts)),
        { numRuns: 2 },
      );
    });
  },
);

describe('a snapshot', () => {
  // mov al, 5; mov [500h], al; jmp to the mov al
  const disk = bootSector([0xb0, 0x05, 0xa2, 0x00, 0x05, 0xeb, 0xf9]);
  const machine = new Machine(SMALL, { disk }, { engine: 'forms' });
  const stored = () => machine.readPhysical(0x500, 1)[0];

  test('may get other bytes in RAM, which decoded code follows', () => {
    machine.run({ until: 6 });
    const start = machine.snapshot();
    machine.restore(withBytes(start, new Map([[0x7c01, 9]])));
    machine.run({ until: 12 });
    expect(stored()).toBe(9);
    machine.restore(start);
    machine.run({ until: 12 });
    expect(stored()).toBe(5);
  });

  test('shares the pages that nothing wrote to since the one before', () => {
    const first = machine.snapshot();
    machine.apply({ kind: 'memory', linear: 0x9000, bytes: Uint8Array.of(1) });
    const second = machine.snapshot();
    expect(second.pages.differingFrom(first.pages)).toEqual([9]);
  });

  test('is refused by a machine with another spec', () => {
    const other = new Machine({ ...SMALL, instructionsPerPitClock: 2 }, { disk }, { engine: 'forms' });
    expect(() => other.restore(machine.snapshot())).toThrow('another machine');
  });
});
