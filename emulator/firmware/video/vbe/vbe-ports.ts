import type { FirmwareHost } from '../../firmware-host.ts';

const INDEX_PORT = 0x1ce;
const VALUE_PORT = 0x1d0;

/** Registers of the Bochs VBE extension. */
export const VBE = {
  width: 1,
  height: 2,
  depth: 3,
  enable: 4,
  bank: 5,
  virtualWidth: 6,
  virtualHeight: 7,
  xOffset: 8,
  yOffset: 9,
} as const;

export const VBE_ENABLED = 0x01;
export const VBE_WIDE_DAC = 0x20;
export const VBE_LINEAR = 0x40;
export const VBE_KEEP_MEMORY = 0x80;

export function readVbe(host: FirmwareHost, register: number): number {
  host.writePort(INDEX_PORT, register, 2);
  return host.readPort(VALUE_PORT, 2);
}

export function writeVbe(host: FirmwareHost, register: number, value: number): void {
  host.writePort(INDEX_PORT, register, 2);
  host.writePort(VALUE_PORT, value, 2);
}

/** Is a VBE mode set? Leaves everything as it was. */
export function isVbeEnabled(host: FirmwareHost): boolean {
  const index = host.readPort(INDEX_PORT, 2);
  const isEnabled = (readVbe(host, VBE.enable) & VBE_ENABLED) !== 0;
  host.writePort(INDEX_PORT, index, 2);
  return isEnabled;
}

export function disableVbe(host: FirmwareHost): void {
  if (isVbeEnabled(host)) writeVbe(host, VBE.enable, 0);
}
