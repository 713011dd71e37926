import type { BootScreen } from './boot-request.ts';

/** Bytes that are in memory when a kernel starts; what lies between their end and `sizeBytes` is zero. */
export interface Load {
  readonly physical: number;
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
}

/** What a boot loader leaves behind: memory, and the registers that the kernel is entered with. */
export interface BootPlan {
  readonly loads: readonly Load[];
  /** `flat`: 32-bit protected mode, all segments from 0 to 4 GiB, paging off. `real`: CS holds `entry` >>> 4 above 64 KiB. */
  readonly mode: 'flat' | 'real';
  readonly entry: number; // physical
  readonly eax: number;
  readonly ebx: number;
  readonly screen: BootScreen;
}

export function endOf({ physical, sizeBytes }: Pick<Load, 'physical' | 'sizeBytes'>): number {
  return physical + sizeBytes;
}
