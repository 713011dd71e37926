/** The 256 KiB that the registers of a VGA reach: four planes of 64 KiB. */
export const LEGACY_BYTES = 0x40000;
/** All of it, as QEMU's standard VGA has it; Bochs VBE reaches it. */
/** Where the linear framebuffer is, as firmware leaves it on QEMU's `pc`. */
export const FRAMEBUFFER_PHYSICAL = 0xfd000000;
export const VIDEO_BYTES = 16 * 1024 * 1024;

/** Physical addresses at which a VGA answers. */
export const WINDOW_PHYSICAL = 0xa0000;
export const WINDOW_BYTES = 0x20000;

/** What the VGA sees of the memory of the machine it is soldered to. Only the functions change it. */
export interface VideoHost {
  /** The adapter's own memory; plane p of address a lies at 4a + p. */
  readonly video: Uint8Array;
  /** What memory has at A0000h-BFFFFh: the truth where that is plain, elsewhere what was written last. */
  readonly window: Uint8Array;
  /** These bytes of `video` were changed. */
  touchVideo(first: number, sizeBytes: number): void;
  /** A write that is recorded already leaves this byte in `window`. */
  putWindow(offset: number, byte: number): void;
  /** Changes `window` by a write of the device's own, which is recorded. */
  storeWindow(offset: number, size: 1 | 4, value: number): void;
  /** From now on this part of the window, whole pages, is plain memory, and the VGA answers in all the rest. */
  setPlain(first: number, end: number): void;
}
