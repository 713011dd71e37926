import { hex, type RamFill } from '../../../emulator/index.ts';
import { type Cause, compareTraces } from '../../compare/index.ts';
import { type DivergeResult, diverge } from '../../diverge/diverge.ts';
import { makeRunView } from '../../lenses/index.ts';
import { recordInMemory } from '../../run/record-scenario.ts';
import { viewConfigOf } from '../../run/view-config.ts';
import { selectScenarios } from '../../scenario/find-scenarios.ts';
import { loadScenario } from '../../scenario/load-scenario.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { findGuest, type Guest, type GuestChoice } from '../open-guest.ts';

export interface RamFillsOptions extends Omit<GuestChoice, 'machine'> {
  readonly scenario: string; // its name
  readonly fills?: readonly RamFill[]; // the others are compared with the first; default zeros, FFh and two patterns
  readonly seed?: number; // of the default patterns; default 1
  readonly onProgress?: (fill: string) => void;
}

/** The first instruction that does something else because of what RAM held at power-on. */
export interface RamReader {
  readonly icount: number;
  readonly place: string; // function and source line
  readonly instruction: string;
  /** What it read, as far as its encoding tells, with the bytes under the first fill and under this one. */
  readonly read: readonly {
    readonly linear: number;
    readonly expected: readonly number[];
    readonly actual: readonly number[];
    readonly isNeverWritten: boolean;
  }[];
}

/** One fill against the first. `unread`: nothing in the run depends on it. */
export interface RamFillRun {
  readonly fill: string;
  readonly kind: 'unread' | 'read' | 'differs'; // read: an instruction differs, and no lens sees a difference
  readonly reader?: RamReader;
  readonly paragraphs: readonly string[]; // what the lenses see
}

export interface RamReport {
  readonly scenario: string;
  readonly first: string; // the fill that the others are compared with
  readonly runs: readonly RamFillRun[];
}

/** Runs one scenario under several RAM fills; what differs read memory that nobody had written. Errors: OperatingError. */
export async function ramFills(options: RamFillsOptions): Promise<RamReport> {
  const guest = await findGuest(options);
  const folder = guest.project?.scenarios ?? '';
  const [file] = selectScenarios(folder, [options.scenario]);
  return compareFills(guest, await loadScenario(file), options);
}

/** The same for a scenario that is at hand. */
export async function compareFills(
  guest: Guest,
  scenario: Scenario,
  { fills, seed = 1, engine = 'forms', onProgress }: Pick<RamFillsOptions, 'fills' | 'seed' | 'engine' | 'onProgress'>,
): Promise<RamReport> {
  const [first, ...others] = fills ?? defaultFills(seed);
  const recordWith = (ramFill: RamFill): ReturnType<typeof recordInMemory> => {
    onProgress?.(fillText(ramFill));
    const machine = { ...scenario.machine, ramFill };
    return recordInMemory(guest, guest.boot, { ...scenario, machine }, { engine });
  };
  const golden = (await recordWith(first)).trace;
  const view = viewConfigOf(guest.config, scenario);
  const levels = { ...guest.config.levels, ...scenario.levels };
  const runs: RamFillRun[] = [];
  for (const fill of others) {
    const { trace } = await recordWith(fill);
    const verdict = compareTraces(makeRunView(golden.reader, view), makeRunView(trace.reader, view), { levels });
    const reader = readerOf(await diverge(golden, trace));
    const causes = verdict.kind === 'differs' ? verdict.causes : [];
    runs.push(runOf(fillText(fill), reader, causes));
  }
  return { scenario: scenario.name, first: fillText(first), runs };
}

function runOf(fill: string, reader: RamReader | undefined, causes: readonly Cause[]): RamFillRun {
  const kind = causes.length > 0 ? 'differs' : reader === undefined ? 'unread' : 'read';
  const found = reader === undefined ? {} : { reader };
  return { fill, kind, ...found, paragraphs: causes.map(({ paragraph }) => paragraph) };
}

function readerOf(result: DivergeResult): RamReader | undefined {
  if (result.kind !== 'parted') return undefined;
  const { icount, sides, memory } = result;
  const [{ place, instruction }] = sides;
  const read = memory.map(({ linear, bytes: [expected, actual], writers }) => {
    const isNeverWritten = writers.every((writer) => writer === undefined);
    return { linear, expected: [...expected], actual: [...actual], isNeverWritten };
  });
  return { icount, place, instruction, read };
}

function defaultFills(seed: number): readonly [RamFill, ...RamFill[]] {
  const patterns = [seed, seed + 1].map((each): RamFill => ({ kind: 'pattern', seed: each }));
  return [{ kind: 'zero' }, { kind: 'byte', value: 0xff }, ...patterns];
}

/** "zeros", "bytes 0xff", "pattern 7" */
function fillText(fill: RamFill): string {
  if (fill.kind === 'zero') return 'zeros';
  return fill.kind === 'byte' ? `bytes ${hex(fill.value, 2)}` : `pattern ${fill.seed}`;
}
