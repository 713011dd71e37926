import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { countEventWait } from './event-wait.ts';

/** Ticks of 65536 PIT clocks in a day, as every BIOS since the first has it. */
const TICKS_PER_DAY = 0x1800b0;

/** Int 08h, IRQ 0: counts the ticks since midnight at 40:6C and notes at 40:70 when it has passed. */
export function tickInterrupt(host: FirmwareHost): void {
  const ticks = host.readDword(BDA.ticks) + 1;
  host.writeDword(BDA.ticks, ticks >= TICKS_PER_DAY ? 0 : ticks);
  if (ticks >= TICKS_PER_DAY) host.writeByte(BDA.hasPassedMidnight, 1);
  countEventWait(host);
}
