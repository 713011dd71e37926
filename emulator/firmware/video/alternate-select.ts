/** Int 10h/12h, by BL: how the display is set up. Source: Ralf Brown's INT 10. */
import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { unknownSubfunction } from '../unknown-function.ts';
import { enableVideoMemory, readSequencer, writeSequencer } from './vga-ports.ts';

const DONE = 0x12;
const CLOCKING_MODE = 1;
const SCREEN_OFF = 0x20;
const KEEPS_PALETTE = 0x08;
const SUMS_TO_GREY = 0x02;
const NO_CURSOR_SCALING = 0x01;

/** AL = 1 sets these bits of a byte in the BIOS data area, AL = 0 clears them, or the other way round. */
const SWITCHES: ReadonlyMap<number, { readonly physical: number; readonly bits: number; readonly on: 0 | 1 }> = new Map(
  [
    [0x31, { physical: BDA.videoControl, bits: KEEPS_PALETTE, on: 1 }],
    [0x33, { physical: BDA.videoControl, bits: SUMS_TO_GREY, on: 0 }],
    [0x34, { physical: BDA.videoOptions, bits: NO_CURSOR_SCALING, on: 1 }],
  ],
);

export function alternateSelect(host: FirmwareHost): void {
  const [al, bl] = [host.reg('al'), host.reg('bl')];
  const setting = SWITCHES.get(bl);
  if (bl === 0x10) {
    giveConfiguration(host);
  } else if (setting !== undefined) {
    const before = host.readByte(setting.physical);
    host.writeByte(setting.physical, (al & 1) === setting.on ? before | setting.bits : before & ~setting.bits);
    host.setReg('al', DONE);
  } else if (bl === 0x30) {
    if (al <= 2) setScanLines(host, al);
    host.setReg('al', DONE);
  } else if (bl === 0x32) {
    enableVideoMemory(host, (al & 1) === 0);
    host.setReg('al', DONE);
  } else if (bl === 0x35) {
    host.setReg('al', DONE); // to another display: there is one
  } else if (bl === 0x36) {
    const clocking = readSequencer(host, CLOCKING_MODE) & ~SCREEN_OFF;
    writeSequencer(host, CLOCKING_MODE, (al & 1) === 0 ? clocking : clocking | SCREEN_OFF);
    host.setReg('al', DONE);
  } else {
    unknownSubfunction(host, 0x10);
  }
}

/** Colour, 256 KiB; no feature bits, the switches. */
function giveConfiguration(host: FirmwareHost): void {
  host.setReg('bx', 0x0003);
  host.setReg('cx', host.readByte(BDA.videoSwitches) & 0x0f);
}

/** 200, 350 or 400 lines for text modes. Noted, as SeaVGABIOS does it; the modes have 400 all the same. */
function setScanLines(host: FirmwareHost, al: number): void {
  const control = host.readByte(BDA.videoControl) & ~0x90;
  const switches = host.readByte(BDA.videoSwitches) & ~0x0f;
  const [controlBits, switchBits] = [
    [0x80, 0x08],
    [0x00, 0x09],
    [0x10, 0x09],
  ][al];
  host.writeByte(BDA.videoControl, control | controlBits);
  host.writeByte(BDA.videoSwitches, switches | switchBits);
}
