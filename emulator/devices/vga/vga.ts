/**
 * IBM VGA with the Bochs VBE extension, as QEMU's standard VGA.
 *
 * Documents: IBM PS/2 Video Subsystem Technical Reference (1992), "Registers"; FreeVGA; QEMU docs/specs/standard-vga.rst.
 * Ports: 3C0h-3C1h attribute controller, 3C2h/3CCh miscellaneous output, 3C3h enable, 3C4h-3C5h sequencer, 3C6h-3C9h DAC,
 * 3CAh/3DAh feature control and input status, 3CEh-3CFh graphics controller, 3D4h-3D5h CRT controller (these three at
 * 3Bxh for monochrome displays), 1CEh-1D0h Bochs VBE. Memory: A0000h-BFFFFh, and a linear framebuffer.
 *
 * The beam is where device time says: lines of 38 PIT clocks, as many as the CRT controller counts.
 * Not here: blinking, the vertical retrace interrupt, sense switches, panning and smooth scrolling of text, diagnostic
 * bits, VBE's big-endian pixels.
 */
import type { TextScreen } from '../../../traces/events.ts';
import type { MmioClaim } from '../../bus/mmio-space.ts';
import type { PortClaim } from '../../bus/ports.ts';
import type { Clock } from '../../time/clock.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';
import { AttributeController, type AttributeFields } from './attribute-controller.ts';
import { BochsVbe, VBE_AT_POWER_ON, type VbeFields } from './bochs-vbe.ts';
import { CrtController, type CrtcFields } from './crt-controller.ts';
import { Dac, type DacFields } from './dac.ts';
import { GraphicsController, type GraphicsFields } from './graphics-controller.ts';
import { dacOfMode3, MODE_3 } from './mode-3.ts';
import { captureCells, captureScreen } from './picture/capture.ts';
import type { Display } from './picture/display.ts';
import { Sequencer, type SequencerFields } from './sequencer.ts';
import { VgaMemory } from './vga-memory.ts';
import { type GeneralFields, VgaPorts } from './vga-ports.ts';
import { VIDEO_BYTES, type VideoHost, WINDOW_BYTES, WINDOW_PHYSICAL } from './video-memory.ts';

type VgaFields = GeneralFields & SequencerFields & CrtcFields & GraphicsFields & AttributeFields & DacFields;
/** Saved only where anything differs from power-on. */
type MoreFields = VbeFields & { latch: number };

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

const MORE_AT_POWER_ON: MoreFields = { ...VBE_AT_POWER_ON, latch: 0 };

export interface VgaOptions {
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly host: VideoHost;
  readonly onUnhandled: (what: string) => void;
}

