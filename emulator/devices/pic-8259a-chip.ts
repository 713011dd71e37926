import { copyFields } from './plain-state.ts';

/** Of the master: where the slave sits. */
export const CASCADE_LINE = 2;

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
export const PIC_CHIP_POWER_ON: ChipFields = {
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

/** One 8259A: see pic-8259a.ts for the documents and what is left out. */
export class PicChip {
  readonly #isMaster: boolean;
  readonly #levelCapable: number; // ELCR bits that can be set
  fields = copyFields(PIC_CHIP_POWER_ON);

  constructor(isMaster: boolean) {
    this.#isMaster = isMaster;
    this.#levelCapable = isMaster ? 0xf8 : 0xde;
  }

  /** The lines stay as they are: they belong to the devices that drive them. */
  reset(): void {
    this.fields = { ...PIC_CHIP_POWER_ON, lines: this.fields.lines };
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
      ...PIC_CHIP_POWER_ON,
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
