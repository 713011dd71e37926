import type { FirmwareHost } from './firmware-host.ts';

const INTERRUPTS_AND_TRAPS = 0x0300;

/** As if an INT stood in the stub right behind the firmware call: the vector's handler runs first, and comes back to there. */
export function callInterrupt(host: FirmwareHost, vector: number): void {
  const flags = host.reg('flags');
  const frame = (host.reg('sp') - 6) & 0xffff;
  const stack = host.reg('ss') * 16 + frame;
  host.writeWord(stack, host.reg('ip'));
  host.writeWord(stack + 2, host.reg('cs'));
  host.writeWord(stack + 4, flags);
  host.setReg('sp', frame);
  host.setReg('flags', flags & ~INTERRUPTS_AND_TRAPS);
  host.setReg('ip', host.readWord(vector * 4));
  host.setReg('cs', host.readWord(vector * 4 + 2));
}
