import { readRegister, writeRegister } from './register-file.ts';

export const RESET = 0;
export const CLOCKING_MODE = 1;
export const MAP_MASK = 2;
export const CHARACTER_MAP = 3;
const MEMORY_MODE = 4;

/** Bits that exist, by register. */
const MASKS = [0x03, 0x3d, 0x0f, 0x3f, 0x0e];

export type SequencerFields = { sequencerIndex: number; sequencer: Uint8Array };

/**
 * The sequencer: which planes are written, how addresses spread over planes, which fonts show, the dot clock.
 * Document: IBM VGA reference, "Sequencer registers"; ports 3C4h (index), 3C5h.
 */
export class Sequencer {
  fields: SequencerFields;

  constructor(fields: SequencerFields) {
    this.fields = fields;
  }

  /** Bits 0-3: planes that a write reaches. */
  get mapMask(): number {
    return this.fields.sequencer[MAP_MASK] & 15;
  }

  /** Consecutive addresses go round the four planes. */
  get isChain4(): boolean {
    return (this.fields.sequencer[MEMORY_MODE] & 8) !== 0;
  }

  /** Even addresses go to planes 0 and 2, odd ones to 1 and 3. */
  get isOddEven(): boolean {
    return (this.fields.sequencer[MEMORY_MODE] & 4) === 0;
  }

  /** Characters of 8 dots, not 9. */
  get isEightDots(): boolean {
    return (this.fields.sequencer[CLOCKING_MODE] & 1) !== 0;
  }

  /** Every dot lasts two clocks: 320 or 360 across. */
  get isDotDoubled(): boolean {
    return (this.fields.sequencer[CLOCKING_MODE] & 8) !== 0;
  }

  /** Offsets in plane 2 of the fonts for attribute bit 3 clear and set. */
  get fontOffsets(): readonly [number, number] {
    const select = this.fields.sequencer[CHARACTER_MAP];
    const offset = (number: number): number => ((number & 3) << 14) | ((number & 4) << 11);
    const mapB = (select & 3) | ((select >> 2) & 4);
    const mapA = ((select >> 2) & 3) | ((select >> 3) & 4);
    return [offset(mapB), offset(mapA)];
  }

  readIndex(): number {
    return this.fields.sequencerIndex;
  }

  writeIndex(value: number): void {
    this.fields.sequencerIndex = value & 7;
  }

  read(): number {
    return readRegister(this.fields.sequencer, this.fields.sequencerIndex);
  }

  write(value: number): void {
    writeRegister(this.fields.sequencer, this.fields.sequencerIndex, value, MASKS);
  }
}
