import type { IrqLine } from '../../bus/irq-line.ts';
import type { MmioClaim } from '../../bus/mmio-space.ts';
import { IoApic } from '../../devices/apic/io-apic.ts';
import { LocalApic } from '../../devices/apic/local-apic.ts';
import type { PicPair } from '../../devices/pic-8259a.ts';
import type { Clock } from '../../time/clock.ts';

/** Where IRQ 0 comes in at the I/O APIC; the others have the input of their number. */
const TICK_INPUT = 2;
const ISA_IRQS = 16;
/** Below this a guest can't put the local APIC: RAM, ROM and frame buffers are there. */
const LOWEST_PAGE = 0xfe00_0000;

export interface ApicBoardParts {
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly pic: PicPair;
  /** The processor may have something to take, or nothing any more. */
  readonly onChange: () => void;
  readonly openWindow: (claim: MmioClaim) => void;
  readonly closeWindow: (claim: MmioClaim) => void;
}

/** An interrupt that the processor takes; `irq` is the line of a device, if it came from one. */
export interface TakenInterrupt {
  readonly vector: number;
  readonly irq: number | undefined;
}

/** Both ways of an interrupt to the processor: through the 8259A pair, and through the APICs. */
export class ApicBoard {
  readonly local: LocalApic;
  readonly io: IoApic;
  readonly #pic: PicPair;
  readonly #parts: ApicBoardParts;
  #isExternalRaised = false;
  #window: MmioClaim | undefined;

  constructor(parts: ApicBoardParts) {
    this.#parts = parts;
    this.#pic = parts.pic;
    this.io = new IoApic({
      isHigh: (input) => input < ISA_IRQS && input !== 0 && this.#pic.isHigh(input === TICK_INPUT ? 0 : input),
      onMessage: ({ destination, isLogical, vector, isLevel }) => {
        if (this.local.isAddressed(destination, isLogical)) this.local.accept(vector, isLevel);
      },
    });
    this.local = new LocalApic({
      clock: parts.clock,
      instructionsPerPitClock: parts.instructionsPerPitClock,
      onChange: parts.onChange,
      onEndOfInterrupt: (vector) => this.io.endOfInterrupt(vector),
      onMove: (first) => this.#place(first),
    });
    parts.openWindow(this.io.claim());
    this.local.reset();
  }

  /** A device's request, which goes both ways. */
  line(irq: number): IrqLine {
    const toPic = this.#pic.line(irq);
    const input = irq === 0 ? TICK_INPUT : irq;
    return {
      set: (isAsserted) => {
        if (this.#pic.isHigh(irq) === isAsserted) return;
        toPic.set(isAsserted);
        this.io.noteInput(input);
      },
    };
  }

  /** INTR of the 8259A pair. */
  setExternal(isRaised: boolean): void {
    this.#isExternalRaised = isRaised;
    this.#parts.onChange();
  }

  get isRequesting(): boolean {
    return this.local.isRequesting || (this.#isExternalRaised && this.local.passesExternal);
  }

  /** The APIC's own comes first. */
  acknowledge(): TakenInterrupt {
    if (!this.local.isRequesting) return this.#pic.acknowledge();
    const vector = this.local.acknowledge();
    const input = this.io.inputOf(vector);
    return { vector, irq: input === TICK_INPUT ? 0 : input };
  }

  #place(first: number | undefined): void {
    const { openWindow, closeWindow } = this.#parts;
    const isPossible = first !== undefined && first >= LOWEST_PAGE && first !== this.io.claim().first;
    if (this.#window?.first === (isPossible ? first : undefined)) return;
    if (this.#window !== undefined) closeWindow(this.#window);
    this.#window = isPossible ? this.local.claim(first) : undefined;
    if (this.#window !== undefined) openWindow(this.#window);
  }
}
