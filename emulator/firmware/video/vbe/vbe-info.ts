/** The blocks that int 10h/4F00h and 4F01h fill. Source: VBE 3.0, sections 4.3 and 4.4; values as SeaVGABIOS gives them. */
import { FRAMEBUFFER_PHYSICAL } from '../../../devices/vga/video-memory.ts';
import type { FirmwareHost } from '../../firmware-host.ts';
import { type VideoMode, videoMode } from '../video-modes.ts';
import { VBE_NAMES, VIDEO_ROM_SEGMENT } from '../video-rom.ts';
import { pitchOf, VBE_MODE_NUMBERS, type VbeMode, vbeMode } from './vbe-modes.ts';

const MEMORY_BYTES = 16 * 1024 * 1024;
const BANK_BYTES = 0x10000;
const MODES_OFFSET = 0x22; // in the controller's block
const PAGES_AT_MOST = 128;

const SUPPORTED = 0x0b; // and 06h is set: there is information, TTY output, colour
const IS_GRAPHICS = 0x10;
const HAS_NO_VGA_WINDOW = 0x20;
const HAS_LINEAR = 0x80;
const MEMORY_MODEL = { text: 0, 'cga-4': 1, 'cga-2': 1, planar: 3, bytes: 4, direct: 6 } as const;

/** Size and position of red, green, blue and reserved bits, then what VBE calls the direct colour attributes. */
const COLOUR_FIELDS = {
  15: [5, 10, 5, 5, 5, 0, 1, 15, 0],
  16: [5, 11, 6, 5, 5, 0, 0, 0, 0],
  24: [8, 16, 8, 8, 8, 0, 0, 0, 0],
  32: [8, 16, 8, 8, 8, 0, 8, 24, 2],
} as const;

export function controllerBlock(segment: number, offset: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(256));
  const far = (at: number, selector: number, value: number): void => {
    view.setUint16(at, value, true);
    view.setUint16(at + 2, selector, true);
  };
  [...'VESA'].forEach((letter, i) => {
    view.setUint8(i, letter.charCodeAt(0));
  });
  view.setUint16(0x04, 0x0300, true);
  far(0x06, VIDEO_ROM_SEGMENT, VBE_NAMES.oem);
  view.setUint32(0x0a, 1, true); // the DAC can have eight bits
  far(0x0e, segment, (offset + MODES_OFFSET) & 0xffff);
  view.setUint16(0x12, MEMORY_BYTES / 65536, true);
  [VBE_NAMES.vendor, VBE_NAMES.product, VBE_NAMES.revision].forEach((name, i) => {
    far(0x16 + 4 * i, VIDEO_ROM_SEGMENT, name);
  });
  [...VBE_MODE_NUMBERS, 0xffff].forEach((number, i) => {
    view.setUint16(MODES_OFFSET + 2 * i, number, true);
  });
  return new Uint8Array(view.buffer);
}

/** Undefined for a mode that isn't there. */
export function modeBlock(number: number): Uint8Array | undefined {
  const mode = vbeMode(number);
  const old = videoMode(number);
  if (mode !== undefined) return vbeBlock(mode);
  return old === undefined ? undefined : oldBlock(old);
}

interface BlockFields {
  readonly attributes: number;
  readonly segment: number;
  readonly pitch: number;
  readonly width: number;
  readonly height: number;
  readonly characterHeight: number;
  readonly planes: number;
  readonly depth: number;
  readonly banks: number;
  readonly model: number;
  readonly imagePages: number;
  readonly colours: readonly number[];
  readonly linear: number;
}

function vbeBlock(mode: VbeMode): Uint8Array {
  const { width, height, depth } = mode;
  const isPlanar = depth === 4;
  const model = isPlanar ? MEMORY_MODEL.planar : depth === 8 ? MEMORY_MODEL.bytes : MEMORY_MODEL.direct;
  return block({
    attributes: SUPPORTED | IS_GRAPHICS | HAS_NO_VGA_WINDOW | (isPlanar ? 0 : HAS_LINEAR),
    segment: 0xa000,
    pitch: pitchOf(mode),
    width,
    height,
    characterHeight: 16,
    planes: isPlanar ? 4 : 1,
    depth,
    banks: 1,
    model,
    imagePages: imagePages(pitchOf(mode) * height, isPlanar),
    colours: depth === 4 || depth === 8 ? [] : COLOUR_FIELDS[depth],
    linear: isPlanar ? 0 : FRAMEBUFFER_PHYSICAL,
  });
}

