import type { FloppyDrive } from './floppy-drive.ts';
import { lbaOf, troubleAt } from './floppy-place.ts';
import type { FloppyState } from './floppy-state.ts';
import { ABNORMAL, END_OF_CYLINDER, NO_ADDRESS_MARK, NOT_WRITABLE } from './floppy-status.ts';

const SECTOR_BYTES = 512;
const SECTOR_PIT_CLOCKS = 256;

const impliesSeek = (configuration: number): boolean => (configuration & 0x40) !== 0;

/** QEMU and Bochs move the heads to where a transfer wants them, configured or not, and kernels that never seek rely on it. */
const isOnDiskette = (drive: FloppyDrive | undefined, cylinder: number): boolean =>
  drive !== undefined && cylinder < drive.format.cylinders;

export type TransferKind = 'read' | 'write' | 'verify';

/**
 * READ, WRITE and VERIFY DATA: one sector after the other, by DMA or byte by byte through the FIFO.
 * Document: Intel 82077AA data sheet, 5.1.
 */
export class FloppyTransfer {
  readonly #state: FloppyState;

  constructor(state: FloppyState) {
    this.#state = state;
  }

  begin(kind: TransferKind): void {
    const state = this.#state;
    const { fields: fdc } = state;
    const [, cylinder, head, sector] = fdc.parameters;
    fdc.head = head & 1;
    fdc.sector = sector;
    fdc.lastSector = fdc.parameters[5];
    if (impliesSeek(fdc.configuration) || isOnDiskette(state.selected, cylinder))
      state.moveHeads(state.selection, cylinder);
    if (kind === 'write' && state.isProgrammed && this.#trouble() === undefined) this.#askForSector();
    else state.proceedAfter(SECTOR_PIT_CLOCKS);
  }

  /** The next sector is under the head. */
  moveSector(kind: TransferKind): void {
    const { selected: drive, isProgrammed } = this.#state;
    const trouble = this.#trouble();
    if (drive === undefined || trouble !== undefined) this.#end(ABNORMAL, trouble ?? [NO_ADDRESS_MARK, 0]);
    else if (kind === 'verify') this.#nextSector(false);
    else if (isProgrammed && kind === 'read') this.#offerSector(drive);
    else if (isProgrammed) this.#storeSector(drive);
    else this.#moveByDma(kind, drive);
  }

  takeByte(value: number): void {
    const { fields: fdc } = this.#state;
    this.#state.setInterrupt(false);
    fdc.bytes[fdc.position++] = value;
    if (fdc.position === SECTOR_BYTES) this.#waitForSector();
  }

  giveByte(): number {
    const { fields: fdc } = this.#state;
    const value = fdc.bytes[fdc.position++];
    this.#state.setInterrupt(false);
    if (fdc.position === SECTOR_BYTES) this.#nextSector(false);
    return value;
  }

  #trouble(): readonly [number, number] | undefined {
    const { selected: drive, fields, place, commandRow } = this.#state;
    const [, cylinder, , , size] = fields.parameters;
    const trouble = troubleAt(drive, fields.rate, place, { cylinder, size });
    if (trouble !== undefined) return trouble;
    return commandRow.kind === 'write' && drive?.medium.isReadOnly === true ? [NOT_WRITABLE, 0] : undefined;
  }

  #moveByDma(kind: 'read' | 'write', drive: FloppyDrive): void {
    const { dma, place } = this.#state;
    const lba = lbaOf(drive, place);
    if (kind === 'read') dma.store(drive.medium.read(lba));
    else {
      const bytes = new Uint8Array(SECTOR_BYTES); // a count that runs out early leaves zeros
      bytes.set(dma.fetch(SECTOR_BYTES));
      drive.medium.write(lba, bytes);
    }
    this.#nextSector(dma.isAtEnd || !dma.isOpen);
  }

  #offerSector(drive: FloppyDrive): void {
    const { fields: fdc, place } = this.#state;
    fdc.bytes = drive.medium.read(lbaOf(drive, place)).slice();
    fdc.position = 0;
    fdc.phase = 'in';
    this.#state.setInterrupt(true);
  }

  #askForSector(): void {
    const { fields: fdc } = this.#state;
    fdc.bytes = new Uint8Array(SECTOR_BYTES);
    fdc.position = 0;
    fdc.phase = 'out';
    this.#state.setInterrupt(true);
  }

  #storeSector(drive: FloppyDrive): void {
    const { fields, place } = this.#state;
    drive.medium.write(lbaOf(drive, place), fields.bytes);
    this.#nextSector(false);
  }

  #waitForSector(): void {
    this.#state.fields.phase = 'busy';
    this.#state.proceedAfter(SECTOR_PIT_CLOCKS);
  }

  /** On to the sector after this one, or to the end of the command. */
  #nextSector(isAtEnd: boolean): void {
    const { fields: fdc, commandRow, isProgrammed } = this.#state;
    const isLast = fdc.sector === fdc.lastSector;
    const goesToOtherSide = isLast && (fdc.command & 0x80) !== 0 && fdc.head === 0;
    const runsOut = isLast && !goesToOtherSide;
    fdc.sector = isLast ? 1 : fdc.sector + 1;
    if (goesToOtherSide) fdc.head = 1;
    if (isAtEnd || (runsOut && commandRow.kind === 'verify')) this.#end(0, [0, 0], runsOut);
    else if (runsOut) this.#end(ABNORMAL, [END_OF_CYLINDER, 0], true);
    else if (commandRow.kind === 'write' && isProgrammed) this.#askForSector();
    else this.#waitForSector();
  }

  /** Seven result bytes: three of status, and the place after the last sector (table 5-4). */
  #end(status: number, [status1, status2]: readonly [number, number], isPastCylinder = false): void {
    const { fields: fdc, selection } = this.#state;
    const [, cylinder, , , size] = fdc.parameters;
    const head = isPastCylinder && (fdc.command & 0x80) !== 0 ? 0 : fdc.head;
    const place = [cylinder + (isPastCylinder ? 1 : 0), head, fdc.sector, size];
    this.#state.answer([status | (fdc.head << 2) | selection, status1, status2, ...place]);
    this.#state.setInterrupt(true);
  }
}
