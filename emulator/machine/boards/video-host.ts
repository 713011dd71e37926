import type { Cpu } from '../../cpu/cpu.ts';
import { type VideoHost, WINDOW_BYTES, WINDOW_PHYSICAL } from '../../devices/vga/video-memory.ts';
import { PAGE_DEVICE, PAGE_RAM } from '../../memory/physical-memory.ts';
import { ORIGIN_DMA } from '../../memory/write-log.ts';

/** Gives the VGA its memory and its window; what it changes in the window by itself is recorded as a device's writes. */
export function videoHost(cpu: Cpu): VideoHost {
  const { memory, writeLog } = cpu.pins;
  const put = (offset: number, byte: number): void => {
    const physical = WINDOW_PHYSICAL + offset;
    memory.bytes[physical] = byte;
    memory.dirtyPages[physical >>> 12] = 1;
    const marks = memory.marksAt(physical);
    if (marks !== 0) memory.noteMarked(marks, physical, 1);
  };
  return {
    video: memory.video,
    window: memory.bytes.subarray(WINDOW_PHYSICAL, WINDOW_PHYSICAL + WINDOW_BYTES),
    touchVideo: (first, sizeBytes) => {
      const start = memory.sizeBytes + first;
      memory.dirtyPages.fill(1, start >>> 12, ((start + sizeBytes - 1) >>> 12) + 1);
    },
    putWindow: put,
    storeWindow: (offset, size, value) => {
      for (let i = 0; i < size; i++) put(offset + i, (value >>> (8 * i)) & 0xff);
      const origin = writeLog.currentOrigin;
      writeLog.currentOrigin = ORIGIN_DMA;
      writeLog.push(WINDOW_PHYSICAL + offset, WINDOW_PHYSICAL + offset, size, value);
      writeLog.currentOrigin = origin;
    },
    setPlain: (first, end) => {
      const firstPage = WINDOW_PHYSICAL >>> 12;
      memory.pageKinds.fill(PAGE_DEVICE, firstPage, (WINDOW_PHYSICAL + WINDOW_BYTES) >>> 12);
      memory.pageKinds.fill(PAGE_RAM, firstPage + (first >>> 12), firstPage + (end >>> 12));
      cpu.access.translation.noteKinds(WINDOW_PHYSICAL, WINDOW_PHYSICAL + WINDOW_BYTES);
    },
  };
}
