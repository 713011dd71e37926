/** Colour text memory: what an 80x25 screen shows begins at 0xB8000, a character and an attribute byte per cell. */
export const TEXT_MEMORY = 0xb8000;
export const VISIBLE_BYTES = 80 * 25 * 2;

/** Does the screen show any of the 4 KiB around this byte of physical memory? */
export function isTextPage(physical: number): boolean {
  return physical >>> 12 === TEXT_MEMORY >>> 12;
}

/** Does the screen show this byte of physical memory? */
export function isVisibleText(physical: number): boolean {
  return physical >= TEXT_MEMORY && physical < TEXT_MEMORY + VISIBLE_BYTES;
}
