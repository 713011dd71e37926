/** Registers behind an index port. Indexes beyond the file read 0 and swallow writes; bits outside a mask stay 0. */
export function readRegister(registers: Uint8Array, index: number): number {
  return index < registers.length ? registers[index] : 0;
}

export function writeRegister(registers: Uint8Array, index: number, value: number, masks?: readonly number[]): void {
  if (index < registers.length) registers[index] = value & (masks?.[index] ?? 0xff);
}
