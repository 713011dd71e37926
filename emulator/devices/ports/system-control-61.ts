/**
 * System control port B of the PC/AT: gate of timer 2, speaker, refresh toggle.
 *
 * Document: IBM PC/AT Technical Reference (1985), system board, "I/O ports", port 61h.
 * Port: 61h. Read: bit 0 gate of counter 2, 1 speaker data, 4 refresh toggle, 5 output of counter 2. Written: bits 0-3.
 *
 * Not here: parity and I/O channel check (bits 6 and 7 read 0; bits 2 and 3 are kept and do nothing); the speaker is silent.
 */
import type { PortClaim } from '../../bus/ports.ts';
import type { Clock } from '../../time/clock.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';

const POWER_ON = { written: 0 };

/** One refresh request every 18 PIT clocks (15.1 us), as counter 1 is programmed in every PC. */
const REFRESH_PIT_CLOCKS = 18;

export interface SystemControl61Options {
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly setGate2: (isHigh: boolean) => void;
  readonly output2: () => boolean;
}

export class SystemControl61 implements Device {
  readonly name = 'port 61h';
  readonly #options: SystemControl61Options;
  #fields = copyFields(POWER_ON);

  constructor(options: SystemControl61Options) {
    this.#options = options;
  }

  claims(): readonly PortClaim[] {
    return [
      {
        owner: this.name,
        first: 0x61,
        last: 0x61,
        read: () => this.#fields.written | (this.#refreshToggle() ? 0x10 : 0) | (this.#options.output2() ? 0x20 : 0),
        readNature: () => 'timed',
        write: (_port, _size, value) => {
          this.#fields.written = value & 0x0f;
          this.#options.setGate2((value & 1) !== 0);
        },
      },
    ];
  }

  reset(): void {
    this.#fields = copyFields(POWER_ON);
    this.#options.setGate2(false);
  }

  save(): DeviceState {
    return copyFields(this.#fields);
  }

  load(state: DeviceState): void {
    this.#fields = restoreFields(POWER_ON, state);
  }

  #refreshToggle(): boolean {
    const periodIcount = REFRESH_PIT_CLOCKS * this.#options.instructionsPerPitClock;
    return this.#options.clock.now() % (2 * periodIcount) >= periodIcount;
  }
}
