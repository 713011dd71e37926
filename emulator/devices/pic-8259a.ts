/**
 * Two chained Intel 8259A programmable interrupt controllers and the edge/level registers of the 82371 (PIIX).
 *
 * Documents: Intel 8259A data sheet (order number 231468), "Interrupt sequence", "Initialization command words",
 * "Operation command words"; Intel 82371AB data sheet, ELCR1/ELCR2.
 * Ports: 20h-21h master, A0h-A1h slave (on the master's line 2), 4D0h-4D1h ELCR.
 *
 * An edge is kept until it is acknowledged, as in QEMU; the data sheets want the line high until then and give IRQ 7 or 15
 * otherwise. Those come here when a request is masked that its own chip has passed on.
 *
 * Not here: MCS-80/85 mode, buffered mode, other cascades than this one (ICW3 is taken and ignored), ICW1.LTIM (the
 * ELCR decides between edge and level, as in the 82371).
 */
import { assert } from '../base/assert.ts';
import type { IrqLine } from '../bus/irq-line.ts';
import type { PortClaim } from '../bus/ports.ts';
import type { Device, DeviceState } from './device.ts';
import { copyFields, PartState } from './plain-state.ts';

const CASCADE_LINE = 2;
const SPURIOUS_LINE = 7;

type ChipFields = {
  lines: number; // levels of the eight inputs
  irr: number;
  isr: number;
  imr: number;
  elcr: number; // bit set: level-triggered
  vectorBase: number;
  lowestPriority: number; // the line with the lowest priority; the one after it has the highest
  initStep: number; // the ICW expected next (2, 3 or 4), 0 when initialised
  needsIcw4: boolean;
  isSingle: boolean;
  isAutoEoi: boolean;
  rotatesOnAutoEoi: boolean;
  isSpecialMask: boolean;
  isSpecialFullyNested: boolean;
  readsIsr: boolean;
  isPolling: boolean;
};

/** The data sheet leaves power-on contents open; here every line is masked until the chip is initialised. */
const POWER_ON: ChipFields = {
  lines: 0,
  irr: 0,
  isr: 0,
  imr: 0xff,
  elcr: 0,
  vectorBase: 0,
  lowestPriority: 7,
  initStep: 0,
  needsIcw4: false,
  isSingle: false,
  isAutoEoi: false,
  rotatesOnAutoEoi: false,
  isSpecialMask: false,
  isSpecialFullyNested: false,
  readsIsr: false,
  isPolling: false,
};

const MASTER_STATE = new PartState('master', POWER_ON);
const SLAVE_STATE = new PartState('slave', POWER_ON);

class Chip {
  readonly #isMaster: boolean;
  readonly #levelCapable: number; // ELCR bits that can be set
  fields = copyFields(POWER_ON);

  constructor(isMaster: boolean) {
    this.#isMaster = isMaster;
    this.#levelCapable = isMaster ? 0xf8 : 0xde;
  }

  /** The lines stay as they are: they belong to the devices that drive them. */
  reset(): void {
    this.fields = { ...POWER_ON, lines: this.fields.lines };
  }

  setLine(line: number, isHigh: boolean): void {
    const chip = this.fields;
    const bit = 1 << line;
    if (isHigh === ((chip.lines & bit) !== 0)) return;
    chip.lines ^= bit;
    if (isHigh) chip.irr |= bit;
    else chip.irr &= ~(bit & chip.elcr);
  }

  /** The line to be served now, or undefined: the highest unmasked request above everything in service. */
  request(): number | undefined {
    const chip = this.fields;
    if (chip.initStep !== 0) return undefined;
    const requests = chip.irr & ~chip.imr;
    const inService = chip.isSpecialMask ? chip.isr & ~chip.imr : chip.isr;
    for (let rank = 1; rank <= 8; rank++) {
      const line = (chip.lowestPriority + rank) & 7;
      const bit = 1 << line;
      const admitsMore = this.#isMaster && chip.isSpecialFullyNested && line === CASCADE_LINE;
      if ((inService & bit) !== 0 && !admitsMore) return undefined;
      if ((requests & bit) !== 0) return line;
    }
    return undefined;
  }

