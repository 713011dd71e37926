/**
 * IBM VGA, as far as text mode 3 needs it.
 *
 * Document: IBM PS/2 Video Subsystem Technical Reference (1992), "Registers"; the values of mode 3 from its table
 * "BIOS mode 03h".
 * Ports: 3C0h-3C1h attribute controller, 3C2h/3CCh miscellaneous output, 3C3h enable, 3C4h-3C5h sequencer, 3C6h-3C9h DAC,
 * 3CAh/3DAh feature control and input status, 3CEh-3CFh graphics controller, 3D4h-3D5h CRT controller.
 *
 * Text memory is ordinary RAM at B8000h (32 KiB). The beam is where icount says: 449 lines of 38 PIT clocks a frame.
 * Not here: graphics modes (entering one is reported), memory planes and read or write modes, loadable fonts, panning,
 * split screen, blinking, the monochrome ports 3Bxh, sense switches and the vertical retrace interrupt. Palette and DAC
 * registers are kept but don't change the picture.
 */
import type { TextScreen } from '../../traces/events.ts';
import type { PortClaim } from '../bus/ports.ts';
import type { Clock } from '../time/clock.ts';
import type { Device, DeviceState } from './device.ts';
import { copyFields, restoreFields } from './plain-state.ts';
import { dacOfMode3, MODE_3 } from './vga-mode-3.ts';

const COLUMNS = 80;
const ROWS = 25;
const TEXT_PHYSICAL = 0xb8000;
const TEXT_BYTES = 0x8000;

const INPUT_STATUS = 0x3da;

const CURSOR_START = 0x0a;
const CURSOR_END = 0x0b;
const START_HIGH = 0x0c;
const START_LOW = 0x0d;
const CURSOR_HIGH = 0x0e;
const CURSOR_LOW = 0x0f;
const RETRACE_END = 0x11; // bit 7 protects registers 0-7
const OFFSET = 0x13;
const OVERFLOW = 0x07; // its bit 4 is never protected
const GRAPHICS_MISCELLANEOUS = 0x06;

const LINE_PIT_CLOCKS = 38;
const VISIBLE_LINE_PIT_CLOCKS = 30;
const FRAME_LINES = 449;
const VISIBLE_LINES = 400;
const RETRACE_LINES = [412, 413] as const;

type VgaFields = {
  miscellaneous: number;
  featureControl: number;
  sequencerIndex: number;
  sequencer: Uint8Array;
  crtcIndex: number;
  crtc: Uint8Array;
  graphicsIndex: number;
  graphics: Uint8Array;
  attributeIndex: number; // bit 5: the display shows
  attribute: Uint8Array;
  expectsAttributeValue: boolean; // the flip-flop of port 3C0h
  dac: Uint8Array; // 256 times red, green, blue of 6 bits
  dacReadPosition: number; // byte in `dac`
  dacWritePosition: number;
  isDacReading: boolean;
  pelMask: number;
  isEnabled: boolean;
};

const POWER_ON: VgaFields = {
  miscellaneous: 0,
  featureControl: 0,
  sequencerIndex: 0,
  sequencer: new Uint8Array(MODE_3.sequencer.length),
  crtcIndex: 0,
  crtc: new Uint8Array(MODE_3.crtc.length),
  graphicsIndex: 0,
  graphics: new Uint8Array(MODE_3.graphics.length),
  attributeIndex: 0,
  attribute: new Uint8Array(MODE_3.attribute.length),
  expectsAttributeValue: false,
  dac: new Uint8Array(768),
  dacReadPosition: 0,
  dacWritePosition: 0,
  isDacReading: false,
  pelMask: 0,
  isEnabled: false,
};

export interface VgaTextOptions {
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly onUnhandled: (what: string) => void;
}

export class VgaText implements Device {
  readonly name = 'VGA';
  readonly #clock: Clock;
  readonly #instructionsPerPitClock: number;
  readonly #onUnhandled: (what: string) => void;
  #fields = copyFields(POWER_ON);

  constructor({ clock, instructionsPerPitClock, onUnhandled }: VgaTextOptions) {
    this.#clock = clock;
    this.#instructionsPerPitClock = instructionsPerPitClock;
    this.#onUnhandled = onUnhandled;
  }

