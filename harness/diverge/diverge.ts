import { type EngineName, type Machine, OperatingError } from '../../emulator/index.ts';
import type { RegisterValues } from '../../traces/index.ts';
import { bootSha256 } from '../run/files/boot-sha256.ts';
import { Replay } from '../run/replay.ts';
import { sameValue } from '../run/same-value.ts';
import type { NamedTrace } from '../run/trace/open-trace.ts';
import type { Observation } from '../run/trace/trace-matcher.ts';
import { traceSymbols } from '../run/trace/trace-symbols.ts';
import { type FirstDifference, firstDifference, icountOf } from './first-difference.ts';
import { divergentInterval, type Interval } from './interval.ts';
import { readLocations } from './operands.ts';
import { type DifferingBytes, instructionBytes, lastWriter, type Side, type SideBefore, sideOf } from './side.ts';

/** The first instruction at which two runs part. */
export interface Parted {
  readonly kind: 'parted';
  readonly interval: Interval;
  readonly icount: number;
  readonly sides: readonly [Side, Side];
  readonly difference: FirstDifference; // the first one that the recordings show
  readonly memory: readonly DifferingBytes[]; // what the instruction read
  readonly headers: readonly string[]; // how the runs differ from the beginning
}

/**
 * `unseen`: the recordings differ in nothing that a guest did, only in what a scenario noted or in memory that nothing has
 * read. `outside`: up to the difference the guests do the same; then one gets an input, or its scenario ends.
 */
export type DivergeResult =
  | { readonly kind: 'same' }
  | { readonly kind: 'unseen'; readonly headers: readonly string[] }
  | { readonly kind: 'outside'; readonly difference: FirstDifference; readonly headers: readonly string[] }
  | Parted;

type Pair<Value> = readonly [Value, Value];

const ENGINE: EngineName = 'forms';
const STRIDES = 256; // of a replay, to find the neighbourhood
const STEPS_AT_MOST = 2000; // what is left after halving is gone through instruction by instruction

/**
 * Finds the first divergent instruction of two runs: chain digests give the interval, the recordings the first
 * difference in it, and a replay of both sides through it the instruction.
 * Errors: OperatingError for a trace that can't be replayed, TraceError.
 */
export async function diverge(a: NamedTrace, b: NamedTrace): Promise<DivergeResult> {
  const traces: Pair<NamedTrace> = [a, b];
  const headers = headerDifferences(a, b);
  const interval = divergentInterval(a.reader, b.reader);
  if (interval === undefined) return { kind: 'same' };
  const hasOneImage = bootSha256(a.reader.files()) === bootSha256(b.reader.files());
  const difference =
    firstDifference(a.reader, b.reader, interval, hasOneImage) ??
    firstDifference(a.reader, b.reader, { ...interval, to: Number.POSITIVE_INFINITY }, hasOneImage);
  if (difference === undefined) return { kind: 'unseen', headers };
  if (isFromOutside(difference.a) || isFromOutside(difference.b)) return { kind: 'outside', difference, headers };
  const last = lastIcount(difference);
  const machines = await replayNear(traces, interval.from, last);
  const icount = findParting(machines, last);
  const found = sidesOf(machines, traces);
  const memory = differingMemory(machines, traces, icount);
  for (const machine of machines) stepTo(machine, icount + 1);
  const sides: Pair<Side> = [
    { ...found[0], after: machines[0].registers(), floatsAfter: machines[0].floatRegisters() },
    { ...found[1], after: machines[1].registers(), floatsAfter: machines[1].floatRegisters() },
  ];
  return { kind: 'parted', interval, icount, sides, difference, memory, headers };
}

/**
 * Both machines before the first stretch of the interval after which they aren't equal. Stretches end at inputs, so that
 * nothing comes from outside within one.
 */
async function replayNear(traces: Pair<NamedTrace>, from: number, last: number): Promise<Pair<Machine>> {
  const inputs = [...traces[0].reader.events({ kinds: ['input'], from, to: last })].map(({ icount }) => icount);
  const strides = Array.from({ length: STRIDES }, (_, index) => Math.floor(from + ((last - from) * index) / STRIDES));
  const stops = [...new Set([...strides, ...inputs])].sort((a, b) => a - b);
  const scouts: Pair<Replay> = [new Replay(traces[0], ENGINE), new Replay(traces[1], ENGINE)];
  let near = from;
  for (const stop of stops) {
    for (const scout of scouts) await scout.advanceTo(stop, undefined);
    if (!isEqualState([scouts[0].machine, scouts[1].machine])) break;
    near = stop;
  }
  return [await replayTo(traces[0], near), await replayTo(traces[1], near)];
}

/** A machine that has run again what a trace recorded, with every input up to and including `icount`. */
async function replayTo(trace: NamedTrace, icount: number): Promise<Machine> {
  const replay = new Replay(trace, ENGINE);
  await replay.advanceTo(icount, undefined);
  if (replay.machine.icount < icount && replay.machine.stopped === undefined) {
    throw new OperatingError(trace.name, 'does not run again as it was recorded; gilt replay says where');
  }
  return replay.machine;
}

