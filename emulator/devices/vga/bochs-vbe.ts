import { VIDEO_BYTES } from './video-memory.ts';

const ID = 0;
const WIDTH = 1;
const HEIGHT = 2;
const DEPTH = 3;
const ENABLE = 4;
const BANK = 5;
const VIRTUAL_WIDTH = 6;
const VIRTUAL_HEIGHT = 7;
const X_OFFSET = 8;
const Y_OFFSET = 9;
const MEMORY_64K = 10;
const REGISTERS = 10;

const ENABLED = 0x01;
const GIVE_LIMITS = 0x02;
const WIDE_DAC = 0x20;
const KEEP_MEMORY = 0x80;

const OLDEST_ID = 0xb0c0;
const NEWEST_ID = 0xb0c5;
const MAX_WIDTH = 16000;
const MAX_HEIGHT = 12000;
const MAX_DEPTH = 32;
const DEPTHS = [4, 8, 15, 16, 24, 32];
const BANK_MASK = VIDEO_BYTES / 65536 - 1;

export type VbeFields = { vbeIndex: number; vbe: number[] };

export const VBE_AT_POWER_ON: VbeFields = { vbeIndex: 0, vbe: [NEWEST_ID, 0, 0, 0, 0, 0, 0, 0, 0, 0] };

export type VbeChange = 'none' | 'bank' | 'shape' | 'enabled' | 'cleared' | 'disabled';

/**
 * The Bochs VBE extension: pictures of any size up to 32 bits a pixel, in a linear framebuffer or banks of 64 KiB.
 * Document: QEMU docs/specs/standard-vga.rst and Bochs' vbe_display_api.txt; ports 1CEh (index), 1CFh and 1D0h (value),
 * 16 bits wide. Sizes that don't fit are made to fit, as QEMU does it.
 */
export class BochsVbe {
  fields: VbeFields;

  constructor(fields: VbeFields) {
    this.fields = fields;
  }

  get isEnabled(): boolean {
    return (this.fields.vbe[ENABLE] & ENABLED) !== 0;
  }

  get isWideDac(): boolean {
    return (this.fields.vbe[ENABLE] & WIDE_DAC) !== 0;
  }

  get width(): number {
    return this.fields.vbe[WIDTH];
  }

  get height(): number {
    return this.fields.vbe[HEIGHT];
  }

  get depth(): number {
    return this.fields.vbe[DEPTH];
  }

  /** Bytes from one line to the next; of four bits a pixel, of all planes together. */
  get rowBytes(): number {
    return (this.fields.vbe[VIRTUAL_WIDTH] * this.#bits) >> 3;
  }

  /** First byte that shows. */
  get startByte(): number {
    return ((this.fields.vbe[X_OFFSET] * this.#bits) >> 3) + this.fields.vbe[Y_OFFSET] * this.rowBytes;
  }

  /** Byte of video memory that the window at A0000h begins with. */
  get bankStart(): number {
    return this.isEnabled ? this.fields.vbe[BANK] << 16 : 0;
  }

  get #bits(): number {
    return this.depth === 15 ? 16 : this.depth;
  }

  readIndex(): number {
    return this.fields.vbeIndex;
  }

  writeIndex(value: number): void {
    this.fields.vbeIndex = value;
  }

  read(): number {
    const { vbe, vbeIndex } = this.fields;
    if (vbeIndex === MEMORY_64K) return VIDEO_BYTES / 65536;
    if (vbeIndex >= REGISTERS) return 0;
    if ((vbe[ENABLE] & GIVE_LIMITS) === 0) return vbe[vbeIndex];
    return [vbe[ID], MAX_WIDTH, MAX_HEIGHT, MAX_DEPTH][vbeIndex] ?? vbe[vbeIndex];
  }

  /** Tells what changed besides the register. */
  write(value: number): VbeChange {
    const { vbe, vbeIndex } = this.fields;
    switch (vbeIndex) {
      case ID:
        if (value >= OLDEST_ID && value <= NEWEST_ID) vbe[ID] = value;
        return 'none';
      case ENABLE:
        return this.#enable(value);
      case BANK:
        vbe[BANK] = value & BANK_MASK;
        return 'bank';
      case WIDTH:
      case HEIGHT:
      case DEPTH:
      case VIRTUAL_WIDTH:
      case X_OFFSET:
      case Y_OFFSET:
        vbe[vbeIndex] = value;
        if (!this.isEnabled) return 'none';
        this.#fit();
        return 'shape';
      default:
        return 'none';
    }
  }

  #enable(value: number): VbeChange {
    const { vbe } = this.fields;
    const wasEnabled = this.isEnabled;
    vbe[ENABLE] = value;
    if (!this.isEnabled || wasEnabled) {
      vbe[BANK] = 0;
      return this.isEnabled ? 'bank' : 'disabled';
    }
    vbe[VIRTUAL_WIDTH] = 0;
    vbe[X_OFFSET] = 0;
    vbe[Y_OFFSET] = 0;
    this.#fit();
    return (value & KEEP_MEMORY) === 0 ? 'cleared' : 'enabled';
  }

  /** Brings the registers to the nearest picture that there is memory for. */
  #fit(): void {
    const { vbe } = this.fields;
    if (!DEPTHS.includes(vbe[DEPTH])) vbe[DEPTH] = 8;
    vbe[WIDTH] = Math.min(Math.max(vbe[WIDTH] & ~7, 8), MAX_WIDTH);
    vbe[VIRTUAL_WIDTH] = Math.max(Math.min(vbe[VIRTUAL_WIDTH] & ~7, MAX_WIDTH), vbe[WIDTH]);
    const lines = Math.floor(VIDEO_BYTES / this.rowBytes);
    vbe[HEIGHT] = Math.min(Math.max(vbe[HEIGHT], 1), MAX_HEIGHT, lines);
    vbe[X_OFFSET] = Math.min(vbe[X_OFFSET], MAX_WIDTH);
    vbe[Y_OFFSET] = Math.min(vbe[Y_OFFSET], MAX_HEIGHT);
    if (!this.#isWithinMemory()) vbe[Y_OFFSET] = 0;
    if (!this.#isWithinMemory()) vbe[X_OFFSET] = 0;
    vbe[VIRTUAL_HEIGHT] = lines & 0xffff;
  }

  #isWithinMemory(): boolean {
    return this.startByte + this.height * this.rowBytes <= VIDEO_BYTES;
  }
}
