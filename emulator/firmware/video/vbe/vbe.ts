/**
 * Int 10h/4Fh: VESA BIOS extensions 3.0 over the Bochs VBE registers. 00h-09h, 10h, 15h.
 * Not here: 0Ah (protected mode interface), as in SeaVGABIOS, the window function that blocks could point at.
 */
import { EDID, EDID_BLOCK_BYTES } from '../../../devices/vga/edid.ts';
import { BDA } from '../../bios-data-area.ts';
import type { FirmwareHost } from '../../firmware-host.ts';
import { ROM_OFFSET } from '../../rom.ts';
import { dacTable } from '../dac-tables.ts';
import { fillDataArea, setVideoMode } from '../set-mode.ts';
import { readCrtc, readDac, writeDac, writeRegisters } from '../vga-ports.ts';
import { videoMode } from '../video-modes.ts';
import { keepVideoState } from '../video-state.ts';
import { controllerBlock, modeBlock, storeBlock } from './vbe-info.ts';
import { type VbeMode, vbeMode } from './vbe-modes.ts';
import {
  isVbeEnabled,
  readVbe,
  VBE,
  VBE_ENABLED,
  VBE_KEEP_MEMORY,
  VBE_LINEAR,
  VBE_WIDE_DAC,
  writeVbe,
} from './vbe-ports.ts';

const DONE = 0x004f;
const FAILED = 0x014f;
/** AH says that the function isn't there in this mode; AL stays as it is. */
const NOT_IN_THIS_MODE = 'not in this mode';
const UNKNOWN = 0x0100;
const KEEP_MEMORY = 0x8000;
const LINEAR = 0x4000;
const NUMBER = 0x1ff;
const CRTC_OFFSET = 0x13;
const PAGE_ROUNDING = 0x2000;
const MEMORY_BYTES = 16 * 1024 * 1024;
const FONT_VECTOR = 0x43 * 4;
const COLOURS = 256;

const VIDEO_PARTS = 0x0f;
/** Standby, suspend, off and reduced, by version 3.0. */
const POWER_STATES = 0x0f30;

const NO_PALETTE = 0x034f;
/** DDC 1 and 2 are there, and a block takes a second. */
const DDC_1_AND_2 = 0x0103;

type Answer = typeof DONE | typeof FAILED | typeof NO_PALETTE | typeof NOT_IN_THIS_MODE;

/** By AL. */
const FUNCTIONS: ReadonlyMap<number, (host: FirmwareHost) => Answer> = new Map([
  [0x00, giveController],
  [0x01, giveMode],
  [0x02, setMode],
  [0x03, giveCurrentMode],
  [0x04, keepState],
  [0x05, moveWindow],
  [0x06, setLineLength],
  [0x07, setStart],
  [0x08, setDacWidth],
  [0x09, setPalette],
  [0x10, managePower],
  [0x15, tellOfDisplay],
]);

export function vbe(host: FirmwareHost): void {
  const run = FUNCTIONS.get(host.reg('al'));
  if (run !== undefined) {
    const answer = run(host);
    if (answer === NOT_IN_THIS_MODE) host.setReg('ah', 0x03);
    else host.setReg('ax', answer);
    return;
  }
  host.unhandled(`int 0x10 ax=0x${host.reg('ax').toString(16)}`);
  host.setReg('ax', UNKNOWN);
}

function giveController(host: FirmwareHost): Answer {
  storeBlock(host, controllerBlock(host.reg('es'), host.reg('di')));
  return DONE;
}

function giveMode(host: FirmwareHost): Answer {
  const block = modeBlock(host.reg('cx') & NUMBER);
  if (block === undefined) return FAILED;
  storeBlock(host, block);
  return DONE;
}

function setMode(host: FirmwareHost): Answer {
  const bx = host.reg('bx');
  const mode = vbeMode(bx & NUMBER);
  const old = videoMode(bx & NUMBER);
  const keepsMemory = (bx & KEEP_MEMORY) !== 0;
  if (mode !== undefined) setVbeMode(host, mode, keepsMemory, (bx & LINEAR) !== 0);
  else if (old !== undefined) setVideoMode(host, old, keepsMemory);
  else return FAILED;
  return DONE;
}

