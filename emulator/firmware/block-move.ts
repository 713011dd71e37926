import type { FirmwareHost } from './firmware-host.ts';

const SOURCE_DESCRIPTOR = 0x10;
const TARGET_DESCRIPTOR = 0x18;
const MOST_WORDS = 0x8000;
const TOO_LONG = 0x02;

/**
 * Int 15h/87h: copies CX words between the segments that the descriptors at ES:SI describe. Limits aren't checked.
 * Returns the status for AH.
 */
export function moveBlock(host: FirmwareHost): number {
  const words = host.reg('cx');
  if (words > MOST_WORDS) return TOO_LONG;
  const table = host.reg('es') * 16 + host.reg('si');
  const source = descriptorBase(host, table + SOURCE_DESCRIPTOR);
  const target = descriptorBase(host, table + TARGET_DESCRIPTOR);
  for (let offset = 0; offset < words * 2; offset += 2) {
    host.writeWord(target + offset, host.readWord(source + offset));
  }
  return 0;
}

function descriptorBase(host: FirmwareHost, physical: number): number {
  return ((host.readDword(physical + 2) & 0xffffff) | (host.readByte(physical + 7) << 24)) >>> 0;
}
