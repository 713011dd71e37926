import { powerOnVideo } from '../../../../emulator/devices/vga/power-on-video.ts';
import type { VideoHost } from '../../../../emulator/devices/vga/video-memory.ts';

/** A write of the device's own to the window. */
export type OwnStore = readonly [offset: number, size: 1 | 4, value: number];

/** Video memory of half a megabyte and a window, outside of any machine. */
export class FakeVideo implements VideoHost {
  readonly video = new Uint8Array(0x80000);
  readonly window: Uint8Array;
  readonly stores: OwnStore[] = [];
  /** The part of the window that is plain memory, as offsets. */
  plain = { first: 0, end: 0 };

  constructor(window: Uint8Array = new Uint8Array(0x20000)) {
    this.window = window;
    this.video.set(powerOnVideo());
  }

  readonly touchVideo = (): void => undefined;

  readonly putWindow = (offset: number, byte: number): void => {
    this.window[offset] = byte;
  };

  readonly storeWindow = (offset: number, size: 1 | 4, value: number): void => {
    this.stores.push([offset, size, value]);
    for (let i = 0; i < size; i++) this.window[offset + i] = value >>> (8 * i);
  };

  readonly setPlain = (first: number, end: number): void => {
    this.plain = { first, end };
  };

  isPlain(offset: number): boolean {
    return offset >= this.plain.first && offset < this.plain.end;
  }
}
