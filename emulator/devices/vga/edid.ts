/**
 * What the display says of itself: EDID 1.4 and its CTA-861 extension, a block of 128 bytes each. Source: VESA E-EDID, release A;
 * the values are those of QEMU 7.2's display, which prefers 1280x800. Programs choose their resolution by it.
 */
const BLOCKS: readonly string[] = [
  '00ffffffffffff00', // header
  '49143412000000002a18', // maker RHT, product 1234h, week 42 of 2014
  '0104a5201478', // EDID 1.4, digital, 8 bits a colour, 32 x 20 cm, gamma 2.2
  '06ee91a3544c99260f5054', // features, chromaticity
  '210800', // established timings: 640x480, 800x600, 1024x768
  'e1c0d1c0d100a940b300950081808140', // standard timings, from 1920x1080 to 1280x960
  'ea2900c051201c304026444045cb10000018', // detailed timing: 1280x800
  '000000f7000a004082002820000000000000', // further established timings
  '000000fd00327d1ea0ff010a202020202020', // range limits
  '000000fc0051454d55204d6f6e69746f720a', // its name: QEMU Monitor
  '013a', // one extension; checksum
  '02030b00467d6560591f61', // video modes of CTA-861
  ...new Array<string>(6).fill('000000100000000000000000000000000000'), // no further timings
  '0000000000000000', // padding
  '2f', // checksum
];

export const EDID_BLOCK_BYTES = 128;

export const EDID: Uint8Array = Uint8Array.from(BLOCKS.join('').match(/../g) ?? [], (byte) =>
  Number.parseInt(byte, 16),
);
