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
import { CASCADE_LINE, PIC_CHIP_POWER_ON, PicChip } from './pic-8259a-chip.ts';
import { PartState } from './plain-state.ts';

const SPURIOUS_LINE = 7;

const MASTER_STATE = new PartState('master', PIC_CHIP_POWER_ON);
const SLAVE_STATE = new PartState('slave', PIC_CHIP_POWER_ON);

export interface PicPairOptions {
  /** The INTR pin to the processor; called when it changes. */
  readonly onIntr: (isAsserted: boolean) => void;
}

export class PicPair implements Device {
  readonly name = '8259A pair';
  readonly #onIntr: (isAsserted: boolean) => void;
  readonly #master = new PicChip(true);
  readonly #slave = new PicChip(false);
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
    const line = this.#slave.request();
    if (line !== undefined) this.#slave.acknowledge(line);
    this.#master.setLine(CASCADE_LINE, false); // INT drops in the INTA sequence; the next request is a new edge
    const shown = line ?? SPURIOUS_LINE;
    return { vector: this.#slave.fields.vectorBase | shown, irq: 8 + shown };
  }

  #chipClaim(owner: string, first: number, chip: PicChip): PortClaim {
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

  #read(chip: PicChip, isCommandPort: boolean): number {
    if (!chip.fields.isPolling) return isCommandPort ? chip.readStatus() : chip.fields.imr;
    const polled = chip.readPoll();
    this.#propagate();
    return polled;
  }

  #chipOfElcr(port: number): PicChip {
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
