/** Int 17h, printers: 00h-02h. Source: Ralf Brown's INT 17; what a port without a printer answers, as SeaBIOS has it. */
import { BDA } from './bios-data-area.ts';
import type { FirmwareHost } from './firmware-host.ts';
import { setCarry } from './flags-image.ts';
import { unknownFunction } from './unknown-function.ts';

const [STATUS, CONTROL] = [1, 2];
const STROBE = 0x01;
const NO_RESET = 0x04;
const INVERTED = 0x48; // acknowledge and error, as AH has them
const TIMED_OUT = 0x01;
const NO_ACKNOWLEDGE = 0x40;
const PORTS = 3;

export function int17(host: FirmwareHost): void {
  const index = host.reg('dx');
  const base = index < PORTS ? host.readWord(BDA.parallelBases + index * 2) : 0;
  const ah = host.reg('ah');
  const isKnown = base !== 0 && ah <= 2;
  setCarry(host, !isKnown);
  if (!isKnown) {
    if (base !== 0 || ah > 2) unknownFunction(host, 0x17);
    return;
  }
  if (ah === 0) send(host, base);
  if (ah === 1) pulse(host, base, NO_RESET, 0);
  const status = ah === 0 ? acknowledge(host, base) : host.readPort(base + STATUS);
  const isLate = ah === 0 && (status & NO_ACKNOWLEDGE) !== 0;
  host.setReg('ah', (status ^ INVERTED) | (isLate ? TIMED_OUT : 0));
}

function send(host: FirmwareHost, base: number): void {
  host.writePort(base, host.reg('al'));
  pulse(host, base, 0, STROBE);
}

/** The status once the byte was taken; a port that isn't ready by then never will be. */
function acknowledge(host: FirmwareHost, base: number): number {
  const status = host.readPort(base + STATUS);
  return (status & NO_ACKNOWLEDGE) === 0 ? status : host.readPort(base + STATUS);
}

/** A bit of the control register goes down, or up, for a moment. */
function pulse(host: FirmwareHost, base: number, down: number, up: number): void {
  const control = host.readPort(base + CONTROL);
  host.writePort(base + CONTROL, (control & ~down) | up);
  host.writePort(base + CONTROL, (control | down) & ~up);
}
