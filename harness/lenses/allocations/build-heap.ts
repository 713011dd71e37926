import type { Allocator } from './allocators.ts';
import type { CallName } from './call-names.ts';
import { Heap, type HeapObject } from './heap.ts';
import { LiveBlocks } from './live-blocks.ts';
import type { Operation } from './operations.ts';

const FEWEST_OF_FILL = 8; // of things given back in a row at one distance, where other things were handed out before

/** What an operation did to the blocks of its family. */
export interface Outcome {
  readonly operation: Operation;
  readonly name: CallName;
  readonly born: HeapObject | undefined;
  readonly freed: HeapObject | undefined; // the block that it gave back or resized
  readonly overlapped: HeapObject | undefined; // a live block under the one that was handed out
  readonly badPointer: 'freed before' | 'never handed out' | undefined;
  readonly isFill: boolean; // what a pool is made of, given back for the first time
}

/** Every block that the allocators of a run handed out, with its life, and what each operation did. */
export interface BlockHistory {
  readonly heap: Heap; // blocks of memory, by linear address
  readonly frames: Heap; // page frames, by the address that their allocator gives
  readonly frameDistance: number; // what that is above the physical one
  readonly outcomes: readonly Outcome[];
}

/**
 * Follows the operations of a run, each with its name: what is given back goes when the call begins, what is handed out comes
 * when it returns. `frameDistanceOf` tells of the first frame how far above its physical address the one is that was handed out.
 */
export function buildHeap(
  operations: readonly Operation[],
  names: readonly CallName[],
  frameDistanceOf: (address: number) => number,
): BlockHistory {
  const builders = { heap: new FamilyBuilder(), frames: new FamilyBuilder() };
  const outcomes = operations.map((operation, i) => new BuiltOutcome(operation, names[i]));
  inOrder(
    outcomes.filter(({ operation }) => operation.allocator !== undefined),
    (outcome, allocator) => builders[allocator.family].takeBack(outcome, allocator),
    (outcome, allocator) => builders[allocator.family].handOut(outcome, allocator),
  );
  markFills(outcomes);
  const [heap, frames] = [new Heap(builders.heap.objects), new Heap(builders.frames.objects)];
  const [first] = frames.objects;
  return { heap, frames, frameDistance: first === undefined ? 0 : frameDistanceOf(first.start), outcomes };
}

/** A pool may be filled in stages: one caller gives back one thing after the other that nobody ever got. */
function markFills(outcomes: readonly BuiltOutcome[]): void {
  let from = 0;
  for (let i = 1; i <= outcomes.length; i++) {
    const goesOn = i < outcomes.length && isNextOfFill(outcomes, from, i);
    if (goesOn) continue;
    if (i - from >= FEWEST_OF_FILL) {
      for (const outcome of outcomes.slice(from, i)) {
        outcome.isFill = true;
        outcome.badPointer = undefined;
      }
    }
    from = i;
  }
}

function isNextOfFill(outcomes: readonly BuiltOutcome[], from: number, i: number): boolean {
  const [first, last, next] = [outcomes[from], outcomes[i - 1], outcomes[i]];
  if (first.badPointer !== 'never handed out' || next.badPointer !== 'never handed out') return false;
  const { probe, site } = next.operation;
  if (probe !== first.operation.probe || site.function !== first.operation.site.function) return false;
  const step = (later: BuiltOutcome, earlier: BuiltOutcome) =>
    (later.operation.pointer ?? 0) - (earlier.operation.pointer ?? 0);
  return i - from === 1 || step(next, last) === step(outcomes[from + 1], first);
}

class BuiltOutcome implements Outcome {
  readonly operation: Operation;
  readonly name: CallName;
  born: HeapObject | undefined;
  freed: HeapObject | undefined;
  overlapped: HeapObject | undefined;
  badPointer: Outcome['badPointer'];
  isFill = false;

  constructor(operation: Operation, name: CallName) {
    this.operation = operation;
    this.name = name;
  }
}

type Step = (outcome: BuiltOutcome, allocator: Allocator) => void;

