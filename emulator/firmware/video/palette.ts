/** Int 10h/10h: palette registers and DAC; int 10h/0Bh: the CGA's palettes. Source: Ralf Brown's INT 10. */
import type { FirmwareHost } from '../firmware-host.ts';
import { unknownSubfunction } from '../unknown-function.ts';
import { readAttribute, readDac, readPelMask, writeAttribute, writeDac, writePelMask } from './vga-ports.ts';

const PALETTE_REGISTERS = 16;
const MODE = 0x10;
const MODE_BLINK = 0x08;
const MODE_SIXTEEN_PAGES = 0x80; // pages of 16 colours, not of 64
const OVERSCAN = 0x11;
const PAGE = 0x14;

/** By AL. */
const FUNCTIONS: ReadonlyMap<number, (host: FirmwareHost) => void> = new Map<number, (host: FirmwareHost) => void>([
  [0x00, (host) => host.reg('bl') <= PAGE && writeAttribute(host, host.reg('bl'), host.reg('bh'))],
  [0x01, (host) => writeAttribute(host, OVERSCAN, host.reg('bh'))],
  [0x02, setAll],
  [0x03, setBlink],
  [0x07, (host) => host.reg('bl') <= PAGE && host.setReg('bh', readAttribute(host, host.reg('bl')))],
  [0x08, (host) => host.setReg('bh', readAttribute(host, OVERSCAN))],
  [0x09, giveAll],
  [0x10, setColour],
  [0x12, setColours],
  [0x13, selectPage],
  [0x15, giveColour],
  [0x17, giveColours],
  [0x18, (host) => writePelMask(host, host.reg('bl'))],
  [0x19, (host) => host.setReg('bl', readPelMask(host))],
  [0x1a, givePage],
  [0x1b, (host) => makeGrey(host, host.reg('bx'), host.reg('cx'))],
]);

export function setPalette(host: FirmwareHost): void {
  (FUNCTIONS.get(host.reg('al')) ?? ((caller) => unknownSubfunction(caller, 0x10)))(host);
}

function farPointer(host: FirmwareHost): number {
  return host.reg('es') * 16 + host.reg('dx');
}

function setAll(host: FirmwareHost): void {
  for (let index = 0; index < PALETTE_REGISTERS; index++) {
    writeAttribute(host, index, host.readByte(farPointer(host) + index));
  }
  writeAttribute(host, OVERSCAN, host.readByte(farPointer(host) + PALETTE_REGISTERS));
}

function giveAll(host: FirmwareHost): void {
  for (let index = 0; index < PALETTE_REGISTERS; index++) {
    host.writeByte(farPointer(host) + index, readAttribute(host, index));
  }
  host.writeByte(farPointer(host) + PALETTE_REGISTERS, readAttribute(host, OVERSCAN));
}

/** Whether bit 7 of an attribute blinks (BL = 1) or makes the background bright. */
function setBlink(host: FirmwareHost): void {
  const mode = readAttribute(host, MODE) & ~MODE_BLINK;
  writeAttribute(host, MODE, (host.reg('bl') & 1) !== 0 ? mode | MODE_BLINK : mode);
}

function setColour(host: FirmwareHost): void {
  writeDac(host, host.reg('bx'), [host.reg('dh'), host.reg('ch'), host.reg('cl')]);
}

function giveColour(host: FirmwareHost): void {
  const [red, green, blue] = readDac(host, host.reg('bx'), 1);
  host.setReg('dh', red);
  host.setReg('ch', green);
  host.setReg('cl', blue);
}

function setColours(host: FirmwareHost): void {
  const from = farPointer(host);
  writeDac(
    host,
    host.reg('bx'),
    Array.from({ length: host.reg('cx') * 3 }, (_, i) => host.readByte(from + i)),
  );
}

function giveColours(host: FirmwareHost): void {
  const to = farPointer(host);
  readDac(host, host.reg('bx'), host.reg('cx')).forEach((component, i) => {
    host.writeByte(to + i, component);
  });
}

/** BL = 0: BH says how large pages of colours are; BL = 1: which one shows. */
function selectPage(host: FirmwareHost): void {
  const [bl, bh] = [host.reg('bl') & 1, host.reg('bh')];
  const mode = readAttribute(host, MODE);
  if (bl === 0) writeAttribute(host, MODE, (mode & ~MODE_SIXTEEN_PAGES) | ((bh & 1) << 7));
  else writeAttribute(host, PAGE, ((mode & MODE_SIXTEEN_PAGES) !== 0 ? bh : bh << 2) & 15);
}

function givePage(host: FirmwareHost): void {
  const isSixteen = (readAttribute(host, MODE) & MODE_SIXTEEN_PAGES) !== 0;
  const page = readAttribute(host, PAGE) & 15;
  host.setReg('bl', isSixteen ? 1 : 0);
  host.setReg('bh', isSixteen ? page : page >> 2);
}

/** Brightness by the usual weights, 30 % red, 59 % green, 11 % blue, in 256ths. */
export function makeGrey(host: FirmwareHost, first: number, count: number): void {
  for (let index = first; index < first + count; index++) {
    const [red, green, blue] = readDac(host, index, 1);
    const grey = Math.min((77 * red + 151 * green + 28 * blue + 0x80) >> 8, 0x3f);
    writeDac(host, index, [grey, grey, grey]);
  }
}

/** BH = 0: border, and background of CGA graphics; BH = 1: which of its palettes. */
export function setCgaPalette(host: FirmwareHost): void {
  const bl = host.reg('bl');
  if (host.reg('bh') === 0) {
    const colour = (bl & 7) | ((bl & 8) << 1);
    writeAttribute(host, 0, colour);
    for (let index = 1; index < 4; index++) {
      writeAttribute(host, index, (readAttribute(host, index) & ~0x10) | (bl & 0x10));
    }
  } else {
    for (let index = 1; index < 4; index++) {
      writeAttribute(host, index, (readAttribute(host, index) & 0xfe) | (bl & 1));
    }
  }
}
