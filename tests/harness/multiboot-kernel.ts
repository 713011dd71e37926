import { multiboot1 } from '../emulator/boot/kernels.ts';

/** A multiboot kernel at 1 MiB that sends its command line and its first module to COM1, then halts. */
export const MULTIBOOT_KERNEL = Uint8Array.from([
  ...multiboot1(0x10000, 0x100000, 0x100000, 0, 0, 0x100020),
  0x8b, 0x73, 0x10, // mov esi, [ebx+16]: the command line
  0xe8, 0x0b, 0x00, 0x00, 0x00, // call SEND
  0x8b, 0x73, 0x18, // mov esi, [ebx+24]: the modules
  0x8b, 0x36, // mov esi, [esi]: the first one
  0xe8, 0x01, 0x00, 0x00, 0x00, // call SEND
  0xf4, // hlt
  0x66, 0xba, 0xf8, 0x03, // SEND: mov dx, 3F8h
  0xac, 0x84, 0xc0, 0x74, 0x03, 0xee, 0xeb, 0xf8, // lodsb; test al, al; jz END; out dx, al; jmp to the lodsb
  0xc3, // END: ret
]); // biome-ignore format: instructions