/** Shows each call, and each return after all that happened before it. */
function inOrder(outcomes: readonly BuiltOutcome[], call: Step, back: Step): void {
  const open: BuiltOutcome[] = []; // by the time of the return, the next one last
  const returnUntil = (icount: number) => {
    for (let next = open.at(-1); next !== undefined && returnOf(next) <= icount; next = open.at(-1)) {
      open.pop();
      step(next, back);
    }
  };
  for (const outcome of outcomes) {
    returnUntil(outcome.operation.icount);
    step(outcome, call);
    if (outcome.operation.returnIcount === undefined) continue;
    let at = open.length;
    while (at > 0 && returnOf(open[at - 1]) <= returnOf(outcome)) at--;
    open.splice(at, 0, outcome);
  }
  returnUntil(Number.POSITIVE_INFINITY);
}

function returnOf({ operation }: BuiltOutcome): number {
  return operation.returnIcount ?? Number.POSITIVE_INFINITY;
}

function step(outcome: BuiltOutcome, act: Step): void {
  if (outcome.operation.allocator !== undefined) act(outcome, outcome.operation.allocator);
}

/** A block; what people call it is put together when asked for. */
class Block implements HeapObject {
  readonly call: number;
  readonly probe: string;
  readonly family: HeapObject['family'];
  readonly identity: string;
  readonly start: number;
  readonly sizeBytes: number;
  readonly bornIcount: number;
  diedIcount = Number.POSITIVE_INFINITY;
  private readonly caller: string | undefined;
  private readonly nth: number; // of the blocks that the probe has handed out to that caller

  constructor(
    { call, probe, sizeBytes, icount, result = 0, site }: Operation,
    family: HeapObject['family'],
    nth: number,
    name: CallName,
  ) {
    this.call = call;
    this.probe = probe;
    this.family = family;
    this.start = result;
    this.sizeBytes = sizeBytes;
    this.bornIcount = icount;
    this.caller = site.function;
    this.nth = nth;
    this.identity = name.identity;
  }

  get label(): string {
    return `${this.probe}(${this.sizeBytes})${this.caller === undefined ? '' : ` in ${this.caller}`} #${this.nth}`;
  }
}

class FamilyBuilder {
  readonly objects: Block[] = [];
  private readonly live = new LiveBlocks<Block>();
  private readonly everHandedOut = new Set<number>();
  private readonly perCaller = new Map<string, Map<string | undefined, number>>(); // of each probe

  takeBack(outcome: BuiltOutcome, allocator: Allocator): void {
    const { operation } = outcome;
    const { pointer } = operation;
    const isResize = allocator.kind === 'realloc';
    // A resize that fails leaves the old block alone, one to no bytes gives it back.
    const isDone = !isResize || isSuccess(operation, allocator) || operation.sizeBytes === 0;
    if (pointer === undefined || pointer === 0 || !isDone) return;
    const block = this.live.at(pointer);
    if (block === undefined) {
      // Kernels fill a pool by giving back what it is made of.
      if (this.everHandedOut.size === 0 && !isResize) outcome.isFill = true;
      else outcome.badPointer = this.everHandedOut.has(pointer) ? 'freed before' : 'never handed out';
      return;
    }
    this.live.remove(block);
    block.diedIcount = operation.icount;
    outcome.freed = block;
  }

  handOut(outcome: BuiltOutcome, allocator: Allocator): void {
    const { operation } = outcome;
    if (!isSuccess(operation, allocator)) return;
    const { sizeBytes, result = 0 } = operation;
    outcome.overlapped = this.live.overlapping(result, sizeBytes);
    const block = new Block(operation, allocator.family, this.nthOf(operation), outcome.name);
    outcome.born = block;
    this.objects.push(block);
    this.live.add(block);
    this.everHandedOut.add(result);
  }

  private nthOf({ probe, site }: Operation): number {
    const callers = this.perCaller.get(probe) ?? new Map<string | undefined, number>();
    this.perCaller.set(probe, callers);
    const nth = (callers.get(site.function) ?? 0) + 1;
    callers.set(site.function, nth);
    return nth;
  }
}

function isSuccess({ result }: Operation, { kind, failure }: Allocator): boolean {
  return kind !== 'free' && kind !== 'free-frames' && result !== undefined && result !== failure;
}
