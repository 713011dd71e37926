const KIB = 1024;
const MIB = 1024 * KIB;
const USABLE = 1;
const RESERVED = 2;

export interface MemoryRange {
  readonly first: number;
  readonly sizeBytes: number;
  readonly type: typeof USABLE | typeof RESERVED;
}

/** At the end of RAM, where SeaBIOS keeps its tables; a machine with less than this above 1 MiB has it free. */
const TOP_BYTES = 128 * KIB;
/** Of the ROM below 4 GiB. */
const HIGH_ROM = { first: 0xfffc0000, sizeBytes: 256 * KIB, type: RESERVED } as const;

/**
 * What int 15h/E820h reports, as SeaBIOS on QEMU does: RAM, the extended BIOS data area, the ROM, RAM above 1 MiB, its end,
 * the ROM below 4 GiB.
 */
export function memoryMap(memoryBytes: number): readonly MemoryRange[] {
  const map: MemoryRange[] = [
    { first: 0, sizeBytes: 639 * KIB, type: USABLE },
    { first: 639 * KIB, sizeBytes: KIB, type: RESERVED },
    { first: 0xf0000, sizeBytes: 64 * KIB, type: RESERVED },
  ];
  const end = usableEnd(memoryBytes);
  if (end > MIB) map.push({ first: MIB, sizeBytes: end - MIB, type: USABLE });
  if (end < memoryBytes) map.push({ first: end, sizeBytes: memoryBytes - end, type: RESERVED });
  return [...map, HIGH_ROM];
}

export function sizeAbove1MibKib(memoryBytes: number): number {
  return (usableEnd(memoryBytes) - MIB) / KIB;
}

export const ACPI_TABLES_BYTES = 6924;

/** Where they lie; undefined when there is no room behind what a guest may use. */
export function acpiTablesAt(memoryBytes: number): number | undefined {
  const end = usableEnd(memoryBytes);
  return end + ACPI_TABLES_BYTES <= memoryBytes ? end : undefined;
}

/** In units of 64 KiB. */
export function sizeAbove16Mib64Kib(memoryBytes: number): number {
  return Math.floor(Math.max(usableEnd(memoryBytes) - 16 * MIB, 0) / (64 * KIB));
}

function usableEnd(memoryBytes: number): number {
  return memoryBytes >= MIB + TOP_BYTES ? memoryBytes - TOP_BYTES : memoryBytes;
}
