import type { AllocatorConfig } from '../config/config.ts';
import type { GoldenStore } from '../golden/store.ts';
import type { BootFiles } from '../run/files/boot-files.ts';
import { openTraceFile } from '../run/trace/open-trace.ts';

/**
 * The allocators to watch in a run that is held against a golden one. A function that the golden run's kernel had and this
 * one lacks is left out: the linker dropped what nobody calls, or the compiler inlined every call. Errors: as of opening a
 * trace.
 */
export function presentAllocators(
  allocators: readonly AllocatorConfig[],
  { symbols }: Pick<BootFiles, 'symbols'>,
  store: Pick<GoldenStore, 'has' | 'traceFile'>,
  scenario: string,
): readonly AllocatorConfig[] {
  const isAbsent = ({ name }: AllocatorConfig) => symbols.lookup(name) === undefined;
  if (!allocators.some(isAbsent) || !store.has(scenario)) return allocators;
  const { probes } = openTraceFile(store.traceFile(scenario)).reader.header.spec;
  const known = new Set(Array.isArray(probes) ? probes.map((probe) => (probe as { name?: unknown }).name) : []);
  return allocators.filter((each) => !(isAbsent(each) && known.has(each.name)));
}
