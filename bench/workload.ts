/** The measuring guests, whose sources and images are in bench/guests. `start` does nothing. */
export const WORKLOADS = ['alu', 'stores', 'rep', 'heap', 'paging', 'mixed', 'heap-near'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** Who runs a workload. `gilt+memory` records into memory, `gilt+file` into a compressed trace. */
export const SYSTEMS = [
  'gilt',
  'gilt+memory',
  'gilt+file',
  'v86',
  'qemu',
  'qemu -icount',
  'bochs',
  'gilt forms', // the interpreter, which takes long: only when asked for
] as const;
export type System = (typeof SYSTEMS)[number];

/** What one run took; the child process tells the parent in JSON. */
export interface Sample {
  readonly seconds: number;
  readonly cpuSeconds?: number;
  readonly instructions?: number;
  readonly writes?: number;
  readonly traceBytes?: number;
  readonly peakRssBytes?: number;
}
