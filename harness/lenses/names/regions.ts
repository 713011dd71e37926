import type { Symbols } from '../../symbols/index.ts';
import { allocatorsOf } from '../allocations/allocators.ts';
import type { ProbeCall } from '../allocations/probe-calls.ts';
import type { Bound, ViewConfig } from '../view-config.ts';

/** A named range of addresses of one run. */
export interface Region {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly isGuess: boolean; // nobody configured it: good for allocator results, not for any number
}

const PAGE_BYTES = 4096;

/**
 * The configured regions with their symbols looked up (one whose symbol is unknown is left out). Without any: `heap`,
 * from the page of the lowest block of an allocator to the end of memory.
 */
export function resolveRegions(config: ViewConfig, symbols: Symbols, calls: readonly ProbeCall[]): readonly Region[] {
  const regions = config.regions ?? [];
  if (regions.length === 0) return defaultRegion(config, calls);
  return regions.flatMap(({ name, start, end }) => {
    const [from, to] = [resolveBound(start, symbols), resolveBound(end, symbols)];
    return from === undefined || to === undefined ? [] : [{ name, start: from, end: to, isGuess: false }];
  });
}

/**
 * Where a guessed region of this run is taken to begin in another: a heap that begins as far behind the kernel's last
 * page in both has moved with the kernel's size, any other hasn't moved or shouldn't have.
 */
export function movesWithImage(region: Region, symbols: Symbols, other: Region, otherSymbols: Symbols): boolean {
  const [end, otherEnd] = [pageAfter(symbols.imageRange.end), pageAfter(otherSymbols.imageRange.end)];
  return region.isGuess && other.isGuess && end !== 0 && region.start - end === other.start - otherEnd;
}

/** The page boundary at or above an address. */
export function pageAfter(linear: number): number {
  return Math.ceil(linear / PAGE_BYTES) * PAGE_BYTES;
}

function resolveBound(bound: Bound, symbols: Symbols): number | undefined {
  if (typeof bound === 'number') return bound;
  const { symbol, offset = 0, align = 1 } = typeof bound === 'string' ? { symbol: bound } : bound;
  const start = symbols.lookup(symbol)?.start;
  return start === undefined ? undefined : Math.ceil((start + offset) / align) * align;
}

function defaultRegion(config: ViewConfig, calls: readonly ProbeCall[]): readonly Region[] {
  let lowest = Number.POSITIVE_INFINITY;
  const allocatorOf = allocatorsOf(config);
  for (const { probe, result } of calls) {
    const allocator = allocatorOf(probe);
    if (result === undefined || allocator?.family !== 'heap' || allocator.kind === 'free') continue;
    if (result !== allocator.failure) lowest = Math.min(lowest, result);
  }
  if (lowest === Number.POSITIVE_INFINITY) return [];
  return [{ name: 'heap', start: lowest - (lowest % PAGE_BYTES), end: 0x1_0000_0000, isGuess: true }];
}
