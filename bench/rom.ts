const PAYLOAD_BYTES = 32 * 1024;
const SECTOR_BYTES = 512;

/** A 64 KiB BIOS of `code` (guests/rom.asm) with the guest behind an image's boot sector as its first half. */
export function romOf(image: Uint8Array, code: Uint8Array): Uint8Array<ArrayBuffer> {
  const rom = new Uint8Array(code);
  rom.set(image.subarray(SECTOR_BYTES, SECTOR_BYTES + PAYLOAD_BYTES));
  return rom;
}
