import type { PortClaim } from '../../bus/ports.ts';
import type { Clock } from '../../time/clock.ts';
import { inputStatusAt } from './beam.ts';
import type { Display } from './picture/display.ts';

/** Registers of the VGA that are none of its parts'. */
export type GeneralFields = { miscellaneous: number; featureControl: number; isEnabled: boolean };

export interface VgaPortsOptions {
  readonly owner: string;
  readonly parts: Omit<Display, 'video'>;
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly onUnhandled: (what: string) => void;
  /** Planes are reached in another way from now on. */
  readonly onMemoryChange: () => void;
}

/** Ports 3B4h-3DAh: which register of which part is where. Document: IBM VGA reference, "Registers". */
export class VgaPorts {
  fields: GeneralFields;
  readonly #options: VgaPortsOptions;

  constructor(fields: GeneralFields, options: VgaPortsOptions) {
    this.fields = fields;
    this.#options = options;
  }

  claims(): readonly PortClaim[] {
    const claim = (first: number, last: number, status?: number): PortClaim => ({
      owner: this.#options.owner,
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
    ];
  }

  /** The ports of the CRT controller and the status are at 3Dxh for colour displays, at 3Bxh for monochrome ones. */
  #answers(port: number): boolean {
    const isColour = (this.fields.miscellaneous & 1) !== 0;
    return (port & 0xff0) === (isColour ? 0x3d0 : 0x3b0);
  }

  #read(port: number): number {
    const { fields: vga } = this;
    const { sequencer, attribute, graphics, dac } = this.#options.parts;
    switch (port) {
      case 0x3c0:
        return attribute.readIndex();
      case 0x3c1:
        return attribute.read();
      case 0x3c2:
        return 0; // no sense switch, no retrace interrupt
      case 0x3c3:
        return vga.isEnabled ? 1 : 0;
      case 0x3c4:
        return sequencer.readIndex();
      case 0x3c5:
        return sequencer.read();
      case 0x3c6:
        return dac.readMask();
      case 0x3c7:
        return dac.readState();
      case 0x3c8:
        return dac.readWriteIndex();
      case 0x3c9:
        return dac.read();
      case 0x3ca:
        return vga.featureControl;
      case 0x3cc:
        return vga.miscellaneous;
      case 0x3ce:
        return graphics.readIndex();
      case 0x3cf:
        return graphics.read();
      default:
        return this.#readDisplayPort(port);
    }
  }

  #readDisplayPort(port: number): number {
    if (!this.#answers(port)) {
      this.#options.onUnhandled(`read of port 0x${port.toString(16)}`);
      return 0xff;
    }
    const register = port & 15;
    const { parts, clock, instructionsPerPitClock } = this.#options;
    if (register === 4) return parts.crtc.readIndex();
    if (register === 5) return parts.crtc.read();
    parts.attribute.expectIndex();
    return inputStatusAt(clock.now(), parts.crtc, instructionsPerPitClock);
  }

  #write(port: number, value: number): void {
    const { fields: vga } = this;
    const { sequencer, attribute, graphics, dac } = this.#options.parts;
    switch (port) {
      case 0x3c0:
        attribute.write(value);
        return;
      case 0x3c2:
        vga.miscellaneous = value & ~0x10;
        return;
      case 0x3c3:
        vga.isEnabled = (value & 1) !== 0;
        return;
      case 0x3c4:
        sequencer.writeIndex(value);
        return;
      case 0x3c5:
        sequencer.write(value);
        this.#options.onMemoryChange();
        return;
      case 0x3c6:
        dac.writeMask(value);
        return;
      case 0x3c7:
        dac.beginRead(value);
        return;
      case 0x3c8:
        dac.beginWrite(value);
        return;
      case 0x3c9:
        dac.write(value, this.#options.parts.vbe.isWideDac);
        return;
      case 0x3ce:
        graphics.writeIndex(value);
        return;
      case 0x3cf:
        graphics.write(value);
        this.#options.onMemoryChange();
        return;
      default:
        this.#writeDisplayPort(port, value);
    }
  }

  #writeDisplayPort(port: number, value: number): void {
    if (port >= 0x3c0 && port < 0x3d0) return; // 3C1h, 3CAh, 3CCh are read-only
    if (!this.#answers(port)) {
      this.#options.onUnhandled(`write of port 0x${port.toString(16)}`);
      return;
    }
    const register = port & 15;
    const { crtc } = this.#options.parts;
    if (register === 4) crtc.writeIndex(value);
    else if (register === 5) crtc.write(value);
    else this.fields.featureControl = value;
  }
}
