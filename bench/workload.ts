/** The measuring guests, whose sources and images are in bench/guests. `start` does nothing. */
export const WORKLOADS = ['alu', 'stores', 'rep', 'heap', 'paging', 'mixed', 'heap-near'] as const;
export type Workload = (typeof WORKLOADS)[number];

/**
 * Who runs a workload. `gilt+memory` records into memory, `gilt+file` into a compressed trace, `qemu-plugin` the addresses
 * of stores into memory (store-log.c). Those of SLOW_SYSTEMS take minutes and run only when asked for: gilt's
 * interpreter, and Bochs, which Debian builds with its debugger in.
 */
const QUICK_SYSTEMS = ['gilt', 'gilt+memory', 'gilt+file', 'v86', 'qemu', 'qemu -icount', 'qemu-plugin'] as const;
const SLOW_SYSTEMS = ['gilt forms', 'bochs'] as const;
export const SYSTEMS = [...QUICK_SYSTEMS, ...SLOW_SYSTEMS];
export const DEFAULT_SYSTEMS: readonly System[] = QUICK_SYSTEMS;
export type System = (typeof SYSTEMS)[number];

/** What one run took; the child process tells the parent in JSON. */
export interface Sample {
  readonly seconds: number;
  readonly cpuSeconds?: number;
  readonly instructions?: number;
  readonly writes?: number;
  readonly traceBytes?: number;
  readonly peakRssBytes?: number;
  readonly seekMs?: number; // to the writes of a thousand instructions, somewhere in a trace
}
