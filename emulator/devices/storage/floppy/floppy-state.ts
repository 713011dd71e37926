import { assert } from '../../../base/assert.ts';
import type { IrqLine } from '../../../bus/irq-line.ts';
import type { DeviceState } from '../../device.ts';
import { copyFields, restoreFields } from '../../plain-state.ts';
import type { DmaRequest } from '../dma-8237.ts';
import { FLOPPY_COMMANDS, type FloppyCommand, INVALID } from './floppy-commands.ts';
import type { FloppyDrive } from './floppy-drive.ts';
import type { FloppyPlace } from './floppy-place.ts';

/** Digital output register. */
export const NOT_RESET = 0x04;
const DMA_GATE = 0x08;
export const NOTHING_PENDING = -1;

/** What the 82077AA holds once it has power. */
export const POWER_ON = {
  output: NOT_RESET | DMA_GATE, // as firmware leaves it
  rate: 0,
  tape: 0,
  phase: 'command', // Phase
  command: 0,
  parameters: [] as readonly number[],
  results: [] as readonly number[],
  bytes: new Uint8Array(0), // of the sector that goes through the FIFO without DMA
  position: 0,
  // Where a transfer is.
  head: 0,
  sector: 0,
  lastSector: 0, // of the last command that named one
  // What SENSE INTERRUPT STATUS will say of each drive, -1 for nothing, and where the heads are.
  pending: [-1, -1, -1, -1] as readonly number[],
  cylinders: [0, 0, 0, 0] as readonly number[],
  hasChanged: 3, // a bit for each drive: nothing has stepped since the diskette came in
  isInterrupting: false,
  specified: [0xaf, 0x02] as readonly number[],
  configuration: 0,
  precompensation: 0,
  perpendicular: 0,
  isLocked: false,
};

const PHASES: readonly string[] = ['command', 'parameters', 'busy', 'in', 'out', 'result'];
export type Phase = 'command' | 'parameters' | 'busy' | 'in' | 'out' | 'result';

export interface FloppyConnections {
  readonly drives: readonly FloppyDrive[];
  readonly irq: IrqLine;
  readonly dma: DmaRequest;
  /** The command under way goes on after a delay. */
  readonly proceedAfter: (pitClocks: number) => void;
}

/** What the registers and the commands of the 82077AA share: its fields, drives, interrupt and delay. */
export class FloppyState {
  readonly drives: readonly FloppyDrive[];
  readonly dma: DmaRequest;
  readonly #connections: FloppyConnections;
  fields = copyFields(POWER_ON);

  constructor(connections: FloppyConnections) {
    this.#connections = connections;
    this.drives = connections.drives;
    this.dma = connections.dma;
  }

  reset(): void {
    this.fields = copyFields(POWER_ON);
    this.#connections.irq.set(false);
  }

  save(): DeviceState {
    return copyFields(this.fields);
  }

  load(state: DeviceState): void {
    this.fields = restoreFields(POWER_ON, state);
    assert(PHASES.includes(this.fields.phase), `a saved floppy controller is in phase ${this.fields.phase}`);
    this.updateLine();
  }

  get commandRow(): FloppyCommand {
    const { command } = this.fields;
    return FLOPPY_COMMANDS.get(command) ?? FLOPPY_COMMANDS.get(command & 0x1f) ?? INVALID;
  }

  /** Do bytes go through the FIFO instead of by DMA? */
  get isProgrammed(): boolean {
    return (this.fields.specified[1] & 1) !== 0;
  }

  /** The number of the drive that the command is for, and the drive with its diskette. */
  get selection(): number {
    return this.fields.parameters[0] & 3;
  }

  get selected(): FloppyDrive | undefined {
    return this.drives[this.selection];
  }

  /** Where the heads of the selected drive are. */
  get place(): FloppyPlace {
    const { cylinders, head, sector } = this.fields;
    return { cylinder: cylinders[this.selection], head, sector };
  }

  /** A step resets the change line of a drive with a diskette. */
  moveHeads(drive: number, cylinder: number): void {
    const isStep = this.fields.cylinders[drive] !== cylinder;
    if (isStep && this.drives[drive] !== undefined) this.fields.hasChanged &= ~(1 << drive);
    this.fields.cylinders = this.fields.cylinders.map((each, index) => (index === drive ? cylinder : each));
  }

  setPending(drive: number, status: number): void {
    this.fields.pending = this.fields.pending.map((each, index) => (index === drive ? status : each));
  }

  answer(results: readonly number[]): void {
    this.fields.results = results;
    this.fields.phase = 'result';
  }

  end(): void {
    this.fields.phase = 'command';
  }

  proceedAfter(pitClocks: number): void {
    this.#connections.proceedAfter(pitClocks);
  }

  setInterrupt(isRaised: boolean): void {
    this.fields.isInterrupting = isRaised;
    this.updateLine();
  }

  updateLine(): void {
    const { isInterrupting, output } = this.fields;
    this.#connections.irq.set(isInterrupting && (output & DMA_GATE) !== 0);
  }
}