export class Vga implements Device {
  readonly name = 'VGA';
  #fields = copyFields(POWER_ON);
  readonly #parts = {
    sequencer: new Sequencer(this.#fields),
    crtc: new CrtController(this.#fields),
    graphics: new GraphicsController(this.#fields),
    attribute: new AttributeController(this.#fields),
    dac: new Dac(this.#fields),
    vbe: new BochsVbe(copyFields(VBE_AT_POWER_ON)),
  } as const;
  readonly #ports: VgaPorts;
  readonly #memory: VgaMemory;

  constructor({ host, ...options }: VgaOptions) {
    const parts = this.#parts;
    this.#memory = new VgaMemory({ host, ...parts });
    const onMemoryChange = (): void => this.#memory.follow();
    this.#ports = new VgaPorts(this.#fields, { ...options, owner: this.name, parts, onMemoryChange });
    this.#memory.adopt();
  }

  /** All registers as the video BIOS leaves them for mode 3. Text memory is the firmware's to clear. */
  setTextMode3(): void {
    this.#setFields({
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
    });
    this.#memory.adopt();
  }

  /** The cells of a text mode; none in a graphics mode. */
  cells(): TextScreen {
    return captureCells(this.#display());
  }

  /** All of what the screen shows. */
  capture(): TextScreen {
    return captureScreen(this.#display());
  }

  /** Puts characters of `height` lines into font `block` (0-7), as the video BIOS does it. */
  loadFont(block: number, firstCharacter: number, glyphs: Uint8Array, height: number): void {
    this.#memory.loadFont(((block & 3) << 14) | ((block & 4) << 11), firstCharacter, glyphs, height);
  }

  claims(): readonly PortClaim[] {
    return [
      ...this.#ports.claims(),
      {
        owner: 'Bochs VBE',
        first: 0x1ce,
        last: 0x1d0,
        widths: [2],
        read: (port) => (port === 0x1ce ? this.#parts.vbe.readIndex() : this.#parts.vbe.read()),
        write: (port, _size, value) => {
          if (port === 0x1ce) this.#parts.vbe.writeIndex(value);
          else this.#writeVbeValue(value);
        },
      },
    ];
  }

  /** A0000h-BFFFFh, where it isn't plain memory. */
  windowClaim(): MmioClaim {
    return {
      owner: this.name,
      first: WINDOW_PHYSICAL,
      last: WINDOW_PHYSICAL + WINDOW_BYTES - 1,
      read: (physical, size) => this.#memory.read(physical - WINDOW_PHYSICAL, size),
      write: (physical, size, value) => this.#memory.write(physical - WINDOW_PHYSICAL, size, value),
    };
  }

  /** The linear framebuffer at a physical address, a multiple of its size. */
  framebufferClaim(first: number): MmioClaim {
    return {
      owner: 'VGA framebuffer',
      first,
      last: first + VIDEO_BYTES - 1,
      read: (physical, size) => this.#memory.readLinear(physical - first, size),
      readNature: () => 'steady',
      write: (physical, size, value) => this.#memory.writeLinear(physical - first, size, value),
    };
  }

  /** A register of Bochs VBE by its number, whatever the index port says. */
  readVbe(register: number): number {
    const { vbeIndex } = this.#parts.vbe.fields;
    this.#parts.vbe.writeIndex(register);
    const value = this.#parts.vbe.read();
    this.#parts.vbe.writeIndex(vbeIndex);
    return value;
  }

  writeVbe(register: number, value: number): void {
    const { vbeIndex } = this.#parts.vbe.fields;
    this.#parts.vbe.writeIndex(register);
    this.#writeVbeValue(value);
    this.#parts.vbe.writeIndex(vbeIndex);
  }

  /** What video memory holds is no state of the device: whoever resets it resets that, too. */
  reset(): void {
    this.#setFields(copyFields(POWER_ON));
    this.#setMore(MORE_AT_POWER_ON);
    this.#memory.adopt();
  }

  save(): DeviceState {
    const more: MoreFields = { ...this.#parts.vbe.fields, latch: this.#memory.latch };
    const isAsAtPowerOn =
      more.latch === 0 && more.vbeIndex === 0 && more.vbe.every((value, i) => value === VBE_AT_POWER_ON.vbe[i]);
    return isAsAtPowerOn ? copyFields(this.#fields) : copyFields({ ...this.#fields, ...more });
  }

  /** Video memory has been loaded before. */
  load(state: DeviceState): void {
    const { vbeIndex, vbe, latch, ...rest } = state;
    const more = { vbeIndex, vbe, latch };
    this.#setFields(restoreFields(POWER_ON, rest));
    const hasMore = Object.values(more).some((value) => value !== undefined);
    this.#setMore(hasMore ? restoreFields(MORE_AT_POWER_ON, more as DeviceState) : MORE_AT_POWER_ON);
    this.#memory.adopt();
  }

  #setFields(fields: VgaFields): void {
    this.#fields = fields;
    const { sequencer, crtc, graphics, attribute, dac } = this.#parts;
    for (const part of [sequencer, crtc, graphics, attribute, dac, this.#ports]) part.fields = fields;
  }

  #setMore({ vbeIndex, vbe, latch }: MoreFields): void {
    this.#parts.vbe.fields = { vbeIndex, vbe: [...vbe] };
    this.#memory.latch = latch;
  }

  #display(): Display {
    return { ...this.#parts, video: this.#memory.picture() };
  }

  #writeVbeValue(value: number): void {
    const wasEnabled = this.#parts.vbe.isEnabled;
    const change = this.#parts.vbe.write(value);
    if (change === 'none') return;
    const vbe = this.#parts.vbe;
    if (vbe.isEnabled !== wasEnabled) this.#memory.follow();
    if (change === 'cleared') this.#memory.clear(vbe.height * vbe.rowBytes);
    if (change === 'disabled' || change === 'bank') return;
    this.#parts.graphics.setLinear(vbe.depth === 4);
    this.#parts.crtc.setLinear(vbe.width, vbe.height, vbe.rowBytes);
  }
}
