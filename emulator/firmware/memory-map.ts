const KIB = 1024;
const MIB = 1024 * KIB;
const USABLE = 1;
const RESERVED = 2;

export interface MemoryRange {
  readonly first: number;
  readonly sizeBytes: number;
  readonly type: typeof USABLE | typeof RESERVED;
}

/** What int 15h/E820h reports: RAM, the extended BIOS data area, the ROM, RAM above 1 MiB. */
export function memoryMap(memoryBytes: number): readonly MemoryRange[] {
  const map: MemoryRange[] = [
    { first: 0, sizeBytes: 639 * KIB, type: USABLE },
    { first: 639 * KIB, sizeBytes: KIB, type: RESERVED },
    { first: 0xf0000, sizeBytes: 64 * KIB, type: RESERVED },
  ];
  if (memoryBytes > MIB) map.push({ first: MIB, sizeBytes: memoryBytes - MIB, type: USABLE });
  return map;
}

export function sizeAbove1MibKib(memoryBytes: number): number {
  return Math.max(memoryBytes - MIB, 0) / KIB;
}

/** In units of 64 KiB. */
export function sizeAbove16Mib64Kib(memoryBytes: number): number {
  return Math.floor(Math.max(memoryBytes - 16 * MIB, 0) / (64 * KIB));
}
