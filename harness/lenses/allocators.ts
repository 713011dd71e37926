import type { ViewConfig } from './view-config.ts';

/** An allocator with its defaults filled in. */
export interface Allocator {
  readonly name: string;
  readonly kind: 'alloc' | 'free';
  readonly size: number;
}

/** What the config says about a probe; undefined when it isn't an allocator. */
export function allocatorOf(config: ViewConfig, probe: string): Allocator | undefined {
  const allocators = config.allocators ?? [];
  if (allocators.length === 0) return { name: probe, kind: 'alloc', size: 0 };
  const found = allocators.find((each) => each.name === probe);
  return found === undefined ? undefined : { name: probe, kind: found.kind ?? 'alloc', size: found.size ?? 0 };
}