  /** INTA for a line that request() gave. */
  acknowledge(line: number): void {
    const chip = this.fields;
    const bit = 1 << line;
    if ((chip.elcr & bit) === 0) chip.irr &= ~bit;
    if (!chip.isAutoEoi) chip.isr |= bit;
    else if (chip.rotatesOnAutoEoi) chip.lowestPriority = line;
  }

  writeElcr(value: number): void {
    const chip = this.fields;
    chip.elcr = value & this.#levelCapable;
    chip.irr = (chip.irr & ~chip.elcr) | (chip.lines & chip.elcr);
  }

  writeCommand(value: number): void {
    if ((value & 0x10) !== 0) this.#writeIcw1(value);
    else if ((value & 0x08) !== 0) this.#writeOcw3(value);
    else this.#writeOcw2(value);
  }

  writeMask(value: number): void {
    const chip = this.fields;
    switch (chip.initStep) {
      case 2:
        chip.vectorBase = value & 0xf8;
        chip.initStep = chip.isSingle ? this.#stepAfterIcw3() : 3;
        return;
      case 3:
        chip.initStep = this.#stepAfterIcw3();
        return;
      case 4:
        chip.isAutoEoi = (value & 0x02) !== 0;
        chip.isSpecialFullyNested = (value & 0x10) !== 0;
        chip.initStep = 0;
        return;
      default:
        chip.imr = value;
    }
  }

  /** What a poll command left to read: bit 7 and the line that is thereby acknowledged, or 0. */
  readPoll(): number {
    this.fields.isPolling = false;
    const line = this.request();
    if (line === undefined) return 0;
    this.acknowledge(line);
    return 0x80 | line;
  }

  readStatus(): number {
    return this.fields.readsIsr ? this.fields.isr : this.fields.irr;
  }

  #writeIcw1(value: number): void {
    const { lines, elcr, vectorBase } = this.fields;
    this.fields = {
      ...POWER_ON,
      lines,
      elcr,
      vectorBase,
      irr: lines & elcr, // an edge has to come anew
      imr: 0,
      initStep: 2,
      needsIcw4: (value & 0x01) !== 0,
      isSingle: (value & 0x02) !== 0,
    };
  }

  #stepAfterIcw3(): number {
    return this.fields.needsIcw4 ? 4 : 0;
  }

  #writeOcw2(value: number): void {
    const chip = this.fields;
    const line = value & 7;
    switch (value >> 5) {
      case 0b001:
        this.#endOfInterrupt(this.#highestInService());
        return;
      case 0b011:
        this.#endOfInterrupt(line);
        return;
      case 0b101: {
        const ended = this.#highestInService();
        this.#endOfInterrupt(ended);
        if (ended !== undefined) chip.lowestPriority = ended;
        return;
      }
      case 0b111:
        this.#endOfInterrupt(line);
        chip.lowestPriority = line;
        return;
      case 0b110:
        chip.lowestPriority = line;
        return;
      case 0b100:
        chip.rotatesOnAutoEoi = true;
        return;
      case 0b000:
        chip.rotatesOnAutoEoi = false;
        return;
      default: // 0b010: no operation
    }
  }

  #writeOcw3(value: number): void {
    const chip = this.fields;
    if ((value & 0x40) !== 0) chip.isSpecialMask = (value & 0x20) !== 0;
    if ((value & 0x02) !== 0) chip.readsIsr = (value & 0x01) !== 0;
    chip.isPolling = (value & 0x04) !== 0;
  }

  #endOfInterrupt(line: number | undefined): void {
    if (line !== undefined) this.fields.isr &= ~(1 << line);
  }

  /** What a non-specific EOI ends. In special mask mode it leaves masked lines alone. */
  #highestInService(): number | undefined {
    const chip = this.fields;
    const candidates = chip.isSpecialMask ? chip.isr & ~chip.imr : chip.isr;
    for (let rank = 1; rank <= 8; rank++) {
      const line = (chip.lowestPriority + rank) & 7;
      if ((candidates & (1 << line)) !== 0) return line;
    }
    return undefined;
  }
}

export interface PicPairOptions {
  /** The INTR pin to the processor; called when it changes. */
  readonly onIntr: (isAsserted: boolean) => void;
}

