/**
 * Int 1Ah, time of day: 00h-07h, and PCI BIOS. Source: Ralf Brown's INT 1A. Times and dates are BCD, as the CMOS clock
 * keeps them.
 */
import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { setCarry, setStubCarry } from '../flags-image.ts';
import { pciBios } from '../pci/pci-bios.ts';
import { unknownFunction } from '../unknown-function.ts';
import { CMOS, readCmos, writeCmos } from './cmos.ts';

const SLAVE_MASK_PORT = 0xa1;
const B_SET = 0x80;
const B_ALARM = 0x20;
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
    case 0x06:
      setCarry(host, !setAlarm(host));
      return;
    case 0xb1:
      pciBios(host);
      return;
    case 0x07:
      host.setReg('ax', switchAlarm(host, false));
      break;
    default:
      unknownFunction(host, 0x1a);
      setCarry(host, true);
      return;
  }
  setCarry(host, false);
}

/** IRQ 8. The stub calls int 4Ah, the alarm, where its CF is set. Reading status C lets the clock interrupt again. */
export function clockInterrupt(host: FirmwareHost): void {
  const cause = readCmos(host, CMOS.statusC) & readCmos(host, CMOS.statusB);
  setStubCarry(host, (cause & B_ALARM) !== 0);
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

/** At CH:CL:DH. False when an alarm is set already. */
function setAlarm(host: FirmwareHost): boolean {
  host.setReg('ax', 0);
  if ((readCmos(host, CMOS.statusB) & B_ALARM) !== 0) return false;
  writeCmos(host, CMOS.alarmHour, host.reg('ch'));
  writeCmos(host, CMOS.alarmMinute, host.reg('cl'));
  writeCmos(host, CMOS.alarmSecond, host.reg('dh'));
  host.writePort(SLAVE_MASK_PORT, host.readPort(SLAVE_MASK_PORT) & ~1);
  switchAlarm(host, true);
  return true;
}

/** Gives status B as it was before, with the clock running. */
function switchAlarm(host: FirmwareHost, isOn: boolean): number {
  const statusB = readCmos(host, CMOS.statusB);
  const running = statusB & ~B_SET;
  writeCmos(host, CMOS.statusB, isOn ? running | B_ALARM : running & ~B_ALARM);
  return statusB;
}

/** The clock stands still while its registers change. AX = status B at the end, as SeaBIOS leaves it. */
function setClock(host: FirmwareHost, statusB: number, values: readonly (readonly [number, number])[]): void {
  writeCmos(host, CMOS.statusB, statusB | B_SET);
  for (const [register, value] of values) writeCmos(host, register, value);
  const running = statusB & ~B_SET;
  writeCmos(host, CMOS.statusB, running);
  host.setReg('ax', running);
}
