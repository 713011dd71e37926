import type { Allocator } from './allocators.ts';
import type { CallName } from './call-names.ts';
import { Heap, type HeapObject } from './heap.ts';
import { LiveBlocks } from './live-blocks.ts';
import type { Operation } from './operations.ts';

/** What an operation did to the blocks of its family. */
export interface Outcome {
  readonly operation: Operation;
  readonly born?: HeapObject;
  readonly freed?: HeapObject; // the block that it gave back or resized
  readonly overlapped?: HeapObject; // a live block under the one that was handed out
  readonly badPointer?: 'freed before' | 'never handed out';
}

/** Every block that the allocators of a run handed out, with its life, and what each operation did. */
export interface BlockHistory {
  readonly heap: Heap; // blocks of memory, by linear address
  readonly frames: Heap; // page frames, by physical address
  readonly outcomes: readonly Outcome[];
}

/** Follows the operations of a run: what is given back goes when the call begins, what is handed out comes when it returns. */
export function buildHeap(operations: readonly Operation[], names: ReadonlyMap<number, CallName>): BlockHistory {
  const builders = { heap: new FamilyBuilder(names), frames: new FamilyBuilder(names) };
  for (const { operation, isReturn } of stepsOf(operations)) {
    if (operation.allocator === undefined) continue;
    const builder = builders[operation.allocator.family];
    if (isReturn) builder.handOut(operation, operation.allocator);
    else builder.takeBack(operation, operation.allocator);
  }
  return {
    heap: new Heap(builders.heap.objects()),
    frames: new Heap(builders.frames.objects()),
    outcomes: operations.map((operation) => ({
      operation,
      ...builders.heap.outcomeOf(operation.call),
      ...builders.frames.outcomeOf(operation.call),
    })),
  };
}

interface Step {
  readonly operation: Operation;
  readonly icount: number;
  readonly isReturn: boolean;
}

function stepsOf(operations: readonly Operation[]): readonly Step[] {
  const steps = operations.flatMap((operation): readonly Step[] => {
    const call = { operation, icount: operation.icount, isReturn: false };
    const { returnIcount } = operation;
    return returnIcount === undefined ? [call] : [call, { operation, icount: returnIcount, isReturn: true }];
  });
  return steps.sort((x, y) => x.icount - y.icount);
}

class FamilyBuilder {
  private readonly names: ReadonlyMap<number, CallName>;
  private readonly blocks = new Map<number, HeapObject>(); // by the call that handed them out
  private readonly freedBy = new Map<number, number>(); // call -> call that had handed it out
  private readonly overlaps = new Map<number, HeapObject>();
  private readonly badPointers = new Map<number, NonNullable<Outcome['badPointer']>>();
  private readonly live = new LiveBlocks();
  private readonly everHandedOut = new Set<number>();
  private readonly perCaller = new Map<string, number>();

  constructor(names: ReadonlyMap<number, CallName>) {
    this.names = names;
  }

  objects(): readonly HeapObject[] {
    return [...this.blocks.values()];
  }

  outcomeOf(call: number): Omit<Outcome, 'operation'> {
    const [born, freed] = [this.blocks.get(call), this.blocks.get(this.freedBy.get(call) ?? -1)];
    const [overlapped, badPointer] = [this.overlaps.get(call), this.badPointers.get(call)];
    return {
      ...(born === undefined ? {} : { born }),
      ...(freed === undefined ? {} : { freed }),
      ...(overlapped === undefined ? {} : { overlapped }),
      ...(badPointer === undefined ? {} : { badPointer }),
    };
  }

  takeBack(operation: Operation, allocator: Allocator): void {
    const { call, pointer } = operation;
    const isResize = allocator.kind === 'realloc';
    // A resize that fails leaves the old block alone, one to no bytes gives it back.
    const isDone = !isResize || isSuccess(operation, allocator) || operation.sizeBytes === 0;
    if (pointer === undefined || pointer === 0 || !isDone) return;
    const block = this.live.at(pointer);
    if (block === undefined) {
      this.badPointers.set(call, this.everHandedOut.has(pointer) ? 'freed before' : 'never handed out');
      return;
    }
    this.live.remove(block);
    this.blocks.set(block.call, { ...block, diedIcount: operation.icount });
    this.freedBy.set(call, block.call);
  }

  handOut(operation: Operation, allocator: Allocator): void {
    if (!isSuccess(operation, allocator)) return;
    const { call, sizeBytes, result = 0 } = operation;
    const overlapped = this.live.overlapping(result, sizeBytes);
    if (overlapped !== undefined) this.overlaps.set(call, overlapped);
    const block = this.blockOf(operation, allocator.family, result);
    this.blocks.set(call, block);
    this.live.add(block);
    this.everHandedOut.add(result);
  }

  private blockOf(operation: Operation, family: HeapObject['family'], start: number): HeapObject {
    const { call, probe, sizeBytes, icount: bornIcount } = operation;
    const caller = operation.at.function;
    const ordinal = (this.perCaller.get(`${probe} ${caller}`) ?? 0) + 1;
    this.perCaller.set(`${probe} ${caller}`, ordinal);
    const label = `${probe}(${sizeBytes})${caller === undefined ? '' : ` in ${caller}`} #${ordinal}`;
    const identity = this.names.get(call)?.identity ?? label;
    return { call, probe, family, identity, label, start, sizeBytes, bornIcount, diedIcount: Number.POSITIVE_INFINITY };
  }
}

function isSuccess({ result }: Operation, { kind, failure }: Allocator): boolean {
  return kind !== 'free' && kind !== 'free-frames' && result !== undefined && result !== failure;
}
