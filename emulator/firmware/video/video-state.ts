/**
 * Int 10h/1Ch and 4F04h: how large a copy of the video state is, a copy of it, and back. Source: Ralf Brown's INT 10/AH=1Ch; what the
 * copy holds and in which order is SeaVGABIOS's, its size as well: whole blocks of 64 bytes, the rest of one not counted.
 */
import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { unknownSubfunction } from '../unknown-function.ts';
import { setVbeState, VBE_STATE_WORDS, vbeState } from './vbe/vbe-state.ts';
import * as vga from './vga-ports.ts';

const HARDWARE = 1;
const DATA_AREA = 2;
const COLOURS = 4;
const PARTS = HARDWARE | DATA_AREA | COLOURS;
const VBE_REGISTERS = 8; // for 4F04h
const BLOCK_BYTES = 64;
const DONE = 0x1c;

const SEQUENCER_REGISTERS = [1, 2, 3, 4, 0];
const CRTC_REGISTERS = Array.from({ length: 25 }, (_, index) => index);
const ATTRIBUTE_REGISTERS = Array.from({ length: 20 }, (_, index) => index);
const GRAPHICS_REGISTERS = Array.from({ length: 9 }, (_, index) => index);
const CRTC_END_OF_RETRACE = 0x11; // its bit 7 protects the timing
const INDEX_BYTES = 5; // which registers were chosen, the feature control
const TAIL_BYTES = 6; // the CRT controller's port, the latches
const DAC_HEAD_BYTES = 3; // direction, index, mask
const DAC_COLOURS = 256;
const VECTORS = [0x1f * 4, 0x43 * 4];

/** First byte and length of each stretch of the data area that a copy holds. */
const STRETCHES: readonly (readonly [physical: number, sizeBytes: number])[] = [
  [BDA.videoMode, BDA.modeSelect - BDA.videoMode],
  [BDA.lastRow, 3],
  [BDA.videoOptions, 3],
  [BDA.vbeMode, 2],
  ...VECTORS.map((vector): readonly [number, number] => [vector, 4]),
];

export function videoState(host: FirmwareHost): void {
  const parts = host.reg('cx');
  const al = host.reg('al');
  if (al > 2 || parts > PARTS) {
    unknownSubfunction(host, 0x10);
    return;
  }
  keepVideoState(host, parts, al);
  host.setReg('al', DONE);
}

/** 0: BX becomes the size in blocks; 1: a copy to ES:BX; 2: back from there. */
export function keepVideoState(host: FirmwareHost, parts: number, command: number): void {
  const physical = host.reg('es') * 16 + host.reg('bx');
  if (command === 0) host.setReg('bx', Math.floor(copy(host, parts).length / BLOCK_BYTES));
  else if (command === 2) restore(host, parts, physical);
  else {
    copy(host, parts).forEach((byte, index) => {
      host.writeByte(physical + index, byte);
    });
  }
}

function copy(host: FirmwareHost, parts: number): readonly number[] {
  return [
    ...((parts & HARDWARE) === 0 ? [] : registers(host)),
    ...((parts & DATA_AREA) === 0 ? [] : dataArea(host)),
    ...((parts & COLOURS) === 0 ? [] : colours(host)),
    ...((parts & VBE_REGISTERS) === 0 ? [] : vbeState(host).flatMap((word) => [word & 0xff, word >> 8])),
  ];
}

function registers(host: FirmwareHost): readonly number[] {
  const port = vga.crtcPort(host);
  return [
    ...new Array<number>(INDEX_BYTES).fill(0),
    ...SEQUENCER_REGISTERS.map((index) => vga.readSequencer(host, index)),
    ...CRTC_REGISTERS.map((index) => vga.readCrtc(host, index)),
    ...ATTRIBUTE_REGISTERS.map((index) => vga.readAttribute(host, index)),
    ...GRAPHICS_REGISTERS.map((index) => vga.readGraphics(host, index)),
    port & 0xff,
    port >> 8,
    ...new Array<number>(TAIL_BYTES - 2).fill(0),
  ];
}

function dataArea(host: FirmwareHost): readonly number[] {
  return STRETCHES.flatMap(([physical, sizeBytes]) =>
    Array.from({ length: sizeBytes }, (_, offset) => host.readByte(physical + offset)),
  );
}

function colours(host: FirmwareHost): readonly number[] {
  const head = [3, 0, vga.readPelMask(host)];
  return [...head, ...vga.readDac(host, 0, DAC_COLOURS), vga.readAttribute(host, 0x14)];
}

function restore(host: FirmwareHost, parts: number, physical: number): void {
  let at = physical;
  const take = (count: number): readonly number[] => {
    at += count;
    return Array.from({ length: count }, (_, index) => host.readByte(at - count + index));
  };
  if ((parts & HARDWARE) !== 0) restoreRegisters(host, take);
  if ((parts & DATA_AREA) !== 0) {
    for (const [target, sizeBytes] of STRETCHES) {
      take(sizeBytes).forEach((byte, offset) => {
        host.writeByte(target + offset, byte);
      });
    }
  }
  if ((parts & COLOURS) !== 0) {
    const [, , mask] = take(DAC_HEAD_BYTES);
    vga.writeDac(host, 0, take(DAC_COLOURS * 3));
    vga.writePelMask(host, mask);
    vga.writeAttribute(host, 0x14, take(1)[0]);
  }
  if ((parts & VBE_REGISTERS) === 0) return;
  const bytes = take(VBE_STATE_WORDS * 2);
  setVbeState(
    host,
    Array.from({ length: VBE_STATE_WORDS }, (_, index) => bytes[2 * index] | (bytes[2 * index + 1] << 8)),
  );
}

function restoreRegisters(host: FirmwareHost, take: (count: number) => readonly number[]): void {
  take(INDEX_BYTES);
  take(SEQUENCER_REGISTERS.length).forEach((value, position) => {
    vga.writeSequencer(host, SEQUENCER_REGISTERS[position], value);
  });
  vga.writeCrtc(host, CRTC_END_OF_RETRACE, 0);
  take(CRTC_REGISTERS.length).forEach((value, index) => {
    vga.writeCrtc(host, index, value);
  });
  take(ATTRIBUTE_REGISTERS.length).forEach((value, index) => {
    vga.writeAttribute(host, index, value);
  });
  take(GRAPHICS_REGISTERS.length).forEach((value, index) => {
    vga.writeGraphics(host, index, value);
  });
  take(TAIL_BYTES);
}
