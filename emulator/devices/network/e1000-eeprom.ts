/** The card's EEPROM: 64 words, read through a register or bit by bit. Document: Intel 8254x SDM (317453), 5.6 and 13.4.3; 93C46. */
const [CLOCK, SELECT, DATA_IN, DATA_OUT] = [0x01, 0x02, 0x04, 0x08];
const FLASH_AND_REQUEST = 0x70; // bits that are kept
const GRANTED_AND_PRESENT = 0x180;
const READ = 0b110; // start bit and opcode
const COMMAND_BITS = 9; // with six of address
const WORDS = 64;
const [START, DONE] = [0x01, 0x10];

/** The address, identities, what else QEMU's has; the last word makes the sum BABAh. */
const WORDS_BEFORE_PADDING = [
  ...[0x5452, 0x1200, 0x5634, 0x0000, 0xffff, 0x0000, 0x0000, 0x0000],
  ...[0x3000, 0x1000, 0x6403, 0x100e, 0x8086, 0x100e, 0x8086, 0x3040],
  ...[0x0008, 0x2000, 0x7e14, 0x0048, 0x1000, 0x00d8, 0x0000, 0x2700],
  ...[0x6cc9, 0x3150, 0x0722, 0x040b, 0x0984, 0x0000, 0xc000, 0x0706],
  ...[0x1008, 0x0000, 0x0f04, 0x7fff, 0x4d01],
];
const CONTENT = new Uint16Array(WORDS).fill(0xffff);
CONTENT.set(WORDS_BEFORE_PADDING);
CONTENT.set([0x0100, 0x4000, 0x121c], 0x30);
CONTENT[WORDS - 1] = 0x79ad;

/** Plain data: the wires as last written, and how far a command has come. */
export type EepromFields = {
  wires: number;
  shifted: number;
  bitsIn: number;
  bitOut: number; // from the first word's highest bit on
  isReading: boolean;
};

export const EEPROM_AT_REST: EepromFields = { wires: 0, shifted: 0, bitsIn: 0, bitOut: 0, isReading: false };

/** The register's answer to a read of a word: done, the data in its upper half. */
export function readByRegister(command: number): number {
  if ((command & START) === 0) return command;
  const asked = command & ~START;
  const word = CONTENT[asked >>> 8] ?? 0;
  return (asked | DONE | (word << 16)) >>> 0;
}

export function readWires({ wires, isReading, bitOut }: EepromFields): number {
  const bit = (CONTENT[(bitOut >> 4) & (WORDS - 1)] >> (15 - (bitOut & 15))) & 1;
  return wires | GRANTED_AND_PRESENT | (!isReading || bit === 1 ? DATA_OUT : 0);
}

/** Bits go in when the clock rises, and the next comes out when it falls. */
export function writeWires(before: EepromFields, value: number): EepromFields {
  const wires = value & (CLOCK | SELECT | DATA_IN | FLASH_AND_REQUEST);
  const changed = value ^ before.wires;
  if ((value & SELECT) === 0) return { ...before, wires };
  const eeprom = { ...((changed & SELECT) === 0 ? before : EEPROM_AT_REST), wires };
  if ((changed & CLOCK) === 0) return eeprom;
  if ((value & CLOCK) === 0) return { ...eeprom, bitOut: eeprom.bitOut + 1 };
  eeprom.shifted = ((eeprom.shifted << 1) | ((value & DATA_IN) === 0 ? 0 : 1)) & 0xffff;
  eeprom.bitsIn++;
  if (eeprom.bitsIn !== COMMAND_BITS || eeprom.isReading) return eeprom;
  const word = eeprom.shifted & (WORDS - 1);
  return { ...eeprom, bitOut: word * 16 - 1, isReading: ((eeprom.shifted >> 6) & 7) === READ };
}