  /** All registers as the video BIOS leaves them for mode 3. Text memory is the firmware's to clear. */
  setTextMode3(): void {
    this.#fields = {
      ...copyFields(POWER_ON),
      miscellaneous: MODE_3.miscellaneous,
      sequencer: Uint8Array.from(MODE_3.sequencer),
      crtc: Uint8Array.from(MODE_3.crtc),
      graphics: Uint8Array.from(MODE_3.graphics),
      attribute: Uint8Array.from(MODE_3.attribute),
      attributeIndex: 0x20,
      dac: dacOfMode3(),
      pelMask: 0xff,
      isEnabled: true,
    };
  }

  /** What the screen shows; `readByte` reads guest RAM. The cursor is absent when off, off the screen or without lines. */
  capture(readByte: (physical: number) => number): TextScreen {
    const start = this.#crtcWord(START_HIGH, START_LOW);
    const rowCells = this.#fields.crtc[OFFSET] * 2;
    const characters = new Uint8Array(COLUMNS * ROWS);
    const attributes = new Uint8Array(COLUMNS * ROWS);
    for (let cell = 0; cell < COLUMNS * ROWS; cell++) {
      const position = start + Math.floor(cell / COLUMNS) * rowCells + (cell % COLUMNS);
      const physical = TEXT_PHYSICAL + ((position * 2) & (TEXT_BYTES - 1));
      characters[cell] = readByte(physical);
      attributes[cell] = readByte(physical + 1);
    }
    const screen = { columns: COLUMNS, rows: ROWS, characters, attributes };
    const cursor = this.#cursor(start, rowCells);
    return cursor === undefined ? screen : { ...screen, cursor };
  }

  claims(): readonly PortClaim[] {
    const claim = (first: number, last: number): PortClaim => ({
      owner: this.name,
      first,
      last,
      read: (port) => this.#read(port),
      readNature: (port) => (port === INPUT_STATUS ? 'timed' : 'acting'),
      write: (port, _size, value) => this.#write(port, value),
    });
    return [
      claim(0x3c0, 0x3ca),
      claim(0x3cc, 0x3cc),
      claim(0x3ce, 0x3cf),
      claim(0x3d4, 0x3d5),
      claim(INPUT_STATUS, INPUT_STATUS),
    ];
  }

  reset(): void {
    this.#fields = copyFields(POWER_ON);
  }

  save(): DeviceState {
    return copyFields(this.#fields);
  }

  load(state: DeviceState): void {
    this.#fields = restoreFields(POWER_ON, state);
  }

  #read(port: number): number {
    const vga = this.#fields;
    switch (port) {
      case 0x3c0:
        return vga.attributeIndex;
      case 0x3c1:
        return readIndexed(vga.attribute, vga.attributeIndex & 0x1f);
      case 0x3c2:
        return 0; // no sense switch, no retrace interrupt
      case 0x3c3:
        return vga.isEnabled ? 1 : 0;
      case 0x3c4:
        return vga.sequencerIndex;
      case 0x3c5:
        return readIndexed(vga.sequencer, vga.sequencerIndex);
      case 0x3c6:
        return vga.pelMask;
      case 0x3c7:
        return vga.isDacReading ? 3 : 0;
      case 0x3c8:
        return Math.floor(vga.dacWritePosition / 3);
      case 0x3c9:
        return this.#readDac();
      case 0x3ca:
        return vga.featureControl;
      case 0x3cc:
        return vga.miscellaneous;
      case 0x3ce:
        return vga.graphicsIndex;
      case 0x3cf:
        return readIndexed(vga.graphics, vga.graphicsIndex);
      case 0x3d4:
        return vga.crtcIndex;
      case 0x3d5:
        return readIndexed(vga.crtc, vga.crtcIndex);
      default:
        vga.expectsAttributeValue = false;
        return this.#inputStatus();
    }
  }

  #write(port: number, value: number): void {
    const vga = this.#fields;
    switch (port) {
      case 0x3c0:
        this.#writeAttribute(value);
        return;
      case 0x3c2:
        vga.miscellaneous = value;
        return;
      case 0x3c3:
        vga.isEnabled = (value & 1) !== 0;
        return;
      case 0x3c4:
        vga.sequencerIndex = value;
        return;
      case 0x3c5:
        writeIndexed(vga.sequencer, vga.sequencerIndex, value);
        return;
      case 0x3ce:
        vga.graphicsIndex = value;
        return;
      case 0x3cf:
        this.#writeGraphics(value);
        return;
      case 0x3d4:
        vga.crtcIndex = value;
        return;
      case 0x3d5:
        this.#writeCrtc(value);
        return;
      case 0x3da:
        vga.featureControl = value;
        return;
      case 0x3c6:
      case 0x3c7:
      case 0x3c8:
      case 0x3c9:
        this.#writeDacPort(port, value);
        return;
      default: // 3C1h, 3CAh, 3CCh are read-only
    }
  }

  #writeAttribute(value: number): void {
    const vga = this.#fields;
    if (vga.expectsAttributeValue) writeIndexed(vga.attribute, vga.attributeIndex & 0x1f, value);
    else vga.attributeIndex = value & 0x3f;
    vga.expectsAttributeValue = !vga.expectsAttributeValue;
  }

  #writeGraphics(value: number): void {
    const vga = this.#fields;
    if (vga.graphicsIndex === GRAPHICS_MISCELLANEOUS && (value & 1) !== 0) this.#onUnhandled('VGA graphics mode');
    writeIndexed(vga.graphics, vga.graphicsIndex, value);
  }

  #writeCrtc(value: number): void {
    const { crtc, crtcIndex } = this.#fields;
    const isProtected = crtcIndex <= OVERFLOW && (crtc[RETRACE_END] & 0x80) !== 0;
    if (!isProtected) writeIndexed(crtc, crtcIndex, value);
    else if (crtcIndex === OVERFLOW) crtc[OVERFLOW] = (crtc[OVERFLOW] & ~0x10) | (value & 0x10);
  }

  #writeDacPort(port: number, value: number): void {
    const vga = this.#fields;
    if (port === 0x3c6) {
      vga.pelMask = value;
    } else if (port === 0x3c7) {
      vga.dacReadPosition = value * 3;
      vga.isDacReading = true;
    } else if (port === 0x3c8) {
      vga.dacWritePosition = value * 3;
      vga.isDacReading = false;
    } else {
      vga.dac[vga.dacWritePosition] = value & 0x3f;
      vga.dacWritePosition = (vga.dacWritePosition + 1) % vga.dac.length;
    }
  }

  #readDac(): number {
    const vga = this.#fields;
    const value = vga.dac[vga.dacReadPosition];
    vga.dacReadPosition = (vga.dacReadPosition + 1) % vga.dac.length;
    return value;
  }

  /** Input status 1: bit 0 outside the visible picture, bit 3 in vertical retrace. */
  #inputStatus(): number {
    const lineIcount = LINE_PIT_CLOCKS * this.#instructionsPerPitClock;
    const frameIcount = this.#clock.now() % (lineIcount * FRAME_LINES);
    const line = Math.floor(frameIcount / lineIcount);
    const isLineOver = frameIcount % lineIcount >= VISIBLE_LINE_PIT_CLOCKS * this.#instructionsPerPitClock;
    const isRetrace = line >= RETRACE_LINES[0] && line <= RETRACE_LINES[1];
    return (line >= VISIBLE_LINES || isLineOver ? 0x01 : 0) | (isRetrace ? 0x08 : 0);
  }

  #cursor(start: number, rowCells: number): TextScreen['cursor'] {
    const { crtc } = this.#fields;
    const startLine = crtc[CURSOR_START] & 0x1f;
    const endLine = Math.min(crtc[CURSOR_END] & 0x1f, 15);
    const offset = this.#crtcWord(CURSOR_HIGH, CURSOR_LOW) - start;
    const row = rowCells === 0 ? 0 : Math.floor(offset / rowCells);
    const column = offset - row * rowCells;
    const isOff = (crtc[CURSOR_START] & 0x20) !== 0 || startLine > endLine;
    if (isOff || offset < 0 || row >= ROWS || column >= COLUMNS) return undefined;
    return { cell: row * COLUMNS + column, startLine, endLine };
  }

  #crtcWord(high: number, low: number): number {
    return (this.#fields.crtc[high] << 8) | this.#fields.crtc[low];
  }
}

/** Indexes beyond the register file read 0 and swallow writes. */
function readIndexed(registers: Uint8Array, index: number): number {
  return index < registers.length ? registers[index] : 0;
}

function writeIndexed(registers: Uint8Array, index: number, value: number): void {
  if (index < registers.length) registers[index] = value;
}
