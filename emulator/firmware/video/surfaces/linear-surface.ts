import { FRAMEBUFFER_PHYSICAL } from '../../../devices/vga/video-memory.ts';
import type { FirmwareHost } from '../../firmware-host.ts';
import { readVbe, VBE } from '../vbe/vbe-ports.ts';
import type { PixelArea, Surface } from './surface.ts';

interface Shape {
  readonly physical: number;
  readonly rowBytes: number;
  readonly pixelBytes: number;
}

/** A pixel in one to four bytes: mode 13h, or the VBE mode that is set. */
export function linearSurface(host: FirmwareHost, shape = vbeShape(host)): Surface {
  const { rowBytes, pixelBytes } = shape;
  const at = (x: number, y: number): number => shape.physical + y * rowBytes + x * pixelBytes;
  const write = (physical: number, colour: number): void => {
    for (let i = 0; i < pixelBytes; i++) host.writeByte(physical + i, (colour >>> (8 * i)) & 0xff);
  };
  return {
    putDots: (x, y, dots, colour) => {
      for (let i = 0; i < 8; i++) write(at(x + i, y), ((dots >> (7 - i)) & 1) === 0 ? 0 : colour);
    },
    putPixel: (x, y, colour) => write(at(x, y), colour),
    pixel: (x, y) => host.readByte(at(x, y)),
    move: (area, lines) => {
      for (const y of linesOf(area, lines)) {
        for (let byte = 0; byte < area.width * pixelBytes; byte += 4) {
          host.writeDword(at(area.x, y - lines) + byte, host.readDword(at(area.x, y) + byte));
        }
      }
    },
    fill: ({ x, y, width, height }, colour) => {
      for (let line = y; line < y + height; line++) {
        for (let column = x; column < x + width; column++) write(at(column, line), colour);
      }
    },
  };
}

/** The lines of an area in the order in which they can be moved. */
export function linesOf({ y, height }: PixelArea, lines: number): readonly number[] {
  const all = Array.from({ length: height }, (_, line) => y + line);
  return lines > 0 ? all : all.reverse();
}

function vbeShape(host: FirmwareHost): Shape {
  const pixelBytes = (readVbe(host, VBE.depth) + 7) >> 3;
  return { physical: FRAMEBUFFER_PHYSICAL, rowBytes: readVbe(host, VBE.virtualWidth) * pixelBytes, pixelBytes };
}
