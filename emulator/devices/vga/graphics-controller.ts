import { readRegister, writeRegister } from './register-file.ts';

export const SET_RESET = 0;
export const ENABLE_SET_RESET = 1;
export const COLOUR_COMPARE = 2;
export const DATA_ROTATE = 3;
export const READ_MAP = 4;
export const MODE = 5;
const MISCELLANEOUS = 6;
export const COLOUR_DONT_CARE = 7;
export const BIT_MASK = 8;

const MASKS = [0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff];

/** Where in A0000h-BFFFFh the memory answers, as offsets, by bits 2-3 of the miscellaneous register. */
const WINDOWS = [
  { first: 0, end: 0x20000 },
  { first: 0, end: 0x10000 },
  { first: 0x10000, end: 0x18000 },
  { first: 0x18000, end: 0x20000 },
] as const;

export type GraphicsFields = { graphicsIndex: number; graphics: Uint8Array };

/**
 * The graphics controller: what the processor's bytes become on their way to the planes and back, and where in memory
 * they answer. Document: IBM VGA reference, "Graphics controller registers"; ports 3CEh (index), 3CFh.
 */
export class GraphicsController {
  fields: GraphicsFields;

  constructor(fields: GraphicsFields) {
    this.fields = fields;
  }

  get isGraphics(): boolean {
    return (this.fields.graphics[MISCELLANEOUS] & 1) !== 0;
  }

  get window(): { readonly first: number; readonly end: number } {
    return WINDOWS[(this.fields.graphics[MISCELLANEOUS] >> 2) & 3];
  }

  /** Odd addresses are read from planes 1 and 3. */
  get isOddEven(): boolean {
    return (this.fields.graphics[MODE] & 0x10) !== 0;
  }

  /** 0: a bit of each plane a pixel; 1: two bits, as the CGA; 2: a byte. */
  get shiftMode(): 0 | 1 | 2 {
    const bits = (this.fields.graphics[MODE] >> 5) & 3;
    return bits >= 2 ? 2 : bits === 1 ? 1 : 0;
  }

  /** Do bytes pass unchanged in both directions, but for the choice of planes? */
  get isTransparent(): boolean {
    const { graphics } = this.fields;
    const isPlainMode = (graphics[MODE] & 0x0b) === 0 && (graphics[READ_MAP] & 2) === 0;
    return (
      isPlainMode && graphics[ENABLE_SET_RESET] === 0 && graphics[DATA_ROTATE] === 0 && graphics[BIT_MASK] === 0xff
    );
  }

  /** What Bochs VBE sets: graphics at A0000h. */
  setLinear(isPlanar: boolean): void {
    const { graphics } = this.fields;
    graphics[MISCELLANEOUS] = (graphics[MISCELLANEOUS] & ~0x0c) | 0x05;
    graphics[MODE] = (graphics[MODE] & ~0x60) | (isPlanar ? 0 : 0x40);
  }

  readIndex(): number {
    return this.fields.graphicsIndex;
  }

  writeIndex(value: number): void {
    this.fields.graphicsIndex = value & 15;
  }

  read(): number {
    return readRegister(this.fields.graphics, this.fields.graphicsIndex);
  }

  write(value: number): void {
    writeRegister(this.fields.graphics, this.fields.graphicsIndex, value, MASKS);
  }
}
