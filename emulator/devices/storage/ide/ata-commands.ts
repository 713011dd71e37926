/** Command codes (ATA/ATAPI-6, table 7) but for those that move sectors. */
export const COMMAND = {
  nop: 0x00,
  deviceReset: 0x08,
  readNativeMaxExt: 0x27,
  diagnostic: 0x90,
  initializeParameters: 0x91,
  packet: 0xa0,
  identifyPacketDevice: 0xa1,
  setMultiple: 0xc6,
  checkPower: 0xe5,
  identifyDevice: 0xec,
  setFeatures: 0xef,
  readNativeMax: 0xf8,
} as const;
