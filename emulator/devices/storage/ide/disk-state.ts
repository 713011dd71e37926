import { assert } from '../../../base/assert.ts';
import type { DeviceState } from '../../device.ts';
import { copyFields, restoreFields } from '../../plain-state.ts';
import type { DiskGeometry } from '../disk-geometry.ts';
import type { Medium } from '../medium.ts';
import { MOST_MULTIPLE } from './ata-identify.ts';
import type { IdeConnection } from './ide-drive.ts';
import { NOTHING, STATUS, setSignature, TASK_FILE, type TaskFile } from './task-file.ts';

export const AT_REST = STATUS.ready | STATUS.seek;
const DIAGNOSTICS_PASSED = 0x01;

/** What happens when the disk's delay is over, or when its data register is through. */
export type DiskPhase = 'rest' | 'done' | 'read' | 'write' | 'dma-read' | 'dma-write' | 'identify';
const PHASES: readonly string[] = ['rest', 'done', 'read', 'write', 'dma-read', 'dma-write', 'identify'];

type DiskFields = TaskFile & {
  phase: string; // DiskPhase
  bytes: Uint8Array; // in the data register
  position: number;
  lba: number; // of the next sector
  remaining: number; // sectors of the command still to come
  isWide: boolean; // the command has a 48-bit address
  blockSectors: number; // sectors between two interrupts
  multiple: number;
  transferMode: number;
  isWriteCached: boolean;
  heads: number; // as INITIALIZE DEVICE PARAMETERS set them
  sectorsPerTrack: number;
};

export interface AtaDiskOptions {
  readonly number: number; // 1-4, for its serial number
  readonly medium: Medium;
  readonly geometry: DiskGeometry;
  readonly connection: IdeConnection;
}

/** What the commands of a disk share: its registers and settings, and how a command ends. */
export class DiskState {
  readonly options: AtaDiskOptions;
  readonly #powerOn: DiskFields;
  fields: DiskFields;

  constructor(options: AtaDiskOptions) {
    this.options = options;
    const { heads, sectorsPerTrack } = options.geometry.physical;
    this.#powerOn = {
      ...TASK_FILE,
      status: AT_REST, // without a signature: firmware has read from it since its reset
      phase: 'rest',
      bytes: NOTHING,
      position: 0,
      lba: 0,
      remaining: 0,
      isWide: false,
      blockSectors: 1,
      multiple: MOST_MULTIPLE,
      transferMode: 0x45, // ultra DMA 5
      isWriteCached: true,
      heads,
      sectorsPerTrack,
    };
    this.fields = copyFields(this.#powerOn);
  }

  reset(): void {
    this.fields = copyFields(this.#powerOn);
  }

  softReset(): void {
    const { multiple, transferMode, isWriteCached, heads, sectorsPerTrack, device } = this.fields;
    const kept = { error: DIAGNOSTICS_PASSED, multiple, transferMode, isWriteCached, heads, sectorsPerTrack, device };
    this.fields = { ...copyFields(this.#powerOn), ...kept };
    setSignature(this.fields, false);
  }

  save(): DeviceState {
    return copyFields(this.fields);
  }

  load(state: DeviceState): void {
    this.fields = restoreFields(this.#powerOn, state);
    assert(PHASES.includes(this.fields.phase), `a saved disk is in phase ${this.fields.phase}`);
  }

  busy(phase: DiskPhase, pitClocks: number): void {
    this.fields.phase = phase;
    this.fields.status = STATUS.busy;
    this.options.connection.proceedAfter(pitClocks);
  }

  finish(): void {
    this.rest();
    this.options.connection.raiseInterrupt();
  }

  rest(): void {
    this.fields.phase = 'rest';
    this.fields.status = AT_REST;
  }

  fail(error: number): void {
    const disk = this.fields;
    disk.phase = 'rest';
    disk.error = error;
    disk.status = STATUS.ready | STATUS.error;
    this.options.connection.raiseInterrupt();
  }
}
