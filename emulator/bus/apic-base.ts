/** APIC_BASE, the model-specific register 1Bh, which belongs to the local APIC. Low half; the high half is 0. */
export interface ApicBase {
  base: number;
}

/** Bit 11: the processor has a local APIC at the page in the upper bits. */
export const APIC_BASE_ENABLED = 0x800;
