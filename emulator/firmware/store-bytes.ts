import type { FirmwareHost } from './firmware-host.ts';

/** Puts bytes into guest memory, dword by dword where there are four. */
export function storeBytes(host: FirmwareHost, physical: number, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wholeBytes = bytes.length & ~3;
  for (let offset = 0; offset < wholeBytes; offset += 4) {
    host.writeDword(physical + offset, view.getUint32(offset, true));
  }
  for (let offset = wholeBytes; offset < bytes.length; offset++) host.writeByte(physical + offset, bytes[offset]);
}
