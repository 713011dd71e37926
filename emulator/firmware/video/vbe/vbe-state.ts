import type { FirmwareHost } from '../../firmware-host.ts';
import { readVbe, VBE, VBE_ENABLED, writeVbe } from './vbe-ports.ts';

/** From the width to the vertical offset, but for `enable`, which comes first. */
const REGISTERS = [1, 2, 3, 5, 6, 7, 8, 9];
export const VBE_STATE_WORDS = 1 + REGISTERS.length;

/** The Bochs VBE registers as SeaVGABIOS copies them: the others are 0 while none of its modes is on. */
export function vbeState(host: FirmwareHost): readonly number[] {
  const enable = readVbe(host, VBE.enable);
  const isOn = (enable & VBE_ENABLED) !== 0;
  return [enable, ...REGISTERS.map((register) => (isOn ? readVbe(host, register) : 0))];
}

/** In the order of their numbers, lest the size of the mode is another when it comes on. */
export function setVbeState(host: FirmwareHost, [enable, ...words]: readonly number[]): void {
  const isOn = (enable & VBE_ENABLED) !== 0;
  const put = (from: number, to: number): void => {
    for (let index = from; index < to; index++) writeVbe(host, REGISTERS[index], words[index]);
  };
  const beforeEnable = REGISTERS.filter((register) => register < VBE.enable).length;
  if (isOn) put(0, beforeEnable);
  writeVbe(host, VBE.enable, enable);
  if (isOn) put(beforeEnable, REGISTERS.length);
}