function setVbeMode(host: FirmwareHost, mode: VbeMode, keepsMemory: boolean, isLinear: boolean): void {
  const { number, width, height, depth } = mode;
  const base = videoMode(depth === 4 ? 0x12 : 0x13);
  if (base === undefined) return;
  writeVbe(host, VBE.enable, 0);
  writeRegisters(host, base.registers, dacTable(base.colours));
  writeVbe(host, VBE.depth, depth);
  writeVbe(host, VBE.width, width);
  writeVbe(host, VBE.height, height);
  writeVbe(host, VBE.bank, 0);
  writeVbe(host, VBE.enable, VBE_ENABLED | (isLinear ? VBE_LINEAR : 0) | (keepsMemory ? VBE_KEEP_MEMORY : 0));
  const columns = width >> 3;
  const rows = Math.floor(height / 16);
  const layout = depth === 4 ? 'planar' : 'bytes';
  const shape = { layout, columns, rows, characterHeight: 16, pageBytes: pageBytes(mode) } as const;
  fillDataArea(host, { ...shape, number: 0xff, physical: base.physical }, keepsMemory);
  host.writeWord(BDA.vbeMode, number | (isLinear ? LINEAR : 0) | (keepsMemory ? KEEP_MEMORY : 0));
  host.writeDword(FONT_VECTOR, 0xf0000000 + ROM_OFFSET.font);
}

/** As if every mode had planes, in units of 8 KiB: so SeaVGABIOS has it. */
function pageBytes({ width, height }: VbeMode): number {
  return Math.ceil((width * height) / 8 / PAGE_ROUNDING) * PAGE_ROUNDING;
}

function giveCurrentMode(host: FirmwareHost): Answer {
  const isVbe = isVbeEnabled(host);
  host.setReg('bx', isVbe ? host.readWord(BDA.vbeMode) : host.readByte(BDA.videoMode));
  return DONE;
}

/** BH = 0: the window begins at bank DX; BH = 1: DX says where. BL = 0 is window A, the only one. */
function moveWindow(host: FirmwareHost): Answer {
  if (isVbeEnabled(host) && (host.readWord(BDA.vbeMode) & LINEAR) !== 0) return NOT_IN_THIS_MODE;
  if (!isVbeEnabled(host) || host.reg('bl') !== 0 || host.reg('bh') > 1) return FAILED;
  if (host.reg('bh') === 1) host.setReg('dx', readVbe(host, VBE.bank));
  else writeVbe(host, VBE.bank, host.reg('dx'));
  return DONE;
}

/** BL = 0: CX pixels; 2: CX bytes; 1: as it is. Gives bytes, pixels and how many lines there is memory for. */
function setLineLength(host: FirmwareHost): Answer {
  const bl = host.reg('bl');
  const isVbe = isVbeEnabled(host);
  if (bl > 2 || (bl !== 1 && !isVbe)) return FAILED;
  const depth = readVbe(host, VBE.depth);
  const bits = depth === 4 ? 1 : depth === 15 ? 16 : depth; // of a plane
  if (bl === 0) writeVbe(host, VBE.virtualWidth, host.reg('cx'));
  if (bl === 2) writeVbe(host, VBE.virtualWidth, Math.floor((host.reg('cx') * 8) / bits));
  const { bytes, pixels } = isVbe ? vbeLine(host, bits) : oldLine(host);
  host.setReg('bx', bytes);
  host.setReg('cx', pixels);
  host.setReg('dx', Math.floor(MEMORY_BYTES / bytes) & 0xffff);
  return DONE;
}

interface Line {
  readonly bytes: number;
  readonly pixels: number;
}

function vbeLine(host: FirmwareHost, bits: number): Line {
  const pixels = readVbe(host, VBE.virtualWidth);
  return { bytes: (pixels * bits) >> 3, pixels };
}

