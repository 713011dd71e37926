import type { Symbols } from '../symbols/index.ts';
import { allocatorOf } from './allocators.ts';
import type { ProbeCall } from './probe-calls.ts';
import type { ViewConfig } from './view-config.ts';

/** A named range of linear addresses of one run. */
export interface Region {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly isGuess: boolean; // nobody configured it: good for allocator results, not for any number
}

const PAGE_BYTES = 4096;

/**
 * The configured regions with their symbols looked up (one whose symbol is unknown is left out). Without any: `heap`,
 * from the page of the lowest result of an allocator to the end of memory.
 */
export function resolveRegions(config: ViewConfig, symbols: Symbols, calls: readonly ProbeCall[]): readonly Region[] {
  const regions = config.regions ?? [];
  if (regions.length === 0) return defaultRegion(config, calls);
  return regions.flatMap(({ name, start, end }) => {
    const from = typeof start === 'number' ? start : symbols.lookup(start)?.start;
    const to = typeof end === 'number' ? end : symbols.lookup(end)?.start;
    return from === undefined || to === undefined ? [] : [{ name, start: from, end: to, isGuess: false }];
  });
}

function defaultRegion(config: ViewConfig, calls: readonly ProbeCall[]): readonly Region[] {
  let lowest = Number.POSITIVE_INFINITY;
  for (const call of calls) {
    const result = call.return?.result ?? 0;
    if (result !== 0 && allocatorOf(config, call.call.probe)?.kind === 'alloc') lowest = Math.min(lowest, result);
  }
  if (lowest === Number.POSITIVE_INFINITY) return [];
  return [{ name: 'heap', start: lowest - (lowest % PAGE_BYTES), end: 0x1_0000_0000, isGuess: true }];
}
