import type { BusMaster } from '../../bus/bus-master.ts';
import type { Access } from '../../cpu/access.ts';
import { ORIGIN_DMA, type WriteLog } from '../../memory/write-log.ts';

/** The port to memory that devices with DMA get. Aligned dwords are one access each, the rest is bytes. */
export function busMaster(access: Access, writeLog: WriteLog): BusMaster {
  return {
    read: (physical, lengthBytes) => {
      const bytes = new Uint8Array(lengthBytes);
      const view = new DataView(bytes.buffer);
      forEachPart(physical, lengthBytes, (source, offset, size) => {
        const value = access.readPhysical(source, size);
        if (size === 4) view.setUint32(offset, value, true);
        else bytes[offset] = value;
      });
      return bytes;
    },
    write: (physical, bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const origin = writeLog.currentOrigin;
      writeLog.currentOrigin = ORIGIN_DMA;
      forEachPart(physical, bytes.length, (target, offset, size) => {
        // There is no linear address: the row repeats the physical one.
        access.writePhysical(target, target, size, size === 4 ? view.getUint32(offset, true) : bytes[offset]);
      });
      writeLog.currentOrigin = origin;
    },
  };
}

function forEachPart(
  physical: number,
  lengthBytes: number,
  visit: (at: number, offset: number, size: 1 | 4) => void,
): void {
  for (let offset = 0; offset < lengthBytes; ) {
    const at = (physical + offset) >>> 0;
    const size = (at & 3) === 0 && lengthBytes - offset >= 4 ? 4 : 1;
    visit(at, offset, size);
    offset += size;
  }
}
