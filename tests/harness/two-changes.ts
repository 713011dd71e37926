import { bootSector } from './project-folder.ts';

// mov ax, B800h; mov es, ax; mov word es:[0], 'H' in grey
const PRINT_H = [0xb8, 0x00, 0xb8, 0x8e, 0xc0, 0x26, 0xc7, 0x06, 0, 0, 0x48, 7];

/** Writes `value` to port 80h, prints "H" and `letter`, and waits for interrupts: two things that may change each by itself. */
export function guestWith({
  value = 1,
  letter = 'i',
}: {
  readonly value?: number;
  readonly letter?: string;
}): Uint8Array {
  const print = [0x26, 0xc7, 0x06, 2, 0, letter.charCodeAt(0), 7]; // mov word es:[2], letter in grey
  return bootSector([...PRINT_H, 0xb0, value, 0xe6, 0x80, ...print, 0xfb, 0xf4, 0xeb, 0xfd]);
}
