const DAC_BYTES = 768;

export type DacFields = {
  dac: Uint8Array; // 256 times red, green, blue of 6 bits
  dacReadPosition: number; // byte in `dac`
  dacWritePosition: number;
  isDacReading: boolean;
  pelMask: number;
};

/**
 * The digital-analog converter: 256 colours of 6 bits a component, 8 where Bochs VBE asks for them.
 * Document: IBM VGA reference, "Video digital-to-analog converter"; ports 3C6h-3C9h.
 */
export class Dac {
  fields: DacFields;

  constructor(fields: DacFields) {
    this.fields = fields;
  }

  readMask(): number {
    return this.fields.pelMask;
  }

  writeMask(value: number): void {
    this.fields.pelMask = value;
  }

  readState(): number {
    return this.fields.isDacReading ? 3 : 0;
  }

  readWriteIndex(): number {
    return Math.floor(this.fields.dacWritePosition / 3);
  }

  beginRead(index: number): void {
    this.fields.dacReadPosition = index * 3;
    this.fields.isDacReading = true;
  }

  beginWrite(index: number): void {
    this.fields.dacWritePosition = index * 3;
    this.fields.isDacReading = false;
  }

  read(): number {
    const { fields } = this;
    const value = fields.dac[fields.dacReadPosition];
    fields.dacReadPosition = (fields.dacReadPosition + 1) % DAC_BYTES;
    return value;
  }

  write(value: number, isWide: boolean): void {
    const { fields } = this;
    fields.dac[fields.dacWritePosition] = isWide ? value : value & 0x3f;
    fields.dacWritePosition = (fields.dacWritePosition + 1) % DAC_BYTES;
  }

  /** Red, green, blue of 8 bits. Six bits are widened by repeating the lowest one, as QEMU does. */
  colour(index: number, isWide: boolean): readonly [number, number, number] {
    const { dac, pelMask } = this.fields;
    const at = (index & pelMask) * 3;
    const widened = (value: number): number => (isWide ? value : ((value << 2) | ((value & 1) * 3)) & 0xff);
    return [widened(dac[at]), widened(dac[at + 1]), widened(dac[at + 2])];
  }
}