export class PicPair implements Device {
  readonly name = '8259A pair';
  readonly #onIntr: (isAsserted: boolean) => void;
  readonly #master = new Chip(true);
  readonly #slave = new Chip(false);
  #isIntrAsserted = false;

  constructor({ onIntr }: PicPairOptions) {
    this.#onIntr = onIntr;
  }

  /** The input of IRQ 0-15; IRQ 2 is where the slave sits. */
  line(irq: number): IrqLine {
    assert(Number.isInteger(irq) && irq >= 0 && irq <= 15 && irq !== CASCADE_LINE, `a device asks for IRQ ${irq}`);
    const chip = irq < 8 ? this.#master : this.#slave;
    return {
      set: (isAsserted) => {
        chip.setLine(irq & 7, isAsserted);
        this.#propagate();
      },
    };
  }

  /** The level of an input. */
  isHigh(irq: number): boolean {
    const chip = irq < 8 ? this.#master : this.#slave;
    return (chip.fields.lines & (1 << (irq & 7))) !== 0;
  }

  /** The processor's INTA. Without a request left it is spurious: IRQ 7, and nothing is in service. */
  acknowledge(): { readonly vector: number; readonly irq: number } {
    const line = this.#master.request();
    if (line === undefined) return { vector: this.#master.fields.vectorBase | SPURIOUS_LINE, irq: SPURIOUS_LINE };
    this.#master.acknowledge(line);
    const isCascade = line === CASCADE_LINE && !this.#master.fields.isSingle;
    const result = isCascade ? this.#acknowledgeSlave() : { vector: this.#master.fields.vectorBase | line, irq: line };
    this.#propagate();
    return result;
  }

  claims(): readonly PortClaim[] {
    return [
      this.#chipClaim('8259A master', 0x20, this.#master),
      this.#chipClaim('8259A slave', 0xa0, this.#slave),
      {
        owner: 'ELCR',
        first: 0x4d0,
        last: 0x4d1,
        read: (port) => this.#chipOfElcr(port).fields.elcr,
        write: (port, _size, value) => {
          this.#chipOfElcr(port).writeElcr(value);
          this.#propagate();
        },
      },
    ];
  }

  reset(): void {
    this.#slave.reset();
    this.#master.reset();
    this.#propagate();
  }

  save(): DeviceState {
    const state = {};
    MASTER_STATE.save(this.#master.fields, state);
    SLAVE_STATE.save(this.#slave.fields, state);
    return state;
  }

  load(state: DeviceState): void {
    this.#master.fields = MASTER_STATE.load(state);
    this.#slave.fields = SLAVE_STATE.load(state);
    this.#propagate();
  }

  #acknowledgeSlave(): { readonly vector: number; readonly irq: number } {
    const line = this.#slave.request() ?? SPURIOUS_LINE;
    if (this.#slave.request() !== undefined) this.#slave.acknowledge(line);
    this.#master.setLine(CASCADE_LINE, false); // INT drops in the INTA sequence; the next request is a new edge
    return { vector: this.#slave.fields.vectorBase | line, irq: 8 + line };
  }

  #chipClaim(owner: string, first: number, chip: Chip): PortClaim {
    return {
      owner,
      first,
      last: first + 1,
      read: (port) => this.#read(chip, port === first),
      readNature: () => (chip.fields.isPolling ? 'acting' : 'steady'),
      write: (port, _size, value) => {
        if (port === first) chip.writeCommand(value);
        else chip.writeMask(value);
        this.#propagate();
      },
    };
  }

  #read(chip: Chip, isCommandPort: boolean): number {
    if (!chip.fields.isPolling) return isCommandPort ? chip.readStatus() : chip.fields.imr;
    const polled = chip.readPoll();
    this.#propagate();
    return polled;
  }

  #chipOfElcr(port: number): Chip {
    return port === 0x4d0 ? this.#master : this.#slave;
  }

  #propagate(): void {
    this.#master.setLine(CASCADE_LINE, this.#slave.request() !== undefined);
    const isAsserted = this.#master.request() !== undefined;
    if (isAsserted === this.#isIntrAsserted) return;
    this.#isIntrAsserted = isAsserted;
    this.#onIntr(isAsserted);
  }
}
