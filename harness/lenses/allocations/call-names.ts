import type { Operation } from './operations.ts';

/** What a call of an allocator is known by in golden and actual alike. */
export interface CallName {
  readonly site: string; // "kalloc from process_create<kernel_main"
  readonly identity: string; // "kalloc from process_create<kernel_main #2": of the block that it hands out
}

/** The calls of a run by their number, named by the functions around them, innermost first. */
export function nameCalls(operations: readonly Operation[]): ReadonlyMap<number, CallName> {
  const perSite = new Map<string, number>();
  const names = new Map<number, CallName>();
  for (const { call, probe, at } of operations) {
    const site = `${probe} from ${[at.function ?? '?', ...at.callers].join('<')}`;
    const ordinal = (perSite.get(site) ?? 0) + 1;
    perSite.set(site, ordinal);
    names.set(call, { site, identity: `${site} #${ordinal}` });
  }
  return names;
}
