import { BDA } from '../../bios-data-area.ts';
import type { FirmwareHost } from '../../firmware-host.ts';
import { isVbeEnabled, readVbe, VBE } from '../vbe/vbe-ports.ts';
import { videoMode } from '../video-modes.ts';
import { linearSurface } from './linear-surface.ts';
import { cgaSurface, planarSurface } from './packed-surface.ts';

/** A rectangle of pixels; `x` and `width` are multiples of eight. */
export interface PixelArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Pixels as the BIOS draws them. A colour with bit 7 set is combined by exclusive or where a pixel has less than eight
 * bits, as IBM's BIOS does it.
 */
export interface Surface {
  /** Eight pixels from `x`, a multiple of eight: `colour` where a bit of `dots` is set, colour 0 elsewhere. */
  putDots(x: number, y: number, dots: number, colour: number): void;
  putPixel(x: number, y: number, colour: number): void;
  pixel(x: number, y: number): number;
  /** Copies an area `lines` lines up, or down if negative. */
  move(area: PixelArea, lines: number): void;
  fill(area: PixelArea, colour: number): void;
}

/** The pixels of the graphics mode that is set, of a page where there are several; undefined in text modes. */
export function surfaceOf(host: FirmwareHost, page: number): Surface | undefined {
  if (isVbeEnabled(host) && readVbe(host, VBE.depth) >= 8) return linearSurface(host);
  const mode = videoMode(host.readByte(BDA.videoMode));
  if (mode === undefined || mode.layout === 'text') return undefined;
  const rowBytes = mode.columns;
  const physical = mode.physical + page * host.readWord(BDA.pageBytes);
  if (mode.layout === 'planar') return planarSurface(host, physical, rowBytes);
  if (mode.layout === 'bytes') return linearSurface(host, { physical: mode.physical, rowBytes: 320, pixelBytes: 1 });
  return cgaSurface(host, mode.layout === 'cga-4' ? 2 : 1);
}
