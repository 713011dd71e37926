import type { AllocatorKind, AllocatorView, ViewConfig } from '../view-config.ts';

/** An allocator with its defaults filled in. Argument positions count from 0; an absent one is not passed. */
export interface Allocator {
  readonly name: string;
  readonly kind: AllocatorKind;
  readonly size: number | undefined;
  readonly count: number | undefined;
  readonly order: number | undefined;
  readonly pointer: number | undefined;
  readonly frameBytes: number;
  readonly failure: number;
  readonly family: 'heap' | 'frames';
  readonly region: string | undefined;
  readonly mustFree: boolean;
}

const PAGE_BYTES = 4096;

// Where the C library and most kernels have these arguments.
const POSITIONS: Readonly<Record<AllocatorKind, Pick<AllocatorView, 'size' | 'count' | 'pointer'>>> = {
  alloc: { size: 0 },
  calloc: { count: 0, size: 1 },
  realloc: { pointer: 0, size: 1 },
  free: { pointer: 0 },
  frames: {},
  'free-frames': { pointer: 0 },
};

/** Looks up what the config says about a probe; undefined when it isn't an allocator. */
export function allocatorsOf({ allocators = [] }: ViewConfig): (probe: string) => Allocator | undefined {
  const known = new Map<string, Allocator>();
  for (const each of allocators) if (!known.has(each.name)) known.set(each.name, completeAllocator(each));
  return (probe) => {
    if (allocators.length === 0 && !known.has(probe)) known.set(probe, completeAllocator({ name: probe }));
    return known.get(probe);
  };
}

/** Fills in the defaults. */
export function completeAllocator(view: AllocatorView): Allocator {
  const kind = view.kind ?? 'alloc';
  const usual = POSITIONS[kind];
  return {
    name: view.name,
    kind,
    size: view.size ?? usual.size,
    count: view.count ?? usual.count,
    order: view.order,
    pointer: view.pointer ?? usual.pointer,
    frameBytes: view.frameBytes ?? PAGE_BYTES,
    failure: view.failure ?? 0,
    family: kind === 'frames' || kind === 'free-frames' ? 'frames' : 'heap',
    region: view.region,
    mustFree: view.mustFree ?? false,
  };
}

/** How many bytes a call asks for; 0 for one that only gives back. */
export function requestedBytes(allocator: Allocator, args: readonly number[]): number {
  const { kind, size, count, order, frameBytes } = allocator;
  if (kind === 'free' || kind === 'free-frames') return 0;
  const units =
    order === undefined ? (count === undefined ? 1 : (args[count] ?? 0)) : 2 ** Math.min(args[order] ?? 0, 32);
  // A frame allocator takes a number of frames, a number of bytes, or nothing: one frame.
  const unitBytes = size === undefined ? frameBytes : (args[size] ?? 0);
  return Math.min(units * unitBytes, 0xffff_ffff);
}

/** The argument that points to what is given back or resized. */
export function pointerArgument(allocator: Allocator, args: readonly number[]): number | undefined {
  return allocator.pointer === undefined ? undefined : args[allocator.pointer];
}

/** The functions that hand out page frames or take them back. */
export function frameProbesOf({ allocators = [] }: ViewConfig): ReadonlySet<string> {
  const frames = allocators.map(completeAllocator).filter(({ family }) => family === 'frames');
  return new Set(frames.map(({ name }) => name));
}
