import { setImmediate as nextTurn } from 'node:timers/promises';
import { completeSpec, disassemble, type EngineName, Machine, type Sink } from '../../emulator/index.ts';
import type { RegisterValues, StopReason, TraceEvent } from '../../traces/index.ts';
import { sameValue } from './same-value.ts';
import type { NamedTrace } from './trace/open-trace.ts';
import { parseSpec } from './trace/parse-spec.ts';
import { traceBoot } from './trace/trace-boot.ts';
import { type Observation, type Parting, TraceMatcher } from './trace/trace-matcher.ts';
import { traceSymbols } from './trace/trace-symbols.ts';

/** The first observation of a replay that isn't as recorded, and where the guest was. */
export interface Divergence extends Parting {
  readonly icount: number;
  readonly eip: number;
  readonly place: string; // function and source line of `eip`
  readonly instruction: string; // disassembled, from the replay's memory at that moment
  readonly registers: RegisterValues; // of the replay at `icount`
}

export type ReplayVerdict =
  | { readonly kind: 'same'; readonly icount: number; readonly writes: number; readonly events: number }
  | { readonly kind: 'diverged'; readonly divergence: Divergence };

export interface ReplayOptions {
  readonly engine: EngineName;
  readonly onProgress?: (icount: number) => void;
}

const SLICE = 1_000_000; // instructions between two looks at the matcher
const LONGEST_INSTRUCTION_BYTES = 15;
const MADE_BY_SCENARIO = ['input', 'screen', 'step', 'checkpoint', 'stop'] as const;

/** Runs a trace again from what it carries and holds every write and event against it. Errors: OperatingError. */
export async function replay(trace: NamedTrace, options: ReplayOptions): Promise<ReplayVerdict> {
  const run = new Replay(trace, options.engine);
  await run.advanceTo(Number.POSITIVE_INFINITY, options.onProgress);
  const parting = run.close();
  if (parting !== undefined) return { kind: 'diverged', divergence: await locate(trace, options.engine, parting) };
  return { kind: 'same', icount: run.machine.icount, ...trace.reader.counts };
}

/** Runs once more up to the divergence, so that registers and memory are those of that moment. */
async function locate(trace: NamedTrace, engine: EngineName, parting: Parting): Promise<Divergence> {
  const icount = Math.min(...sides(parting).map(icountOf));
  const run = new Replay(trace, engine);
  await run.advanceTo(icount, undefined);
  const registers = run.machine.registers();
  const eip =
    sides(parting)
      .map(eipOf)
      .find((each) => each !== undefined) ?? registers.eip;
  const place = traceSymbols(trace).describe(eip);
  return { ...parting, icount, eip, place, instruction: instructionAt(run.machine, eip), registers };
}

/** A machine that gets the inputs of a trace at their icounts, with a matcher as its sink. */
export class Replay {
  readonly machine: Machine;
  readonly #matcher: TraceMatcher;
  readonly #outside: Iterator<TraceEvent>;
  #next: IteratorResult<TraceEvent>;
  #stop: StopReason = { kind: 'deadline' };

  /** `also` gets what the machine records, too. */
  constructor(trace: NamedTrace, engine: EngineName, also?: Sink) {
    const { name, reader } = trace;
    const spec = completeSpec(parseSpec(name, reader.header.spec));
    const source = traceBoot(trace, spec);
    this.#matcher = new TraceMatcher(reader);
    this.machine = new Machine(spec, source, {
      engine,
      sink: also === undefined ? this.#matcher : both(this.#matcher, also),
    });
    this.#outside = reader.events({ kinds: MADE_BY_SCENARIO });
    this.#next = this.#outside.next();
  }

  /** Plays on until `icount`, the end of the trace, the guest's end or a divergence, whichever comes first. */
  async advanceTo(icount: number, onProgress: ((icount: number) => void) | undefined): Promise<void> {
    for (; this.#next.done !== true; this.#next = this.#outside.next()) {
      const event = this.#next.value;
      if (!(await this.#reach(event, icount, onProgress))) return;
      this.#perform(event);
    }
  }

  /** Ends the run as the trace ended and says where the two parted. */
  close(): Parting | undefined {
    this.machine.finish(this.machine.stopped ?? this.#stop);
    return this.#matcher.parting();
  }

  /** Whether the machine got to the moment of `event`, which something outside the guest caused. */
  async #reach(event: TraceEvent, limit: number, onProgress?: (icount: number) => void): Promise<boolean> {
    const { machine } = this;
    const isDue = (): boolean => machine.icount === event.icount && this.#isExpected(event);
    const deadline = Math.min(event.icount, limit);
    while (machine.icount < deadline && !this.#isOver()) {
      machine.run({ until: Math.min(machine.icount + SLICE, deadline), stopOn: isDue });
      onProgress?.(machine.icount);
      await nextTurn();
    }
    if (event.icount > limit) return false;
    if (event.kind === 'stop') return this.#reachEnd(event.reason);
    // What the guest itself did at this very icount before the outside came: an interrupt taken, a fault, its end.
    if (!this.#isExpected(event) && !this.#isOver()) machine.run({ until: event.icount + 1, stopOn: isDue });
    return machine.icount === event.icount && !this.#matcher.hasParted;
  }

  /** A guest that ended by itself has to do so here; the other ends are the recorder's. */
  #reachEnd(reason: StopReason): true {
    const isRecorders = reason.kind === 'deadline' || reason.kind === 'instruction-limit';
    if (isRecorders) this.#stop = reason;
    else if (!this.#isOver()) this.machine.run({ until: this.machine.icount + 1 });
    return true;
  }

  #isOver(): boolean {
    return this.machine.stopped !== undefined || this.#matcher.hasParted;
  }

  #isExpected(event: TraceEvent): boolean {
    return sameValue(this.#matcher.nextEvent, event);
  }

  #perform(event: TraceEvent): void {
    if (event.kind === 'input') this.machine.apply(event.action);
    else if (event.kind === 'screen') this.machine.captureScreen(event.name);
    else if (event.kind === 'step') this.machine.step(event.text);
    else if (event.kind === 'checkpoint' && event.name !== 'end') this.machine.checkpoint(event.name);
  }
}

function both(first: Sink, second: Sink): Sink {
  return {
    writes: (columns) => {
      first.writes(columns);
      second.writes(columns);
    },
    event: (event) => {
      first.event(event);
      second.event(event);
    },
  };
}

function sides({ expected, actual }: Parting): readonly Observation[] {
  return [actual, expected].filter((side) => side !== undefined);
}

function icountOf(side: Observation): number {
  return side.kind === 'write' ? side.row.icount : side.event.icount;
}

function eipOf(side: Observation): number | undefined {
  if (side.kind === 'write') return side.row.eip;
  return 'eip' in side.event ? side.event.eip : undefined;
}

/** The instruction at `eip` of the code segment that the machine is in. */
function instructionAt(machine: Machine, eip: number): string {
  const linear = (machine.pcLinear + eip - machine.registers().eip) >>> 0;
  const bytes = machine.readLinear(linear, LONGEST_INSTRUCTION_BYTES) ?? machine.readLinear(linear, 1);
  return bytes === undefined ? '(not mapped)' : disassemble(bytes, eip, machine.is32).text;
}
