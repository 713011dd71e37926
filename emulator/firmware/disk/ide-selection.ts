/** Which drives of the IDE channels SeaBIOS leaves selected: kernels look at the status before they select one. */
import type { FirmwareHost } from '../firmware-host.ts';
import { FIRST_CD, FIRST_DISK } from './drives.ts';

const DEVICE_PORTS = { disks: 0x1f6, cds: 0x176 } as const;
const MASTER = 0xa0;
const MASTER_BY_SECTOR = 0xe0;
const SLAVE = 0xb0;

/** It looks for the slaves last: until a drive is used they are selected, whether they are there or not. */
export function selectSlaves(host: FirmwareHost): void {
  for (const port of Object.values(DEVICE_PORTS)) host.writePort(port, SLAVE);
}

/** What is booted has been read: a disk is the master of the first channel, a CD that of the second. */
export function selectBooted(host: FirmwareHost, number: number): void {
  if (number >= FIRST_CD) host.writePort(DEVICE_PORTS.cds, MASTER);
  else if (number >= FIRST_DISK) host.writePort(DEVICE_PORTS.disks, MASTER_BY_SECTOR);
}
