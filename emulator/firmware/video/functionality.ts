import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { ROM_OFFSET } from '../rom.ts';
import { storeBlock } from './vbe/vbe-info.ts';
import { videoMode } from './video-modes.ts';

const BLOCK_BYTES = 64;
const VGA_COLOUR = 0x08;
const SCAN_LINES: ReadonlyMap<number, number> = new Map([
  [200, 0],
  [350, 1],
  [400, 2],
  [480, 3],
]);

/** Int 10h/1Bh: what the adapter can do and how it is set. Source: Ralf Brown's table 00039; values as SeaVGABIOS's, whatever BX is. */
export function giveFunctionality(host: FirmwareHost): void {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set([ROM_OFFSET.functionality & 0xff, ROM_OFFSET.functionality >> 8, 0x00, 0xf0]);
  for (let i = 0; i < 0x1e; i++) block[4 + i] = host.readByte(BDA.videoMode + i);
  for (let i = 0; i < 3; i++) block[0x22 + i] = host.readByte(BDA.lastRow + i);
  const mode = videoMode(host.readByte(BDA.videoMode));
  const lines = mode === undefined ? 480 : mode.layout === 'text' ? 400 : mode.rows * mode.characterHeight;
  const colours = mode === undefined || mode.layout === 'bytes' ? 256 : mode.layout === 'cga-4' ? 4 : 16;
  block[0x25] = VGA_COLOUR;
  block[0x27] = colours & 0xff;
  block[0x28] = colours >> 8;
  block[0x29] = 8; // pages
  block[0x2a] = SCAN_LINES.get(lines) ?? 3;
  block[0x31] = 3; // 256 KiB
  storeBlock(host, block);
  host.setReg('al', 0x1b);
}
