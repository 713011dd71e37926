import type { IrqLine } from '../../bus/irq-line.ts';
import { CmosMc146818, type CmosMc146818Options } from '../../devices/clock/cmos-mc146818.ts';
import { Hpet } from '../../devices/clock/hpet.ts';
import { Pit8254 } from '../../devices/clock/pit-8254.ts';
import { SystemControl61 } from '../../devices/ports/system-control-61.ts';
import type { Clock } from '../../time/clock.ts';

/** What the timers are soldered to. */
export interface TimeBoardParts {
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly line: (irq: number) => IrqLine;
  readonly cmos: Omit<CmosMc146818Options, 'clock' | 'instructionsPerPitClock' | 'irq8'>;
}

/** The PIT with the speaker's port, the clock of the day, and the HPET, which may take the lines of both. */
export class TimeBoard {
  readonly pit: Pit8254;
  readonly speaker: SystemControl61;
  readonly cmos: CmosMc146818;
  readonly hpet: Hpet;

  constructor({ line, cmos, ...time }: TimeBoardParts) {
    const oldLine = (irq: number): IrqLine => ({
      set: (isAsserted) => {
        if (!this.hpet.isLegacy) line(irq).set(isAsserted);
      },
    });
    this.hpet = new Hpet({ ...time, line });
    this.pit = new Pit8254({ ...time, irq0: oldLine(0) });
    this.speaker = new SystemControl61({
      ...time,
      setGate2: (isHigh) => this.pit.setGate2(isHigh),
      output2: () => this.pit.output2(),
    });
    this.cmos = new CmosMc146818({ ...time, ...cmos, irq8: oldLine(8) });
  }
}
