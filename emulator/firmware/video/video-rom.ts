/**
 * What programs look at in a VGA's ROM at C0000h: the header that a scan for ROMs finds (PCI Firmware Specification 3.0, 5.1), IBM's
 * mark at 1Eh, and the names that VBE hands out, in SeaVGABIOS's words and at its places. Services and fonts are in the ROM at F0000h.
 */
import { sumToZero, tableBytes } from '../tables/table-bytes.ts';

export const VIDEO_ROM_SEGMENT = 0xc000;
const BLOCKS = 0x4e; // of 512 bytes
const RETF = 0xcb;
const PCI_DATA_POINTER = 0x18;
const MARK = 0x1e;
const PCI_DATA = 0x99dc;

/** Where names lie: of the product's maker, the vendor, the product and its revision. */
export const VBE_NAMES = { oem: 0x5a30, vendor: 0x5a44, product: 0x5a57, revision: 0x5a6b } as const;

const TEXTS: readonly (readonly [offset: number, text: string])[] = [
  [MARK, 'IBM\0'],
  [VBE_NAMES.oem, 'SeaBIOS VBE(C) 2011\0'],
  [VBE_NAMES.vendor, 'SeaBIOS Developers\0'],
  [VBE_NAMES.product, 'SeaBIOS VBE Adapter\0'],
  [VBE_NAMES.revision, 'Rev. 1\0'],
];

export function videoRom(): Uint8Array {
  const rom = new Uint8Array(BLOCKS * 512);
  rom.set([0x55, 0xaa, BLOCKS, RETF]);
  new DataView(rom.buffer).setUint16(PCI_DATA_POINTER, PCI_DATA, true);
  for (const [offset, text] of TEXTS) rom.set(tableBytes([text]), offset);
  rom.set(pciData(), PCI_DATA);
  return sumToZero(rom, rom.length - 1);
}

/** Of the display 1234:1111: 24 bytes, for a PC, the last image. */
function pciData(): Uint8Array {
  const [vga, lastImage] = [0x03_0000, 0x80];
  return tableBytes([
    'PCIR',
    [0x1111_1234, 4],
    [0, 2],
    [24, 2],
    [(vga << 8) >>> 0, 4],
    [BLOCKS, 2],
    [1, 2],
    [0, 1],
    [lastImage, 1],
    [0, 2],
  ]);
}
