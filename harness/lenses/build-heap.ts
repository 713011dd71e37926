import { allocatorOf } from './allocators.ts';
import { Heap, type HeapObject } from './heap.ts';
import type { Places } from './places.ts';
import type { ProbeCall } from './probe-calls.ts';
import type { ViewConfig } from './view-config.ts';

/** "process_create<kernel_main": the functions around a probed call, innermost first. */
export function callSite(call: ProbeCall, places: Places): string {
  const place = places.ofCall(call.call.icount, call.call.callers);
  return [place.function ?? '?', ...place.callers].join('<');
}

/** Every block that the allocators of a run handed out, with its life. */
export function buildHeap(calls: readonly ProbeCall[], config: ViewConfig, places: Places): Heap {
  const live = new Map<number, number>(); // start -> index into objects
  const objects: HeapObject[] = [];
  const perSite = new Map<string, number>();
  for (const each of calls) {
    const allocator = allocatorOf(config, each.call.probe);
    if (allocator?.kind === 'free') release(objects, live, each);
    if (allocator?.kind !== 'alloc') continue;
    const sizeBytes = each.call.args[allocator.size] ?? 0;
    const site = `${each.call.probe} from ${callSite(each, places)}`;
    const ordinal = (perSite.get(site) ?? 0) + 1;
    perSite.set(site, ordinal);
    const start = each.return?.result ?? 0;
    if (each.return === undefined || start === 0) continue;
    const caller = places.ofCall(each.call.icount, each.call.callers).function;
    const where = caller === undefined ? '' : ` in ${caller}`;
    live.set(start, objects.length);
    objects.push({
      call: each.call.call,
      probe: each.call.probe,
      identity: `${site} #${ordinal}`,
      label: `${each.call.probe}(${sizeBytes})${where} #${ordinal}`,
      start,
      sizeBytes,
      bornIcount: each.return.icount,
      diedIcount: Number.POSITIVE_INFINITY,
    });
  }
  return new Heap(objects);
}

function release(objects: HeapObject[], live: Map<number, number>, call: ProbeCall): void {
  const start = call.call.args[0];
  const index = start === undefined ? undefined : live.get(start);
  if (start === undefined || index === undefined) return;
  objects[index] = { ...objects[index], diedIcount: call.call.icount };
  live.delete(start);
}
