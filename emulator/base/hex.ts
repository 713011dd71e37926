/** `0x` and at least `digits` lower-case hex digits of an unsigned 32-bit number. */
export function hex(value: number, digits = 8): string {
  return `0x${(value >>> 0).toString(16).padStart(digits, '0')}`;
}
