import type { FirmwareHost } from '../../firmware-host.ts';
import { writeGraphics, writeSequencer } from '../vga-ports.ts';
import { linesOf } from './linear-surface.ts';
import type { Surface } from './surface.ts';

const MAP_MASK = 2;
const READ_MAP = 4;
const GRAPHICS_MODE = 5;
const ALL_PLANES = 15;
const COPY_LATCHES = 1;
const BY_EXCLUSIVE_OR = 0x80;

/** Four planes of one bit a pixel, one after the other, as SeaVGABIOS writes them. */
export function planarSurface(host: FirmwareHost, physical: number, rowBytes: number): Surface {
  const at = (x: number, y: number): number => physical + y * rowBytes + (x >> 3);
  const eachPlane = (work: (plane: number) => void): void => {
    for (let plane = 0; plane < 4; plane++) {
      writeSequencer(host, MAP_MASK, 1 << plane);
      writeGraphics(host, READ_MAP, plane);
      work(plane);
    }
    writeSequencer(host, MAP_MASK, ALL_PLANES);
    writeGraphics(host, READ_MAP, 0);
  };
  /** Changes the pixels that `mask` has ones for. */
  const put = (byteAt: number, mask: number, dots: number, colour: number): void => {
    eachPlane((plane) => {
      const ones = ((colour >> plane) & 1) === 0 ? 0 : dots;
      const isExclusive = (colour & BY_EXCLUSIVE_OR) !== 0;
      const before = isExclusive || mask !== 0xff ? host.readByte(byteAt) : 0;
      host.writeByte(byteAt, isExclusive ? before ^ ones : (before & ~mask) | ones);
    });
  };
  return {
    putDots: (x, y, dots, colour) => put(at(x, y), 0xff, dots, colour),
    putPixel: (x, y, colour) => put(at(x, y), 0x80 >> (x & 7), 0x80 >> (x & 7), colour),
    pixel: (x, y) => {
      let colour = 0;
      eachPlane((plane) => {
        colour |= ((host.readByte(at(x, y)) >> (7 - (x & 7))) & 1) << plane;
      });
      return colour;
    },
    move: (area, lines) => {
      writeGraphics(host, GRAPHICS_MODE, COPY_LATCHES);
      for (const y of linesOf(area, lines)) {
        for (let x = area.x; x < area.x + area.width; x += 8) host.writeByte(at(x, y - lines), host.readByte(at(x, y)));
      }
      writeGraphics(host, GRAPHICS_MODE, 0);
    },
    fill: ({ x, y, width, height }, colour) => {
      eachPlane((plane) => {
        const byte = ((colour >> plane) & 1) === 0 ? 0 : 0xff;
        for (let line = y; line < y + height; line++) {
          for (let column = x; column < x + width; column += 8) host.writeByte(at(column, line), byte);
        }
      });
    },
  };
}

const CGA_PHYSICAL = 0xb8000;
const CGA_ROW_BYTES = 80;
const ODD_LINES = 0x2000;

/** One or two bits a pixel, odd lines 8 KiB after even ones. */
export function cgaSurface(host: FirmwareHost, bits: 1 | 2): Surface {
  const perByte = 8 / bits;
  const ones = (1 << bits) - 1;
  const at = (x: number, y: number): number =>
    CGA_PHYSICAL + (y & 1) * ODD_LINES + (y >> 1) * CGA_ROW_BYTES + Math.floor(x / perByte);
  const shiftOf = (x: number): number => 8 - bits - (x % perByte) * bits;
  const putPixel = (x: number, y: number, colour: number): void => {
    const before = host.readByte(at(x, y));
    const pixel = (colour & ones) << shiftOf(x);
    const isExclusive = (colour & BY_EXCLUSIVE_OR) !== 0;
    host.writeByte(at(x, y), isExclusive ? before ^ pixel : (before & ~(ones << shiftOf(x))) | pixel);
  };
  return {
    putPixel,
    putDots: (x, y, dots, colour) => {
      for (let i = 0; i < 8; i++) {
        const isSet = ((dots >> (7 - i)) & 1) !== 0;
        putPixel(x + i, y, isSet ? colour : colour & BY_EXCLUSIVE_OR);
      }
    },
    pixel: (x, y) => (host.readByte(at(x, y)) >> shiftOf(x)) & ones,
    move: (area, lines) => {
      for (const y of linesOf(area, lines)) {
        for (let x = area.x; x < area.x + area.width; x += perByte) {
          host.writeByte(at(x, y - lines), host.readByte(at(x, y)));
        }
      }
    },
    fill: ({ x, y, width, height }, colour) => {
      let byte = 0;
      for (let i = 0; i < perByte; i++) byte |= (colour & ones) << (i * bits);
      for (let line = y; line < y + height; line++) {
        for (let column = x; column < x + width; column += perByte) host.writeByte(at(column, line), byte);
      }
    },
  };
}
