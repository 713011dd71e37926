import { type EngineName, Machine, type MachineSpec } from '../../../emulator/index.ts';
import type { Sink } from '../../../emulator/machine/recording/sink.ts';
import {
  type InputAction,
  memorySink,
  type StopReason,
  type TraceEvent,
  TraceWriter,
  type WriteColumns,
} from '../../../traces/index.ts';

/** The smallest machine: tests make many. */
export const SMALL: Partial<MachineSpec> = { memoryBytes: 1024 * 1024, instructionsPerPitClock: 1 };

export interface PlannedInput {
  readonly icount: number;
  readonly action: InputAction;
}

export interface RunPlan {
  readonly spec?: Partial<MachineSpec>;
  readonly disk: Uint8Array;
  readonly instructions: number;
  /** In order of their icounts. */
  readonly inputs?: readonly PlannedInput[];
  /** Instructions after which run() comes back each time, if not only where inputs are due. */
  readonly slices?: () => number;
  /** Told of every batch of writes besides the trace. */
  readonly onWrites?: (columns: WriteColumns) => void;
  readonly onEvent?: (event: TraceEvent) => void;
  /** How soon engine `blocks` compiles; by default soon, for runs are short. */
  readonly hotAfter?: number;
}

export interface Recording {
  readonly trace: Uint8Array;
  readonly state: string;
  readonly chain: string; // of all that was recorded
  readonly icount: number;
  readonly stopped: StopReason | undefined;
  readonly machine: Machine;
}

/** A disk whose boot sector starts with `code`, which is loaded at 0:7C00. */
export function bootSector(code: readonly number[]): Uint8Array {
  const disk = new Uint8Array(512);
  disk.set(code);
  disk.set([0x55, 0xaa], 510);
  return disk;
}

/** Runs the plan and gives the whole trace as bytes. */
export function record(engine: EngineName, plan: RunPlan): Recording {
  const sink = memorySink();
  const writer = new TraceWriter(sink, { scenario: 'test', spec: {}, generator: 'test' }, []);
  const tee: Sink = {
    writes: (columns) => {
      plan.onWrites?.(columns);
      writer.writes(columns);
    },
    event: (event) => {
      plan.onEvent?.(event);
      writer.event(event);
    },
  };
  const machine = new Machine(
    plan.spec ?? SMALL,
    { disk: plan.disk },
    { engine, sink: tee, hotAfter: plan.hotAfter ?? 2 },
  );
  play(machine, plan);
  const { state, chain } = machine.checkpoint('state');
  machine.finish(machine.stopped ?? { kind: 'deadline' });
  writer.close();
  return { trace: sink.bytes(), state, chain, icount: machine.icount, stopped: machine.stopped, machine };
}

/** Runs the plan with engine `blocks` for a sink that takes ranges; gives the chain digest of all that was recorded. */
export function chainOfRanges(plan: RunPlan): string {
  const sink = { writes: () => undefined, event: () => undefined, takesRanges: true };
  const options = { engine: 'blocks', sink, hotAfter: plan.hotAfter ?? 2 } as const;
  const machine = new Machine(plan.spec ?? SMALL, { disk: plan.disk }, options);
  play(machine, plan);
  return machine.checkpoint('state').chain;
}

/** Runs the plan without recording and gives the state's digest. */
export function runUnrecorded(engine: EngineName, plan: RunPlan): string {
  const machine = new Machine(plan.spec ?? SMALL, { disk: plan.disk }, { engine, hotAfter: plan.hotAfter ?? 2 });
  play(machine, plan);
  return machine.checkpoint('state').state;
}

function play(machine: Machine, { instructions, inputs = [], slices }: RunPlan): void {
  const advance = (until: number): void => {
    while (machine.stopped === undefined && machine.icount < until) {
      machine.run({ until: slices === undefined ? until : Math.min(until, machine.icount + slices()) });
    }
  };
  for (const { icount, action } of inputs) {
    advance(icount);
    if (machine.stopped === undefined) machine.apply(action);
  }
  advance(instructions);
}
