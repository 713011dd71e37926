import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';

/** The ring of 15 keys at 40:1E (or wherever 40:80 and 40:82 say), with offsets in segment 40h. */
const SEGMENT_BASE = 0x400;

/** Puts a key word behind the others; false when there is no room. */
export function putKey(host: FirmwareHost, key: number): boolean {
  const tail = host.readWord(BDA.keyTail);
  const next = after(host, tail);
  if (next === host.readWord(BDA.keyHead)) return false;
  host.writeWord(SEGMENT_BASE + tail, key);
  host.writeWord(BDA.keyTail, next);
  return true;
}

/** The oldest key word, or undefined. */
export function peekKey(host: FirmwareHost): number | undefined {
  const head = host.readWord(BDA.keyHead);
  return head === host.readWord(BDA.keyTail) ? undefined : host.readWord(SEGMENT_BASE + head);
}

export function dropKey(host: FirmwareHost): void {
  host.writeWord(BDA.keyHead, after(host, host.readWord(BDA.keyHead)));
}

export function clearKeys(host: FirmwareHost): void {
  const start = host.readWord(BDA.keyBufferStart);
  host.writeWord(BDA.keyHead, start);
  host.writeWord(BDA.keyTail, start);
}

function after(host: FirmwareHost, offset: number): number {
  return offset + 2 >= host.readWord(BDA.keyBufferEnd) ? host.readWord(BDA.keyBufferStart) : offset + 2;
}
