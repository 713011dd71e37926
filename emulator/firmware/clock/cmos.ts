import type { FirmwareHost } from '../firmware-host.ts';

const INDEX_PORT = 0x70;
const VALUE_PORT = 0x71;
const NMI_OFF = 0x80;

/** Registers of the MC146818 and the century, where AT firmware keeps it. */
export const CMOS = {
  second: 0x00,
  alarmSecond: 0x01,
  minute: 0x02,
  alarmMinute: 0x03,
  hour: 0x04,
  alarmHour: 0x05,
  day: 0x07,
  month: 0x08,
  year: 0x09,
  statusB: 0x0b,
  statusC: 0x0c,
  century: 0x32,
} as const;

export function readCmos(host: FirmwareHost, register: number): number {
  host.writePort(INDEX_PORT, register | NMI_OFF);
  return host.readPort(VALUE_PORT);
}

export function writeCmos(host: FirmwareHost, register: number, value: number): void {
  host.writePort(INDEX_PORT, register | NMI_OFF);
  host.writePort(VALUE_PORT, value);
}
