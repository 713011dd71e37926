/**
 * Int 1Ah, time of day: 00h-05h. Source: Ralf Brown's INT 1A. Times and dates are BCD, as the CMOS clock keeps them.
 * Not here: the alarm (06h, 07h), PCI BIOS (B1h).
 */
import { BDA } from './bios-data-area.ts';
import { CMOS, readCmos, writeCmos } from './cmos.ts';
import type { FirmwareHost } from './firmware-host.ts';
import { setCarry } from './flags-image.ts';
import { unknownFunction } from './unknown-function.ts';

const B_SET = 0x80;
const B_DAYLIGHT = 0x01;

export function int1a(host: FirmwareHost): void {
  switch (host.reg('ah')) {
    case 0x00:
      readTicks(host);
      break;
    case 0x01:
      host.writeDword(BDA.ticks, host.reg('cx') * 0x10000 + host.reg('dx'));
      host.writeByte(BDA.hasPassedMidnight, 0);
      host.setReg('ah', 0);
      break;
    case 0x02:
      readTime(host);
      break;
    case 0x03:
      setTime(host);
      break;
    case 0x04:
      readDate(host);
      break;
    case 0x05:
      setDate(host);
      break;
    default:
      unknownFunction(host, 0x1a);
      setCarry(host, true);
      return;
  }
  setCarry(host, false);
}

function readTicks(host: FirmwareHost): void {
  const ticks = host.readDword(BDA.ticks);
  host.setReg('cx', ticks >>> 16);
  host.setReg('dx', ticks & 0xffff);
  host.setReg('al', host.readByte(BDA.hasPassedMidnight));
  host.writeByte(BDA.hasPassedMidnight, 0);
}

function readTime(host: FirmwareHost): void {
  const hour = readCmos(host, CMOS.hour);
  host.setReg('ch', hour);
  host.setReg('cl', readCmos(host, CMOS.minute));
  host.setReg('dh', readCmos(host, CMOS.second));
  host.setReg('dl', readCmos(host, CMOS.statusB) & B_DAYLIGHT);
  host.setReg('ax', hour);
}

function setTime(host: FirmwareHost): void {
  const statusB = (readCmos(host, CMOS.statusB) & ~B_DAYLIGHT) | (host.reg('dl') & B_DAYLIGHT);
  setClock(host, statusB, [
    [CMOS.hour, host.reg('ch')],
    [CMOS.minute, host.reg('cl')],
    [CMOS.second, host.reg('dh')],
  ]);
}

function readDate(host: FirmwareHost): void {
  const century = readCmos(host, CMOS.century);
  host.setReg('ch', century);
  host.setReg('cl', readCmos(host, CMOS.year));
  host.setReg('dh', readCmos(host, CMOS.month));
  host.setReg('dl', readCmos(host, CMOS.day));
  host.setReg('ax', century);
}

function setDate(host: FirmwareHost): void {
  setClock(host, readCmos(host, CMOS.statusB), [
    [CMOS.century, host.reg('ch')],
    [CMOS.year, host.reg('cl')],
    [CMOS.month, host.reg('dh')],
    [CMOS.day, host.reg('dl')],
  ]);
}

/** The clock stands still while its registers change. AX = status B at the end, as SeaBIOS leaves it. */
function setClock(host: FirmwareHost, statusB: number, values: readonly (readonly [number, number])[]): void {
  writeCmos(host, CMOS.statusB, statusB | B_SET);
  for (const [register, value] of values) writeCmos(host, register, value);
  const running = statusB & ~B_SET;
  writeCmos(host, CMOS.statusB, running);
  host.setReg('ax', running);
}
