import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { writeCrtc } from './vga-ports.ts';

const CRTC_CURSOR_START = 0x0a;

/** First line in the high byte (bit 5 hides the cursor), last one in the low byte. */
export function setCursorShape(host: FirmwareHost, shape: number): void {
  host.writeWord(BDA.cursorShape, shape);
  const { start, end } = scaledShape(host, (shape >> 8) & 0x3f, shape & 0x1f);
  writeCrtc(host, CRTC_CURSOR_START, start);
  writeCrtc(host, CRTC_CURSOR_START + 1, end);
}

/** Programs give lines of an 8-line character; on a taller one they are stretched (IBM's "cursor emulation"). */
function scaledShape(host: FirmwareHost, start: number, end: number): { readonly start: number; readonly end: number } {
  const height = host.readWord(BDA.characterHeight);
  const isScaling = (host.readByte(BDA.videoOptions) & 1) === 0;
  if (!isScaling || height <= 8 || end >= 8 || start >= 0x20) return { start, end };
  const lastLine = (line: number) => (((line + 1) * height) >> 3) - 1;
  return { start: end === start + 1 ? lastLine(end) - 1 : lastLine(start), end: lastLine(end) };
}
