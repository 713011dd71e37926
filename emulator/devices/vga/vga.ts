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
import { inputStatusAt } from './beam.ts';
import { BochsVbe, VBE_AT_POWER_ON, type VbeFields } from './bochs-vbe.ts';
import { CrtController, type CrtcFields } from './crt-controller.ts';
import { Dac, type DacFields } from './dac.ts';
import { GraphicsController, type GraphicsFields } from './graphics-controller.ts';
import { dacOfMode3, MODE_3 } from './mode-3.ts';
import { captureCells, captureScreen } from './picture/capture.ts';
import type { Display } from './picture/display.ts';
import { Sequencer, type SequencerFields } from './sequencer.ts';
import { VgaMemory } from './vga-memory.ts';
import { VIDEO_BYTES, type VideoHost, WINDOW_BYTES, WINDOW_PHYSICAL } from './video-memory.ts';

type OwnFields = { miscellaneous: number; featureControl: number; isEnabled: boolean };
type VgaFields = OwnFields & SequencerFields & CrtcFields & GraphicsFields & AttributeFields & DacFields;
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
  readonly #clock: Clock;
  readonly #instructionsPerPitClock: number;
  readonly #onUnhandled: (what: string) => void;
  #fields = copyFields(POWER_ON);
  readonly #sequencer = new Sequencer(this.#fields);
  readonly #crtc = new CrtController(this.#fields);
  readonly #graphics = new GraphicsController(this.#fields);
  readonly #attribute = new AttributeController(this.#fields);
  readonly #dac = new Dac(this.#fields);
  readonly #vbe = new BochsVbe(copyFields(VBE_AT_POWER_ON));
  readonly #memory: VgaMemory;

  constructor({ clock, instructionsPerPitClock, host, onUnhandled }: VgaOptions) {
    this.#clock = clock;
    this.#instructionsPerPitClock = instructionsPerPitClock;
    this.#onUnhandled = onUnhandled;
    this.#memory = new VgaMemory({ host, sequencer: this.#sequencer, graphics: this.#graphics, vbe: this.#vbe });
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
    const claim = (first: number, last: number, status?: number): PortClaim => ({
      owner: this.name,
      first,
      last,
      read: (port) => this.#read(port),
      readNature: (port) => (port === status ? 'timed' : 'acting'),
      write: (port, _size, value) => this.#write(port, value),
    });
    return [
      claim(0x3b4, 0x3b5),
      claim(0x3ba, 0x3ba, 0x3ba),
      claim(0x3c0, 0x3ca),
      claim(0x3cc, 0x3cc),
      claim(0x3ce, 0x3cf),
      claim(0x3d4, 0x3d5),
      claim(0x3da, 0x3da, 0x3da),
      {
        owner: 'Bochs VBE',
        first: 0x1ce,
        last: 0x1d0,
        widths: [2],
        read: (port) => (port === 0x1ce ? this.#vbe.readIndex() : this.#vbe.read()),
        write: (port, _size, value) => {
          if (port === 0x1ce) this.#vbe.writeIndex(value);
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
    const { vbeIndex } = this.#vbe.fields;
    this.#vbe.writeIndex(register);
    const value = this.#vbe.read();
    this.#vbe.writeIndex(vbeIndex);
    return value;
  }

  writeVbe(register: number, value: number): void {
    const { vbeIndex } = this.#vbe.fields;
    this.#vbe.writeIndex(register);
    this.#writeVbeValue(value);
    this.#vbe.writeIndex(vbeIndex);
  }

  /** What video memory holds is no state of the device: whoever resets it resets that, too. */
  reset(): void {
    this.#setFields(copyFields(POWER_ON));
    this.#setMore(MORE_AT_POWER_ON);
    this.#memory.adopt();
  }

  save(): DeviceState {
    const more: MoreFields = { ...this.#vbe.fields, latch: this.#memory.latch };
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
    for (const part of [this.#sequencer, this.#crtc, this.#graphics, this.#attribute, this.#dac]) part.fields = fields;
  }

  #setMore({ vbeIndex, vbe, latch }: MoreFields): void {
    this.#vbe.fields = { vbeIndex, vbe: [...vbe] };
    this.#memory.latch = latch;
  }

  #display(): Display {
    return {
      sequencer: this.#sequencer,
      crtc: this.#crtc,
      graphics: this.#graphics,
      attribute: this.#attribute,
      dac: this.#dac,
      vbe: this.#vbe,
      video: this.#memory.picture(),
    };
  }

  /** The ports of the CRT controller and the status are at 3Dxh for colour displays, at 3Bxh for monochrome ones. */
  #answers(port: number): boolean {
    const isColour = (this.#fields.miscellaneous & 1) !== 0;
    return (port & 0xff0) === (isColour ? 0x3d0 : 0x3b0);
  }

  #read(port: number): number {
    const vga = this.#fields;
    switch (port) {
      case 0x3c0:
        return this.#attribute.readIndex();
      case 0x3c1:
        return this.#attribute.read();
      case 0x3c2:
        return 0; // no sense switch, no retrace interrupt
      case 0x3c3:
        return vga.isEnabled ? 1 : 0;
      case 0x3c4:
        return this.#sequencer.readIndex();
      case 0x3c5:
        return this.#sequencer.read();
      case 0x3c6:
        return this.#dac.readMask();
      case 0x3c7:
        return this.#dac.readState();
      case 0x3c8:
        return this.#dac.readWriteIndex();
      case 0x3c9:
        return this.#dac.read();
      case 0x3ca:
        return vga.featureControl;
      case 0x3cc:
        return vga.miscellaneous;
      case 0x3ce:
        return this.#graphics.readIndex();
      case 0x3cf:
        return this.#graphics.read();
      default:
        return this.#readDisplayPort(port);
    }
  }

  #readDisplayPort(port: number): number {
    if (!this.#answers(port)) {
      this.#onUnhandled(`read of port 0x${port.toString(16)}`);
      return 0xff;
    }
    const register = port & 15;
    if (register === 4) return this.#crtc.readIndex();
    if (register === 5) return this.#crtc.read();
    this.#attribute.expectIndex();
    return inputStatusAt(this.#clock.now(), this.#crtc, this.#instructionsPerPitClock);
  }

  #write(port: number, value: number): void {
    const vga = this.#fields;
    switch (port) {
      case 0x3c0:
        this.#attribute.write(value);
        return;
      case 0x3c2:
        vga.miscellaneous = value & ~0x10;
        return;
      case 0x3c3:
        vga.isEnabled = (value & 1) !== 0;
        return;
      case 0x3c4:
        this.#sequencer.writeIndex(value);
        return;
      case 0x3c5:
        this.#sequencer.write(value);
        this.#memory.follow();
        return;
      case 0x3c6:
        this.#dac.writeMask(value);
        return;
      case 0x3c7:
        this.#dac.beginRead(value);
        return;
      case 0x3c8:
        this.#dac.beginWrite(value);
        return;
      case 0x3c9:
        this.#dac.write(value, this.#vbe.isWideDac);
        return;
      case 0x3ce:
        this.#graphics.writeIndex(value);
        return;
      case 0x3cf:
        this.#graphics.write(value);
        this.#memory.follow();
        return;
      default:
        this.#writeDisplayPort(port, value);
    }
  }

  #writeDisplayPort(port: number, value: number): void {
    if (port >= 0x3c0 && port < 0x3d0) return; // 3C1h, 3CAh, 3CCh are read-only
    if (!this.#answers(port)) {
      this.#onUnhandled(`write of port 0x${port.toString(16)}`);
      return;
    }
    const register = port & 15;
    if (register === 4) this.#crtc.writeIndex(value);
    else if (register === 5) this.#crtc.write(value);
    else this.#fields.featureControl = value;
  }

  #writeVbeValue(value: number): void {
    const wasEnabled = this.#vbe.isEnabled;
    const change = this.#vbe.write(value);
    if (change === 'none') return;
    const vbe = this.#vbe;
    if (vbe.isEnabled !== wasEnabled) this.#memory.follow();
    if (change === 'cleared') this.#memory.clear(vbe.height * vbe.rowBytes);
    if (change === 'disabled' || change === 'bank') return;
    this.#graphics.setLinear(vbe.depth === 4);
    this.#crtc.setLinear(vbe.width, vbe.height, vbe.rowBytes);
  }
}
