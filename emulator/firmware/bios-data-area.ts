/** Physical addresses in the BIOS data area at 0040:0000. Source: Ralf Brown's MEMORY.LST, segment 40h. */
export const BDA = {
  serialBases: 0x400, // four words
  parallelBases: 0x408, // three words
  extendedSegment: 0x40e,
  equipment: 0x410,
  baseMemoryKib: 0x413,
  shiftFlags: 0x417,
  keyFlags: 0x418,
  altKeypad: 0x419,
  keyHead: 0x41a,
  keyTail: 0x41c,
  keyBuffer: 0x41e,
  floppyStatus: 0x441,
  videoMode: 0x449,
  columns: 0x44a,
  pageBytes: 0x44c,
  pageStart: 0x44e,
  cursors: 0x450, // column and row of eight pages
  cursorShape: 0x460,
  activePage: 0x462,
  crtcPort: 0x463,
  modeSelect: 0x465,
  palette: 0x466,
  ticks: 0x46c,
  hasPassedMidnight: 0x470,
  breakFlag: 0x471,
  diskStatus: 0x474,
  diskCount: 0x475,
  diskControl: 0x476,
  parallelTimeouts: 0x478,
  serialTimeouts: 0x47c,
  keyBufferStart: 0x480,
  keyBufferEnd: 0x482,
  lastRow: 0x484,
  characterHeight: 0x485,
  videoOptions: 0x487,
  videoSwitches: 0x488,
  videoControl: 0x489,
  displayCode: 0x48a,
  floppyKinds: 0x48f, // a nibble each: 80 tracks, more than one rate, known
  keyboardStatus: 0x496,
  keyboardLights: 0x497,
  waitFlag: 0x498, // far pointer to the byte that int 15h/83h sets
  waitMicroseconds: 0x49c,
  isWaiting: 0x4a0,
  vbeMode: 0x4ba, // where SeaVGABIOS has it
} as const;

/** In the extended BIOS data area: 16 bytes for each of the first two disks. */
export const DISK_TABLES = 0x3d;

export const EBDA_SEGMENT = 0x9fc0;
export const EBDA_KIB = 1;
