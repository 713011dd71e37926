import type { DiskTransfer } from './ata-commands.ts';
import { isThrough, nextWord, putWord } from './data-register.ts';
import { AT_REST, type DiskPhase, type DiskState } from './disk-state.ts';
import { ERROR, isLba, lba28, lba48, NOTHING, STATUS, sectorCount, setLba } from './task-file.ts';

const SECTOR_BYTES = 512;
/** In clocks of the PIT: until the first sector of a read, between sectors, and for a block that was written. */
const DELAY = { first: 128, next: 16, write: 32 } as const;

/**
 * Commands that move sectors: by the data register, block by block, or by the bus master.
 * Document: ATA/ATAPI-6 (T13/1410D), 9.5-9.8.
 */
export class SectorTransfer {
  readonly #state: DiskState;

  constructor(state: DiskState) {
    this.#state = state;
  }

  begin({ kind, isWide, isMultiple }: DiskTransfer): void {
    const { fields: disk } = this.#state;
    const lba = this.#firstSector(isWide);
    const count = sectorCount(disk, isWide);
    if (isMultiple && disk.multiple === 0) {
      this.#state.fail(ERROR.abort);
      return;
    }
    if (lba === undefined || lba + count > this.#state.options.medium.sectorCount) {
      this.#state.fail(ERROR.notFound);
      return;
    }
    disk.lba = lba;
    disk.remaining = count;
    disk.isWide = isWide;
    disk.blockSectors = isMultiple ? disk.multiple : 1;
    if (kind === 'write') this.#askForBlock(false);
    else this.#state.busy(kind === 'verify' ? 'done' : kind, DELAY.first);
  }

  proceed(): void {
    const { fields: disk } = this.#state;
    switch (disk.phase as DiskPhase) {
      case 'done':
        this.#state.finish();
        return;
      case 'read':
        this.#offerBlock();
        return;
      case 'write': // a block is on the disk
        if (disk.remaining === 0) this.#state.finish();
        else this.#askForBlock(true);
        return;
      case 'dma-read':
      case 'dma-write':
        disk.status = AT_REST | STATUS.request;
        this.noteDmaStart();
        return;
      default: // at rest, or a block of IDENTIFY is through
    }
  }

  noteDmaStart(): void {
    const { fields: disk } = this.#state;
    const { dma } = this.#state.options.connection;
    if ((disk.status & STATUS.request) === 0 || !dma.isStarted) return;
    if (disk.phase === 'dma-read') this.#dmaRead();
    else if (disk.phase === 'dma-write') this.#dmaWrite();
  }

  readData(): number {
    const { fields: disk } = this.#state;
    if ((disk.status & STATUS.request) === 0 || isThrough(disk)) return 0;
    const word = nextWord(disk);
    if (isThrough(disk)) this.#noteBlockRead();
    return word;
  }

  writeData(word: number): void {
    const { fields: disk } = this.#state;
    if ((disk.status & STATUS.request) === 0 || disk.phase !== 'write' || isThrough(disk)) return;
    putWord(disk, word);
    if (isThrough(disk)) this.#storeBlock();
  }

  /** Undefined where no sector is. */
  #firstSector(isWide: boolean): number | undefined {
    const { fields: disk } = this.#state;
    if (isLba(disk)) return isWide ? lba48(disk) : lba28(disk);
    const sector = disk.low & 0xff;
    const head = disk.device & 0x0f;
    if (isWide || sector === 0 || sector > disk.sectorsPerTrack || head >= disk.heads) return undefined;
    const cylinder = ((disk.high & 0xff) << 8) | (disk.mid & 0xff);
    return (cylinder * disk.heads + head) * disk.sectorsPerTrack + sector - 1;
  }

  #offerBlock(): void {
    const { fields: disk } = this.#state;
    const sectors = Math.min(disk.blockSectors, disk.remaining);
    disk.bytes = this.#state.options.medium.readMany(disk.lba, sectors);
    disk.position = 0;
    this.#advance(sectors);
    disk.status = AT_REST | STATUS.request;
    this.#state.options.connection.raiseInterrupt();
  }

  /** The last block ends a read without another interrupt (9.5). */
  #noteBlockRead(): void {
    const { fields: disk } = this.#state;
    disk.bytes = NOTHING;
    disk.position = 0;
    if (disk.phase === 'read' && disk.remaining > 0) this.#state.busy('read', DELAY.next);
    else this.#state.rest();
  }

  /** The first block is asked for at once and without an interrupt (9.6). */
  #askForBlock(isLater: boolean): void {
    const { fields: disk } = this.#state;
    disk.bytes = new Uint8Array(Math.min(disk.blockSectors, disk.remaining) * SECTOR_BYTES);
    disk.position = 0;
    disk.phase = 'write';
    disk.status = AT_REST | STATUS.request;
    if (isLater) this.#state.options.connection.raiseInterrupt();
  }

  #storeBlock(): void {
    const { fields: disk } = this.#state;
    const { bytes } = disk;
    this.#state.options.medium.writeMany(disk.lba, bytes);
    this.#advance(bytes.length / SECTOR_BYTES);
    disk.bytes = NOTHING;
    disk.position = 0;
    this.#state.busy('write', DELAY.write);
  }

  #dmaRead(): void {
    const { fields: disk, options } = this.#state;
    const { medium, connection } = options;
    const bytes = medium.readMany(disk.lba, disk.remaining);
    this.#endDma(connection.dma.store(bytes) === bytes.length);
  }

  #dmaWrite(): void {
    const { fields: disk, options } = this.#state;
    const { medium, connection } = options;
    const wanted = disk.remaining * SECTOR_BYTES;
    const bytes = connection.dma.fetch(wanted);
    const whole = bytes.length - (bytes.length % SECTOR_BYTES);
    medium.writeMany(disk.lba, bytes.subarray(0, whole));
    this.#endDma(bytes.length === wanted);
  }

  /** Descriptors that are too short end the transfer without an interrupt. */
  #endDma(isWhole: boolean): void {
    if (!isWhole) {
      this.#state.rest();
      return;
    }
    this.#advance(this.#state.fields.remaining);
    this.#state.options.connection.dma.finish();
    this.#state.finish();
  }

  /** The task file follows the command: it shows the next sector, as QEMU's does. */
  #advance(sectors: number): void {
    const { fields: disk } = this.#state;
    disk.lba += sectors;
    disk.remaining -= sectors;
    if (isLba(disk)) setLba(disk, disk.lba, disk.isWide);
    else this.#showCylinder();
    disk.count = disk.remaining & (disk.isWide ? 0xffff : 0xff);
  }

  #showCylinder(): void {
    const { fields: disk } = this.#state;
    const track = Math.floor(disk.lba / disk.sectorsPerTrack);
    const cylinder = Math.floor(track / disk.heads);
    disk.low = (disk.lba % disk.sectorsPerTrack) + 1;
    disk.mid = cylinder & 0xff;
    disk.high = (cylinder >> 8) & 0xff;
    disk.device = (disk.device & 0xf0) | (track % disk.heads);
  }
}
