import { readRegister, writeRegister } from './register-file.ts';

const HORIZONTAL_END = 0x01;
const VERTICAL_TOTAL = 0x06;
const OVERFLOW = 0x07; // bit 4, of the line compare, is never protected
const PRESET_ROW = 0x08;
const MAXIMUM_LINE = 0x09;
const CURSOR_START = 0x0a;
const CURSOR_END = 0x0b;
const START_HIGH = 0x0c;
const CURSOR_HIGH = 0x0e;
const RETRACE_START = 0x10;
const RETRACE_END = 0x11; // bit 7 protects registers 0-7
const VERTICAL_END = 0x12;
const OFFSET = 0x13;
const UNDERLINE = 0x14;
const MODE = 0x17;
const LINE_COMPARE = 0x18;

export type CrtcFields = { crtcIndex: number; crtc: Uint8Array };

/**
 * The CRT controller: timing, start address, cursor, row heights, split screen.
 * Document: IBM VGA reference, "CRT controller registers"; ports 3D4h (index), 3D5h, or 3B4h, 3B5h.
 */
export class CrtController {
  fields: CrtcFields;

  constructor(fields: CrtcFields) {
    this.fields = fields;
  }

  /** Characters of eight (nine) dots across. */
  get columns(): number {
    return this.fields.crtc[HORIZONTAL_END] + 1;
  }

  /** Scan lines from the top of a picture to the next. */
  get totalLines(): number {
    return (this.fields.crtc[VERTICAL_TOTAL] | this.#overflow(0, 8) | this.#overflow(5, 9)) + 2;
  }

  get visibleLines(): number {
    return (this.fields.crtc[VERTICAL_END] | this.#overflow(1, 8) | this.#overflow(6, 9)) + 1;
  }

  /** First line of the vertical retrace, and the one after its last. */
  get retraceLines(): readonly [number, number] {
    const start = this.fields.crtc[RETRACE_START] | this.#overflow(2, 8) | this.#overflow(7, 9);
    const length = (this.fields.crtc[RETRACE_END] - start) & 15;
    return [start, start + (length === 0 ? 16 : length)];
  }

  /** Scan lines of a row of characters or of a graphics line, without doubling. */
  get rowLines(): number {
    return (this.fields.crtc[MAXIMUM_LINE] & 31) + 1;
  }

  get isLineDoubled(): boolean {
    return (this.fields.crtc[MAXIMUM_LINE] & 0x80) !== 0;
  }

  get presetRow(): number {
    return this.fields.crtc[PRESET_ROW] & 31;
  }

  /** Address of the first character or pixel, in planes. */
  get start(): number {
    return this.#word(START_HIGH);
  }

  /** Addresses in planes from one row to the next. */
  get rowAddresses(): number {
    return this.fields.crtc[OFFSET] * 2;
  }

  /** The scan line after which the picture goes on with address 0. */
  get lineCompare(): number {
    const bit9 = ((this.fields.crtc[MAXIMUM_LINE] >> 6) & 1) << 9;
    return this.fields.crtc[LINE_COMPARE] | this.#overflow(4, 8) | bit9;
  }

  get underlineRow(): number {
    return this.fields.crtc[UNDERLINE] & 31;
  }

  /**
   * Lines of graphics lie in two banks if bit 0 of the mode is clear, as the CGA has them, and in twice as many if bit 1
   * is, as the Hercules card has them: address bits in planes that the lowest bits of the line number replace, 0 for none.
   */
  get bankBits(): { readonly cga: number; readonly hercules: number } {
    const mode = this.fields.crtc[MODE];
    const isByteMode = (mode & 0x40) !== 0;
    return { cga: (mode & 1) !== 0 ? 0 : isByteMode ? 0x2000 : 0x1000, hercules: (mode & 2) !== 0 ? 0 : 0x2000 };
  }

  /** Undefined when hidden. */
  get cursor(): { readonly address: number; readonly startLine: number; readonly endLine: number } | undefined {
    const { crtc } = this.fields;
    const startLine = crtc[CURSOR_START] & 31;
    const endLine = Math.min(crtc[CURSOR_END] & 31, this.rowLines - 1);
    if ((crtc[CURSOR_START] & 0x20) !== 0 || startLine > endLine) return undefined;
    return { address: this.#word(CURSOR_HIGH), startLine, endLine };
  }

  readIndex(): number {
    return this.fields.crtcIndex;
  }

  writeIndex(value: number): void {
    this.fields.crtcIndex = value;
  }

  read(): number {
    return readRegister(this.fields.crtc, this.fields.crtcIndex);
  }

  write(value: number): void {
    const { crtc, crtcIndex } = this.fields;
    const isProtected = crtcIndex <= OVERFLOW && (crtc[RETRACE_END] & 0x80) !== 0;
    if (!isProtected) writeRegister(crtc, crtcIndex, value);
    else if (crtcIndex === OVERFLOW) crtc[OVERFLOW] = (crtc[OVERFLOW] & ~0x10) | (value & 0x10);
  }

  /** What Bochs VBE sets: a picture of this size without doubling, banks or split. `rowBytes` is of eight pixels a byte. */
  setLinear(width: number, height: number, rowBytes: number): void {
    const { crtc } = this.fields;
    const last = height - 1;
    crtc[MODE] |= 3;
    crtc[OFFSET] = rowBytes >> 3;
    crtc[HORIZONTAL_END] = (width >> 3) - 1;
    crtc[VERTICAL_END] = last;
    crtc[LINE_COMPARE] = 0xff;
    crtc[OVERFLOW] = (crtc[OVERFLOW] & ~0x42) | ((last >> 7) & 2) | ((last >> 3) & 0x40) | 0x10;
    crtc[MAXIMUM_LINE] = (crtc[MAXIMUM_LINE] | 0x40) & ~0x9f;
  }

  /** A bit of the overflow register as bit `to` of a line number. */
  #overflow(from: number, to: number): number {
    return ((this.fields.crtc[OVERFLOW] >> from) & 1) << to;
  }

  #word(high: number): number {
    return (this.fields.crtc[high] << 8) | this.fields.crtc[high + 1];
  }
}
