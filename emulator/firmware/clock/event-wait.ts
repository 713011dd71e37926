import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';

const POSTED = 0x80;
const TICK_MICROSECONDS = 54_925; // 65536 PIT clocks

/** Int 15h/83h: in CX:DX microseconds the byte at ES:BX gets bit 7. False when another wait is under way. */
export function startEventWait(host: FirmwareHost): boolean {
  if (host.readByte(BDA.isWaiting) !== 0) return false;
  host.writeDword(BDA.waitFlag, host.reg('es') * 0x10000 + host.reg('bx'));
  host.writeDword(BDA.waitMicroseconds, host.reg('cx') * 0x10000 + host.reg('dx'));
  host.writeByte(BDA.isWaiting, 1);
  return true;
}

export function cancelEventWait(host: FirmwareHost): void {
  host.writeByte(BDA.isWaiting, 0);
}

/** Another tick has passed. An AT counts by the periodic interrupt of its CMOS clock, in steps of 976 microseconds. */
export function countEventWait(host: FirmwareHost): void {
  if (host.readByte(BDA.isWaiting) === 0) return;
  const left = host.readDword(BDA.waitMicroseconds) - TICK_MICROSECONDS;
  host.writeDword(BDA.waitMicroseconds, Math.max(left, 0));
  if (left > 0) return;
  const flag = host.readWord(BDA.waitFlag + 2) * 16 + host.readWord(BDA.waitFlag);
  host.writeByte(flag, host.readByte(flag) | POSTED);
  cancelEventWait(host);
}
