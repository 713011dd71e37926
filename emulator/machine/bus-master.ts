import type { BusMaster } from '../bus/bus-master.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { ORIGIN_DMA, type WriteLog } from '../memory/write-log.ts';

/** The port to memory that devices with DMA get. Aligned dwords are one write each, the rest is bytes. */
export function busMaster(memory: PhysicalMemory, writeLog: WriteLog): BusMaster {
  const store = (physical: number, size: 1 | 4, value: number): void => {
    memory.write(physical, size, value);
    writeLog.push(physical, physical, size, value); // there is no linear one: the row repeats the physical
  };
  return {
    read: (physical, lengthBytes) =>
      Uint8Array.from({ length: lengthBytes }, (_, offset) => memory.read8((physical + offset) >>> 0)),
    write: (physical, bytes) => {
      const origin = writeLog.currentOrigin;
      writeLog.currentOrigin = ORIGIN_DMA;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let offset = 0; offset < bytes.length; ) {
        const target = (physical + offset) >>> 0;
        const size = (target & 3) === 0 && bytes.length - offset >= 4 ? 4 : 1;
        store(target, size, size === 4 ? view.getUint32(offset, true) : bytes[offset]);
        offset += size;
      }
      writeLog.currentOrigin = origin;
    },
  };
}