/**
 * Runs both up to the instruction after which they aren't equal any more, at the latest the one at `last`, where the
 * recordings differ. Nothing comes from outside on the way.
 */
function findParting(machines: Pair<Machine>, last: number): number {
  let known = machines[0].icount;
  let snapshots = machines.map((machine) => machine.snapshot());
  for (let beyond = last; beyond - known > STEPS_AT_MOST; ) {
    const middle = Math.floor((known + beyond) / 2);
    for (const machine of machines) stepTo(machine, middle);
    if (isEqualState(machines)) {
      known = middle;
      snapshots = machines.map((machine) => machine.snapshot());
      continue;
    }
    beyond = middle;
    for (const [index, machine] of machines.entries()) machine.restore(snapshots[index]);
  }
  return stepUntilParted(machines, last);
}

function stepUntilParted(machines: Pair<Machine>, last: number): number {
  for (let icount = machines[0].icount; icount < last; icount++) {
    const snapshots = machines.map((machine) => machine.snapshot());
    for (const machine of machines) stepTo(machine, icount + 1);
    if (isEqualState(machines)) continue;
    for (const [index, machine] of machines.entries()) machine.restore(snapshots[index]);
    return icount;
  }
  return last;
}

function stepTo(machine: Machine, icount: number): void {
  if (machine.stopped === undefined && machine.icount < icount) machine.run({ until: icount });
}

function isEqualState([a, b]: Pair<Machine>): boolean {
  const [x, y] = [a.floatImage(), b.floatImage()];
  return a.icount === b.icount && sameValue(a.registers(), b.registers()) && x.every((word, slot) => word === y[slot]);
}

function sidesOf(machines: Pair<Machine>, traces: Pair<NamedTrace>): Pair<SideBefore> {
  const side = (index: 0 | 1) => sideOf(machines[index], traces[index], traceSymbols(traces[index]));
  return [side(0), side(1)];
}

function differingMemory(machines: Pair<Machine>, traces: Pair<NamedTrace>, icount: number): readonly DifferingBytes[] {
  const [machine, other] = machines;
  const code = instructionBytes(machine);
  if (code === undefined) return [];
  const operands = readLocations(code, machine.registers(), machine.is32);
  const locations = [{ what: 'the instruction', linear: machine.pcLinear, sizeBytes: code.length }, ...operands];
  return locations.flatMap(({ what, linear, sizeBytes }) => {
    const [x, y] = [machine.readLinear(linear, sizeBytes), other.readLinear(linear, sizeBytes)];
    if (x === undefined || y === undefined || Buffer.compare(x, y) === 0) return [];
    const writer = (trace: NamedTrace) => lastWriter(trace, linear, sizeBytes, icount);
    return [{ what, linear, bytes: [x, y] as const, writers: [writer(traces[0]), writer(traces[1])] as const }];
  });
}

/** An input, or an end that the recorder made. */
function isFromOutside(side: Observation | undefined): boolean {
  if (side?.kind !== 'event') return false;
  const { event } = side;
  if (event.kind !== 'stop') return event.kind === 'input';
  return event.reason.kind === 'deadline' || event.reason.kind === 'instruction-limit';
}

function lastIcount({ a, b }: FirstDifference): number {
  return Math.min(...[a, b].flatMap((side) => (side === undefined ? [] : [icountOf(side)])));
}

/** Which files other than symbols aren't the same, in words. */
function fileDifferences(a: NamedTrace, b: NamedTrace): readonly string[] {
  const [x, y] = [bootedFiles(a), bootedFiles(b)];
  const differing = [...new Set([...x.keys(), ...y.keys()])].filter((what) => x.get(what) !== y.get(what));
  return differing.map((what) => (what === 'the image' ? 'the images differ' : `${what} differs`));
}

function bootedFiles({ reader }: NamedTrace): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let modules = 0;
  for (const { role, name, sha256 } of reader.files()) {
    if (role === 'module') found.set(`module ${modules++}`, sha256);
    else if (role !== 'symbols') found.set(role === 'drive' ? `the drive ${name}` : `the ${role}`, sha256);
  }
  return found;
}

/** What was different before the first instruction, in words. */
function headerDifferences(a: NamedTrace, b: NamedTrace): readonly string[] {
  const [x, y] = [a.reader.header, b.reader.header];
  const found = fileDifferences(a, b);
  const fields = [...new Set([...Object.keys(x.spec), ...Object.keys(y.spec)])].filter((field) => field !== 'probes');
  const spec = fields.filter((field) => !sameValue(x.spec[field], y.spec[field]));
  return spec.length === 0 ? found : [...found, `the machines differ in ${spec.join(', ')}`];
}

/** Registers that differ, by name. */
export function differingRegisters(a: RegisterValues, b: RegisterValues): readonly (keyof RegisterValues)[] {
  const names = Object.keys(a) as (keyof RegisterValues)[];
  return names.filter((name) => a[name] !== b[name]);
}