function oldBlock(mode: VideoMode): Uint8Array {
  const { layout, columns, rows, characterHeight, physical } = mode;
  const isText = layout === 'text';
  const isCga = layout === 'cga-4' || layout === 'cga-2';
  const isMono = mode.number === 7;
  const isLinear = layout === 'bytes';
  const height = isText ? rows : (mode.lines ?? rows * characterHeight);
  const width = isText ? columns : layout === 'bytes' || layout === 'cga-4' ? 320 : columns * 8;
  const pitch = isText ? columns * 2 : isCga ? 80 : isLinear ? 320 : columns;
  const oneBit = mode.number === 0x0f || mode.number === 0x11 || layout === 'cga-2';
  return block({
    attributes: isText
      ? isMono
        ? 0x27
        : 0x2f
      : SUPPORTED | IS_GRAPHICS | HAS_NO_VGA_WINDOW | (isLinear ? HAS_LINEAR : 0),
    segment: physical >> 4,
    pitch,
    width,
    height,
    characterHeight,
    planes: layout === 'planar' ? 4 : 1,
    depth: isLinear ? 8 : oneBit ? 1 : layout === 'cga-4' ? 2 : 4,
    banks: isCga ? 2 : 1,
    model: MEMORY_MODEL[layout],
    imagePages: isText || isCga ? 1 : imagePages(pitch * height, layout === 'planar'),
    colours: [],
    linear: isLinear ? FRAMEBUFFER_PHYSICAL : 0,
  });
}

/** How many more pictures fit beside the first. */
function imagePages(pictureBytes: number, isPlanar: boolean): number {
  const bytes = Math.ceil(pictureBytes / BANK_BYTES) * BANK_BYTES;
  const pages = Math.floor(MEMORY_BYTES / (isPlanar ? 4 : 1) / bytes);
  return Math.max(Math.min(pages, PAGES_AT_MOST) - 1, 1);
}

function block(fields: BlockFields): Uint8Array {
  const view = new DataView(new ArrayBuffer(256));
  view.setUint16(0x00, fields.attributes, true);
  view.setUint8(0x02, 7); // window A can be moved, read and written; there is no window B
  view.setUint16(0x04, BANK_BYTES / 1024, true);
  view.setUint16(0x06, BANK_BYTES / 1024, true);
  view.setUint16(0x08, fields.segment, true);
  view.setUint16(0x10, fields.pitch, true);
  view.setUint16(0x12, fields.width, true);
  view.setUint16(0x14, fields.height, true);
  view.setUint8(0x16, fields.model === MEMORY_MODEL.text ? 9 : 8);
  view.setUint8(0x17, fields.characterHeight);
  view.setUint8(0x18, fields.planes);
  view.setUint8(0x19, fields.depth);
  view.setUint8(0x1a, fields.banks);
  view.setUint8(0x1b, fields.model);
  view.setUint8(0x1c, fields.banks === 2 ? 8 : 0); // KiB of a bank of lines
  view.setUint8(0x1d, fields.imagePages);
  view.setUint8(0x1e, 1);
  new Uint8Array(view.buffer).set(fields.colours, 0x1f);
  view.setUint32(0x28, fields.linear, true);
  if (fields.linear !== 0) {
    view.setUint16(0x32, fields.pitch, true);
    new Uint8Array(view.buffer).set(fields.colours.slice(0, 8), 0x36);
  }
  return new Uint8Array(view.buffer);
}

export function storeBlock(host: FirmwareHost, bytes: Uint8Array): void {
  const at = host.reg('es') * 16 + host.reg('di');
  bytes.forEach((byte, i) => {
    host.writeByte(at + i, byte);
  });
}
