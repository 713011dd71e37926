import { readRegister, writeRegister } from './register-file.ts';

const MODE = 0x10;
const PLANE_ENABLE = 0x12;
const PANNING = 0x13;
const COLOUR_SELECT = 0x14;
const DISPLAY_ON = 0x20;

/** Bits that exist: palette, mode, overscan, plane enable, panning, colour select. */
const MASKS = [...new Array<number>(16).fill(0x3f), 0xef, 0xff, 0x3f, 0x0f, 0x0f];

export type AttributeFields = {
  attributeIndex: number; // bit 5: the display shows
  attribute: Uint8Array;
  expectsAttributeValue: boolean; // the flip-flop of port 3C0h
};

/**
 * The attribute controller: 16 colours to 256, blinking, panning.
 * Document: IBM VGA reference, "Attribute controller registers"; ports 3C0h (index and value in turn), 3C1h.
 */
export class AttributeController {
  fields: AttributeFields;

  constructor(fields: AttributeFields) {
    this.fields = fields;
  }

  /** Does the display show anything? */
  get isOn(): boolean {
    return (this.fields.attributeIndex & DISPLAY_ON) !== 0;
  }

  /** The ninth dot of line characters repeats the eighth. */
  get repeatsEighthDot(): boolean {
    return (this.fields.attribute[MODE] & 4) !== 0;
  }

  /** Panning doesn't count below a split. */
  get isPanningSplit(): boolean {
    return (this.fields.attribute[MODE] & 0x20) !== 0;
  }

  get panning(): number {
    return this.fields.attribute[PANNING] & 15;
  }

  /** Index in the DAC of one of 16 colours. */
  colour(index: number): number {
    const { attribute } = this.fields;
    const select = attribute[COLOUR_SELECT];
    const value = attribute[index & attribute[PLANE_ENABLE] & 15];
    return (attribute[MODE] & 0x80) !== 0 ? ((select & 15) << 4) | (value & 15) : ((select & 12) << 4) | (value & 63);
  }

  /** Port 3C0h expects an index next. */
  expectIndex(): void {
    this.fields.expectsAttributeValue = false;
  }

  readIndex(): number {
    return this.fields.attributeIndex;
  }

  read(): number {
    return readRegister(this.fields.attribute, this.fields.attributeIndex & 0x1f);
  }

  write(value: number): void {
    const { fields } = this;
    if (fields.expectsAttributeValue) writeRegister(fields.attribute, fields.attributeIndex & 0x1f, value, MASKS);
    else fields.attributeIndex = value & 0x3f;
    fields.expectsAttributeValue = !fields.expectsAttributeValue;
  }
}