/** In an IBM mode the CRT controller says how far it is to the next line; text has characters instead of pixels. */
function oldLine(host: FirmwareHost): Line {
  const layout = videoMode(host.readByte(BDA.videoMode))?.layout;
  const offset = readCrtc(host, CRTC_OFFSET);
  if (layout === 'bytes') return { bytes: offset * 8, pixels: offset * 8 };
  if (layout === 'planar') return { bytes: offset * 2, pixels: offset * 16 };
  return { bytes: offset * 4, pixels: offset * 2 };
}

/** BL = 0 or 80h (at the next retrace): the picture begins at pixel CX of line DX; BL = 1: where it does. */
function setStart(host: FirmwareHost): Answer {
  const bl = host.reg('bl') & 0x7f;
  const isVbe = isVbeEnabled(host);
  if (bl > 1 || (bl === 0 && !isVbe)) return FAILED;
  if (bl === 1) {
    host.setReg('cx', isVbe ? readVbe(host, VBE.xOffset) : 0);
    host.setReg('dx', isVbe ? readVbe(host, VBE.yOffset) : 0);
    host.setReg('bh', 0);
  } else {
    writeVbe(host, VBE.xOffset, host.reg('cx'));
    writeVbe(host, VBE.yOffset, host.reg('dx'));
  }
  return DONE;
}

/** BL = 0: colours have BH bits, 6 or 8; BL = 1: how many they have. */
function setDacWidth(host: FirmwareHost): Answer {
  const bl = host.reg('bl');
  if (!isVbeEnabled(host)) return FAILED;
  if (readVbe(host, VBE.depth) > 8) return NO_PALETTE;
  const bits = host.reg('bh');
  if (bl > 1 || (bl === 0 && bits !== 6 && bits !== 8)) return FAILED;
  const enable = readVbe(host, VBE.enable);
  if (bl === 0) writeVbe(host, VBE.enable, bits === 8 ? enable | VBE_WIDE_DAC : enable & ~VBE_WIDE_DAC);
  host.setReg('bh', (readVbe(host, VBE.enable) & VBE_WIDE_DAC) !== 0 ? 8 : 6);
  return DONE;
}

/** CX colours from DX on, of four bytes each (blue, green, red, nothing), at ES:DI. BL = 0 or 80h sets, 1 gives. */
function setPalette(host: FirmwareHost): Answer {
  const bl = host.reg('bl') & 0x7f;
  const [count, first] = [host.reg('cx'), host.reg('dx')];
  if (bl > 1 || first + count > COLOURS) return FAILED;
  const at = host.reg('es') * 16 + host.reg('di');
  for (let i = 0; i < count; i++) {
    const entry = at + 4 * i;
    if (bl === 0)
      writeDac(
        host,
        first + i,
        [2, 1, 0].map((byte) => host.readByte(entry + byte)),
      );
    else {
      const [red, green, blue] = readDac(host, first + i, 1);
      host.writeDword(entry, blue | (green << 8) | (red << 16));
    }
  }
  return DONE;
}

/** BL = 0: what the display can be asked; BL = 1: block DX of its EDID, to ES:DI. */
function tellOfDisplay(host: FirmwareHost): Answer {
  const [bl, first] = [host.reg('bl'), host.reg('dx') * EDID_BLOCK_BYTES];
  if (bl > 1 || (bl === 1 && first >= EDID.length)) return FAILED;
  if (bl === 0) host.setReg('bx', DDC_1_AND_2);
  else storeBlock(host, EDID.subarray(first, first + EDID_BLOCK_BYTES));
  return DONE;
}

/** 04h: what DL says with the parts of the video state in CX. */
function keepState(host: FirmwareHost): Answer {
  const command = host.reg('dl');
  if (command > 2) return FAILED;
  keepVideoState(host, host.reg('cx') & VIDEO_PARTS, command);
  return DONE;
}

/** 10h: the display's power, which stays on. */
function managePower(host: FirmwareHost): Answer {
  const bl = host.reg('bl');
  if (bl === 0) host.setReg('bx', POWER_STATES);
  return bl <= 2 ? DONE : FAILED;
}
