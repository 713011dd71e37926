import type { FloppyDrive } from './floppy-drive.ts';
import { lbaOf, troubleAt } from './floppy-place.ts';
import type { FloppyState } from './floppy-state.ts';
import { ABNORMAL, NO_ADDRESS_MARK, NOT_WRITABLE, SEEK_END } from './floppy-status.ts';

const SECTOR_BYTES = 512;
const SECTOR_PIT_CLOCKS = 256;

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
    state.moveHeads(state.selection, cylinder); // so do QEMU and Bochs, configured to or not, and some kernels never seek
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
    const trouble = troubleAt(drive, fields.rate, place, fields.parameters[4]);
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
    const { commandRow, isProgrammed } = this.#state;
    this.#stepOn();
    if (isAtEnd || this.#isThrough || !this.#isOnCylinders) this.#end(0, [0, 0]);
    else if (commandRow.kind === 'write' && isProgrammed) this.#askForSector();
    else this.#waitForSector();
  }

  /** Behind the last sector come the other side and, as with QEMU, the next cylinder; without multitrack that at once. */
  #stepOn(): void {
    const state = this.#state;
    const { fields: fdc, place, selected: drive } = state;
    const isLast = fdc.sector === fdc.lastSector || fdc.sector >= (drive?.format.sectorsPerTrack ?? 0);
    fdc.sector = isLast ? 1 : fdc.sector + 1;
    if (!isLast) return;
    const goesToOtherSide = this.#isMultitrack && fdc.head === 0 && drive?.format.heads === 2;
    if (this.#isMultitrack) fdc.head = goesToOtherSide ? 1 : 0;
    if (!goesToOtherSide) state.moveHeads(state.selection, place.cylinder + 1);
  }

  /** QEMU moves the sectors to the end of the side, with multitrack those of another side too, and calls it a normal end. */
  get #isThrough(): boolean {
    const { fields: fdc, place, selected: drive } = this.#state;
    const [, cylinder, head, sector, , lastSector] = fdc.parameters;
    const sides = (place.cylinder - cylinder) * (this.#isMultitrack ? 2 : 1) + place.head - (head & 1);
    const moved = sides * Math.min(lastSector, drive?.format.sectorsPerTrack ?? 0) + place.sector - sector;
    return moved >= lastSector - sector + 1 + (this.#isMultitrack ? lastSector : 0);
  }

  get #isOnCylinders(): boolean {
    const { place, selected: drive } = this.#state;
    return drive !== undefined && place.cylinder < drive.format.cylinders;
  }

  get #isMultitrack(): boolean {
    return (this.#state.fields.command & 0x80) !== 0;
  }

  /** Seven result bytes: three of status, and the place after the last sector (table 5-4). */
  #end(status: number, [status1, status2]: readonly [number, number]): void {
    const { fields: fdc, selection, selected, place } = this.#state;
    const [, cylinder, , , size] = fdc.parameters;
    const head = selected === undefined ? 0 : fdc.head; // heads don't move without a diskette
    const seekEnd = status === 0 && place.cylinder !== cylinder ? SEEK_END : 0;
    const named = status === 0 ? place.cylinder : cylinder;
    this.#state.answer([
      status | seekEnd | (head << 2) | selection,
      status1,
      status2,
      named,
      fdc.head,
      fdc.sector,
      size,
    ]);
    this.#state.setInterrupt(true);
  }
}
